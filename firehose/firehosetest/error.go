package firehosetest

import (
	"fmt"
	"net/http"
	"strings"
)

// Error codes of the service.
// https://docs.aws.amazon.com/firehose/latest/APIReference/API_PutRecordBatch.html
const (
	CodeServiceUnavailable  = "ServiceUnavailableException"
	CodeInternalFailure     = "InternalFailure"
	CodeResourceNotFound    = "ResourceNotFoundException"
	CodeInvalidArgument     = "InvalidArgumentException"
	CodeInvalidSource       = "InvalidSourceException"
	CodeInvalidKMSResource  = "InvalidKMSResourceException"
	CodeValidation          = "ValidationException"
	CodeSerialization       = "SerializationException"
	CodeUnknownOperation    = "UnknownOperationException"
	CodeAccessDenied        = "AccessDeniedException"
	CodeThrottling          = "ThrottlingException"
	CodeInvalidSignature    = "InvalidSignatureException"
	codeMissingToken        = "MissingAuthenticationTokenException"
	codeRequestEntityTooBig = "RequestEntityTooLargeException"
)

// messageSlowDown is the service's text for a throttled record or call.
const messageSlowDown = "Slow down."

// apiError is an answer with an error.
type apiError struct {
	status  int
	code    string
	message string
}

func (e *apiError) Error() string { return e.code + ": " + e.message }

// statusOf returns the HTTP status of a code.
func statusOf(code string) int {
	switch code {
	case CodeServiceUnavailable, CodeInternalFailure:
		return http.StatusInternalServerError
	case codeRequestEntityTooBig:
		return http.StatusRequestEntityTooLarge
	}
	return http.StatusBadRequest
}

func errorf(code, format string, args ...any) *apiError {
	return &apiError{status: statusOf(code), code: code, message: fmt.Sprintf(format, args...)}
}

// violations collects the errors of a request, which the service reports in one text.
type violations []string

func (v *violations) add(value, member, constraint string) {
	*v = append(*v, fmt.Sprintf("Value %s at '%s' failed to satisfy constraint: %s", value, member, constraint))
}

func (v violations) err() *apiError {
	switch len(v) {
	case 0:
		return nil
	case 1:
		return errorf(CodeValidation, "1 validation error detected: %s", v[0])
	}
	return errorf(CodeValidation, "%d validation errors detected: %s", len(v), strings.Join(v, "; "))
}
