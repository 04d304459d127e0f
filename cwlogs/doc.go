// Package cwlogs decodes what CloudWatch Logs subscriptions deliver to Lambda,
// Kinesis Data Streams and Firehose.
package cwlogs
