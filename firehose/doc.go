// Package firehose puts lines into an Amazon Data Firehose stream and accounts
// for every one of them.
package firehose
