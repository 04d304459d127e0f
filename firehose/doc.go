// Package firehose puts lines into an Amazon Data Firehose stream (Direct PUT)
// and accounts for every one of them.
//
// Three properties of PutRecordBatch are easy to get wrong:
//
//   - A stream is billed by the record, each rounded up to 5,120 bytes. A flow log
//     sent line by line costs forty times its size.
//   - An answer with HTTP status 200 may refuse some of the records. The SDK does
//     not send those again.
//   - A call without an answer may have been served.
//
// A [Batcher] packs lines into records and sends again only what was refused. A
// [DeliveryError] holds the lines that were not delivered. [Stats] counts the lines
// that may have been stored twice.
//
// A Batcher is for one goroutine, such as the handler of a Lambda function. A
// [Producer] is for many goroutines. It packs and retries in the same way, but sends
// in the background: a batch when it is full or ProducerOptions.MaxAge old.
//
// The package does not parse lines. Package firehosetest is a Firehose for tests. The
// SDK's package is also named firehose; the examples import it as sdk.
//
// # Packing
//
// Add appends a line and its delimiter to the current record. The delimiter is a
// newline unless Options.Delimiter is set. A line that would make the record larger
// than Options.RecordBytes starts a new record. A line larger than RecordBytes becomes
// a record of its own, up to [MaxRecordBytes]. A line is never split. Firehose
// concatenates records into objects, so an object has one line after another however
// they were packed.
//
// A call takes up to [MaxBatchRecords] records and [MaxBatchBytes] of data. The
// default of Options.BatchBytes leaves a margin of 1,024 bytes, because AWS does not
// document how the limit is counted. The last record of a call ends at a whole number
// of billing steps, and the rest goes into the next call.
//
// With the default options, 300,000 lines of the default flow-log format are billed
// at 1.0007 times their size.
//
// # Sending
//
// Batcher.Add sends a batch when the next line does not fit into it, or when it is full
// to the last byte. Flush sends what is held. Both return when all that they send is
// accepted or given up. A record is given up
//
//   - when the service refuses it with an error that is not retried,
//   - when it has been refused Options.MaxAttempts times,
//   - when the context is done,
//   - when the next attempt would be after the context's deadline. Options.Reserve
//     keeps part of the time before the deadline for the caller.
//
// Throttling, service errors and network errors are retried. A stream that does not
// exist, denied access and an invalid request are not. An undocumented error code is
// retried if it is the code of a single record, or if the HTTP status is not 4xx. A
// signature that is refused because the local clock is wrong is retried with the
// service's time, as the SDK does. The wait between attempts is random, below a limit
// that doubles.
//
// Firehose keeps no order of records. A record that is sent again comes after others
// that were accepted earlier.
//
// # Accounting
//
// Each line added is accepted, or in exactly one DeliveryError, or still held.
//
// An error of Batcher.Add is about the lines that it tried to send. The data of the Add
// itself has been added, unless the error wraps [ErrRecordTooLarge] or [ErrOptions].
// The Batcher can be used after any error. It no longer holds the lines of the
// DeliveryError; DeliveryError.Held is the number of lines that it still holds. A
// caller who stops at an error has two choices: call Flush, or drop the Batcher and add
// everything again to a new one, as a Lambda function does whose event is retried.
// Anything else loses or duplicates lines.
//
// A panic of the client passes through the Batcher, which then still holds the records
// of that call. A Producer recovers from it and hands the records back.
//
// # Duplicates
//
// After a timeout, a broken connection, an internal error (HTTP 500 InternalFailure)
// or a canceled context, it is unknown whether the records were stored. They are sent
// again, or handed back if no time is left. Stats.Ambiguous counts these records. If it
// is zero, no line was stored twice. The SDK's own retries would not be counted, so they
// are turned off.
//
// https://docs.aws.amazon.com/firehose/latest/APIReference/API_PutRecordBatch.html
// https://docs.aws.amazon.com/firehose/latest/dev/limits.html
package firehose
