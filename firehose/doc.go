// Package firehose puts lines into an Amazon Data Firehose stream (Direct PUT)
// and accounts for every one of them.
//
// Three properties of PutRecordBatch are easy to get wrong. A stream is billed by
// the record, each rounded up to 5,120 bytes, so that a flow log sent line by line
// costs forty times its size. An answer with HTTP status 200 may refuse some of the
// records, and the SDK does not send those again. And a call without an answer may
// have been served. A [Batcher] packs lines into records and sends again only what
// was refused. A [DeliveryError] holds the lines that were not delivered, and [Stats]
// count those that may have been delivered twice.
//
// A Batcher is for one goroutine, such as the handler of a Lambda function. A
// [Producer] packs and sends in the same way. It is for many goroutines, and sends in
// the background what has waited long enough.
//
// The package does not parse lines. The subpackage firehosetest is a Firehose for
// tests. The SDK's package has the same name; the examples import it as sdk.
//
// # Packing
//
// Add puts a line and its delimiter, a newline unless [Options] say otherwise,
// after the others in the current record. A line that would make the record
// larger than Options.RecordBytes starts the next; a line that is larger on its
// own is a record of its own, up to [MaxRecordBytes]. A line is never split.
// Firehose concatenates the records of an object, so the object has one line after
// another however they were packed.
//
// A call takes up to [MaxBatchRecords] records and [MaxBatchBytes] of data.
// The default of Options.BatchBytes leaves a margin of 1,024 bytes, because
// AWS does not say how it counts. The last record of a call ends at a whole
// number of billing steps, and the rest goes into the next call.
//
// With the default options 300,000 lines of the default flow-log format are
// billed at 1.0007 times their size.
//
// # Sending
//
// Add sends a batch when the next line does not fit into it, or when it is full
// to the last byte; Flush sends what there is. Both return when all they send
// is accepted or given up. Records are given up when the service refuses them for
// good, when they have been refused Options.MaxAttempts times, when the context is
// done, and when the next attempt would be after its deadline. Options.Reserve keeps
// a part of the time before the deadline for the caller.
//
// Throttling, errors of the service and errors of the network are retried. A stream
// that does not exist, denied access and an invalid request are not. An error code
// that is not documented is retried if it is a record's, or if its HTTP status is not
// 4xx. A signature that is refused because this machine's clock is wrong is retried
// with the service's time, as the SDK does. Between attempts the Batcher waits a
// random time below a limit that doubles.
//
// Firehose promises no order, and a record that is sent again comes after
// others that were not.
//
// # Accounts
//
// Each line added is accepted, or in exactly one DeliveryError, or still held.
// An error of Add is about the lines that it tried to send: its own data has
// been taken, unless the error is [ErrRecordTooLarge] or [ErrOptions]. After
// any error the Batcher can still be used; what a DeliveryError holds is no longer
// held by the Batcher. DeliveryError.Held is what it still holds. A caller who stops at an
// error either flushes, or drops the Batcher and adds everything again to a new one, as a
// handler does whose event is tried again. Otherwise lines are lost or doubled.
//
// If the client panics, so does the Batcher, and the records of that call are still held. In
// a Producer they are handed back.
//
// # Doubles
//
// After a timeout, a broken connection, an internal error (HTTP 500 InternalFailure)
// or a canceled context the records may have been stored or not. They are sent again,
// or handed back if there is no time left. Stats.Ambiguous counts these records; if it
// is zero, no line was stored twice. The Batcher turns off the SDK's own retries,
// which would not be counted.
//
// https://docs.aws.amazon.com/firehose/latest/APIReference/API_PutRecordBatch.html
// https://docs.aws.amazon.com/firehose/latest/dev/limits.html
package firehose
