// Package firehose puts lines into an Amazon Data Firehose stream (Direct PUT)
// and accounts for every one of them.
//
// PutRecordBatch has three properties that producers get wrong. A stream is
// billed by the record, each rounded up to 5,120 bytes, so that a flow log sent
// line by line costs forty times its size. An answer with HTTP status 200 may
// say that some of the records were refused, and the SDK does not send those
// again. And a call that was not answered may have been served. A [Batcher]
// packs lines into records, sends again what was refused and nothing else, and
// says in a [DeliveryError] which lines were not delivered and in [Stats] how
// many may have been delivered twice. A Batcher is for one goroutine, such as the
// handler of a Lambda function; a [Producer], which packs and sends in the same way, is
// for many, and sends in the background what has waited long enough.
//
// The package knows nothing of what the lines mean. The subpackage
// firehosetest is a Firehose to test against. The SDK's package has the same
// name; the examples import it as sdk.
//
// # Packing
//
// Add puts a line and its delimiter, a newline unless [Options] say otherwise,
// after the others in the current record. A line that would make the record
// larger than Options.RecordBytes starts the next; a line that is larger on its
// own is a record of its own, up to [MaxRecordBytes]. No line is ever in two
// records. Firehose puts the records of an object together as they are, so the
// object has one line after another however they were packed.
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
// is accepted or given up. Records are given up when the service says that it
// will never take them, when they have been refused Options.MaxAttempts times,
// when the context is done, and when the next attempt would come too late for
// its deadline. Options.Reserve keeps a part of the deadline back for the
// caller.
//
// Throttling, errors of the service and of the network are tried again. No
// such stream, access denied, and a request that is not valid are not. An error
// code that is not documented is tried again if it is a record's, or if it does
// not come with a status of the 400s. Between attempts the Batcher waits a
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
// A timeout, a broken connection, an internal error (HTTP 500 InternalFailure)
// and a canceled context leave open whether the records were stored. They are
// sent again, or handed back if there is no time left: at least once, never
// lost. Stats.Ambiguous counts those records, so that zero means exactly once.
// The Batcher turns the SDK's own retries off, which would do the same without
// counting.
//
// https://docs.aws.amazon.com/firehose/latest/APIReference/API_PutRecordBatch.html
// https://docs.aws.amazon.com/firehose/latest/dev/limits.html
package firehose
