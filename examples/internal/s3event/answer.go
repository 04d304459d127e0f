package s3event

import (
	"errors"
	"fmt"

	"github.com/aws/aws-lambda-go/events"
)

// Answer returns what the function answers to an event: errs[i] is what became
// of Messages[i], whose own Err counts too.
//
//   - Of a queue, the answer names the messages that failed, and SQS delivers
//     those again. The event source mapping must have ReportBatchItemFailures
//     among its FunctionResponseTypes: without it Lambda ignores the answer. If
//     all messages failed, the answer is an error, which Lambda heeds in any case.
//   - S3 Batch Operations gets a result for each task: those for which permanent
//     reports true have failed for good, the others are tried again. A nil
//     permanent is false for all errors.
//   - For any other event, the answer is an error if there was one.
func (e *Event) Answer(errs []error, permanent func(error) bool) (any, error) {
	var failed []error
	at := make([]error, len(e.Messages))
	for i := range e.Messages {
		if at[i] = errors.Join(e.Messages[i].Err, errs[i]); at[i] != nil {
			failed = append(failed, at[i])
		}
	}
	switch e.kind {
	case operations:
		return e.results(at, permanent), nil
	case queue:
		if len(failed) == len(e.Messages) {
			return nil, fmt.Errorf("all of %d messages: %w", len(failed), errors.Join(failed...))
		}
		res := events.SQSEventResponse{BatchItemFailures: []events.SQSBatchItemFailure{}}
		for i, err := range at {
			if err != nil {
				res.BatchItemFailures = append(res.BatchItemFailures, events.SQSBatchItemFailure{ItemIdentifier: e.Messages[i].ID})
			}
		}
		return res, nil
	}
	return nil, errors.Join(failed...)
}

// maxResult is how much of an error goes into the report of a job.
const maxResult = 1024

func (e *Event) results(at []error, permanent func(error) bool) events.S3BatchJobResponse {
	res := events.S3BatchJobResponse{
		InvocationSchemaVersion: e.batch.schema,
		TreatMissingKeysAs:      "TemporaryFailure",
		InvocationID:            e.batch.invocation,
	}
	for i, err := range at {
		r := events.S3BatchJobResult{TaskID: e.Messages[i].ID, ResultCode: "Succeeded"}
		if err != nil {
			r.ResultCode, r.ResultString = "TemporaryFailure", err.Error()
			if errors.Is(err, ErrEvent) || permanent != nil && permanent(err) {
				r.ResultCode = "PermanentFailure"
			}
			r.ResultString = r.ResultString[:min(len(r.ResultString), maxResult)]
		}
		res.Results = append(res.Results, r)
	}
	return res
}
