package firehose

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"syscall"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/firehose/types"
	"github.com/aws/smithy-go"
	smithyhttp "github.com/aws/smithy-go/transport/http"
	"github.com/stretchr/testify/assert"
)

// The table has each code once, with its meaning. It has every error that the SDK models
// for PutRecordBatch.
func TestCodes(t *testing.T) {
	seen := make(map[string]bool)
	for _, c := range codes {
		assert.NotEmpty(t, c.name)
		assert.NotEmpty(t, c.meaning, c.name)
		assert.False(t, seen[c.name], c.name)
		assert.False(t, c.ambiguous && !c.retriable, "%s: what might have been taken is not invalid", c.name)
		seen[c.name] = true
	}
	for _, err := range []smithy.APIError{
		&types.InvalidArgumentException{}, &types.InvalidKMSResourceException{}, &types.InvalidSourceException{},
		&types.ResourceNotFoundException{}, &types.ServiceUnavailableException{}, &types.LimitExceededException{},
	} {
		c, known := lookup(err.ErrorCode())
		assert.True(t, known, err.ErrorCode())
		if err.ErrorFault() == smithy.FaultServer {
			assert.True(t, c.retriable, err.ErrorCode())
		}
	}
}

func TestClassify(t *testing.T) {
	status := func(code int, err error) error {
		return &smithy.OperationError{Err: &smithyhttp.ResponseError{
			Response: &smithyhttp.Response{Response: &http.Response{StatusCode: code}}, Err: err}}
	}
	send := func(err error) error { return &smithy.OperationError{Err: &smithyhttp.RequestSendError{Err: err}} }
	unknown := &smithy.GenericAPIError{Code: "SomethingNew"}
	for _, tt := range []struct {
		name                 string
		err                  error
		retriable, ambiguous bool
	}{
		{"known code beats status", status(400, &types.ServiceUnavailableException{}), true, false},
		{"unknown code, 400", status(400, unknown), false, false},
		{"unknown code, 408", status(408, unknown), true, true},
		{"unknown code, 429", status(429, unknown), true, true},
		{"unknown code, 503", status(503, unknown), true, true},
		{"page of a proxy, 403", status(403, &smithy.DeserializationError{Err: io.EOF}), false, false},
		{"page of a proxy, 502", status(502, &smithy.DeserializationError{Err: io.EOF}), true, true},
		{"answer cut off", status(200, &smithy.DeserializationError{Err: io.ErrUnexpectedEOF}), true, true},
		{"connection reset", send(syscall.ECONNRESET), true, true},
		{"connection refused", send(&net.OpError{Op: "dial", Err: syscall.ECONNREFUSED}), true, false},
		{"name server down", send(&net.OpError{Op: "dial", Err: &net.DNSError{IsTimeout: true}}), true, false},
		{"no such host", send(&net.OpError{Op: "dial", Err: &net.DNSError{IsNotFound: true}}), false, false},
		{"timeout", &smithy.OperationError{Err: &smithy.CanceledError{Err: errors.New("deadline")}}, true, true},
		{"late before the attempt", &smithy.OperationError{Err: context.DeadlineExceeded}, true, false},
		{"late credentials", &smithy.OperationError{Err: fmt.Errorf("get identity: %w", &aws.RequestCanceledError{Err: context.DeadlineExceeded})}, true, false},
		{"canceled before the attempt", &smithy.OperationError{Err: context.Canceled}, false, false},
		{"no Region", &smithy.OperationError{Err: errors.New("failed to resolve endpoint")}, false, false},
		{"mismatch", fmt.Errorf("%w: 1 of 2", ErrResponse), false, true},
		{"anything else", io.EOF, true, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := classify(tt.err)
			assert.Equal(t, [2]bool{tt.retriable, tt.ambiguous}, [2]bool{c.retriable, c.ambiguous})
			assert.NotEmpty(t, c.meaning)
		})
	}
}
