package s3event

import (
	"errors"
	"fmt"

	"github.com/aws/aws-lambda-go/events"
)

// Answer returns the response of the function to an event. errs[i] is the result
// of handling Messages[i]. A message fails if errs[i] or its Err is not nil.
//
//   - For an event of a queue, the response names the failed messages, and SQS
//     delivers them again. The event source mapping must have
//     ReportBatchItemFailures in FunctionResponseTypes; otherwise Lambda ignores
//     the response. If all messages failed, Answer returns an error, which Lambda
//     does not ignore.
//   - For S3 Batch Operations, the response has a result for each task. A task
//     whose error is permanent fails; the others are retried. A nil permanent
//     means that no error is.
//   - For any other event, Answer returns the errors, if any.
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

// maxResult is the maximum length of an error in the report of a job, in bytes.
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
