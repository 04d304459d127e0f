package firehose

import (
	"context"
	"errors"
	"net"

	"github.com/aws/smithy-go"
	smithyhttp "github.com/aws/smithy-go/transport/http"
)

// code is an error code of the service and what it means for a record.
type code struct {
	name      string
	retriable bool
	// ambiguous is set if the record may have been stored.
	ambiguous bool
	meaning   string
}

// codes are the documented error codes: those of PutRecordBatch, for single records and
// for whole calls, and those that any AWS service may return.
// https://docs.aws.amazon.com/firehose/latest/APIReference/API_PutRecordBatch.html
// https://docs.aws.amazon.com/firehose/latest/APIReference/CommonErrors.html
var codes = []code{
	{"ServiceUnavailableException", true, false, "the stream's throughput is used up (\"Slow down.\")"},
	{"InternalFailure", true, true, "internal error; the write might have completed"},

	{"ServiceUnavailable", true, false, "the service is overloaded or down"},
	{"ThrottlingException", true, false, "too many requests"},
	{"Throttling", true, false, "too many requests"},
	{"TooManyRequestsException", true, false, "too many requests"},
	{"RequestLimitExceeded", true, false, "too many requests"},
	{"SlowDown", true, false, "too many requests"},
	{"LimitExceededException", true, false, "a quota of the account is used up"},
	{"InternalServerError", true, true, "internal error; the write might have completed"},
	{"InternalError", true, true, "internal error; the write might have completed"},
	{"RequestTimeout", true, true, "the request took too long to arrive"},
	{"RequestTimeoutException", true, true, "the request took too long to arrive"},

	{"ResourceNotFoundException", false, false, "no such stream"},
	{"InvalidArgumentException", false, false, "the request is not valid, or its data exceeds 4 MiB"},
	{"InvalidKMSResourceException", false, false, "the stream's key cannot be used"},
	{"InvalidSourceException", false, false, "the stream takes records from CloudWatch Logs only"},
	{"ValidationException", false, false, "a member is missing or outside its bounds"},
	{"ValidationError", false, false, "a member is missing or outside its bounds"},
	{"SerializationException", false, false, "the request cannot be read"},
	{"UnknownOperationException", false, false, "the endpoint is not Firehose"},
	{"AccessDeniedException", false, false, "the caller may not put records"},
	{"AccessDenied", false, false, "the caller may not put records"},
	{"NotAuthorized", false, false, "the caller may not put records"},
	{"OptInRequired", false, false, "the account has no subscription"},
	{"UnrecognizedClientException", false, false, "the access key is not known"},
	{"InvalidClientTokenId", false, false, "the access key is not known"},
	{"ExpiredTokenException", false, false, "the credentials have expired"},
	{"ExpiredToken", false, false, "the credentials have expired"},
	{"IncompleteSignature", false, false, "the signature is not valid"},
	{"InvalidSignatureException", false, false, "the signature is not valid"},
	{"SignatureDoesNotMatch", false, false, "the signature is not valid"},
	{"MissingAuthenticationTokenException", false, false, "the request is not signed"},
	{"RequestExpired", false, false, "the request's time is too far from the service's"},
	{"RequestTimeTooSkewed", false, false, "the request's time is too far from the service's"},
	{"RequestInTheFuture", false, false, "the request's time is too far from the service's"},
	{"AuthFailure", false, false, "the credentials are not valid"},
}

// lookup returns the table's row for a code. A code that is not in the table is retriable
// and ambiguous: another attempt costs time, but giving up might lose data.
func lookup(name string) (row code, known bool) {
	for _, c := range codes {
		if c.name == name {
			return c, true
		}
	}
	return code{name: name, retriable: true, ambiguous: true, meaning: "not documented"}, false
}

// classify returns what the error of a whole call means for the records of the call.
func classify(err error) code {
	if errors.Is(err, ErrResponse) {
		return code{ambiguous: true, meaning: "the answer cannot be matched to the records"}
	}
	if api, ok := errors.AsType[smithy.APIError](err); ok {
		c, known := lookup(api.ErrorCode())
		if clockSkew(err) {
			c.retriable = true
		}
		if !known {
			if s := statusOf(err); s >= 400 && s < 500 && s != 408 && s != 429 || s == 0 && api.ErrorFault() == smithy.FaultClient {
				c.retriable, c.ambiguous = false, false
			}
		}
		return c
	}
	if unsent(err) {
		if errors.Is(err, context.DeadlineExceeded) {
			// The time of the call ended while the request was prepared, for example
			// while the SDK waited for credentials.
			return code{retriable: true, meaning: "not sent within the time of the call"}
		}
		return code{meaning: "the request could not be built"}
	}
	c := code{retriable: true, ambiguous: true, meaning: "no answer"}
	if s := statusOf(err); s >= 400 && s < 500 && s != 408 && s != 429 {
		// An answer, but not from Firehose: from a proxy or another server.
		c.retriable, c.ambiguous = false, false
	}
	if op, ok := errors.AsType[*net.OpError](err); ok && op.Op == "dial" {
		c.ambiguous = false
		if dns, ok := errors.AsType[*net.DNSError](err); ok && dns.IsNotFound {
			c.retriable = false
		}
	}
	return c
}

// clockSkew reports whether the SDK blames the local clock for an error: the service
// refused the signature, and its Date header is minutes away from the signing time. The
// SDK's client then signs with the service's time, so the next attempt can succeed.
// Without such a Date header the credentials are invalid.
func clockSkew(err error) bool {
	var r interface{ RetryableError() bool }
	return errors.As(err, &r) && r.RetryableError()
}

// statusOf returns the HTTP status of the answer that caused an error, or 0 if there was
// no answer.
func statusOf(err error) int {
	var r interface{ HTTPStatusCode() int }
	if errors.As(err, &r) {
		return r.HTTPStatusCode()
	}
	return 0
}

// unsent reports whether an error of the SDK occurred before anything was sent, such as
// no Region or no credentials.
func unsent(err error) bool {
	if _, ok := errors.AsType[*smithy.OperationError](err); !ok {
		return false
	}
	if _, ok := errors.AsType[*smithyhttp.RequestSendError](err); ok {
		return false
	}
	if _, ok := errors.AsType[*smithyhttp.ResponseError](err); ok {
		return false
	}
	if _, ok := errors.AsType[*smithy.DeserializationError](err); ok {
		return false
	}
	_, ok := errors.AsType[*smithy.CanceledError](err)
	return !ok
}
