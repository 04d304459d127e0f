// Package firehosetest is an Amazon Data Firehose to test against: its
// protocol, its limits, its faults on command, and its delivery to S3.
package firehosetest
