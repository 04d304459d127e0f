package runtimeapi_test

import (
	"encoding/json"
	"errors"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/vpcflow/vpcflow/examples/internal/runtimeapi"
)

func event(t *testing.T, do, value string) []byte {
	t.Helper()
	b, err := json.Marshal(input{do, value})
	require.NoError(t, err)
	return b
}

// invoke may be called from any goroutine.
func invoke(t *testing.T, f *runtimeapi.Function, do, value string) output {
	t.Helper()
	var out output
	b, err := f.Invoke(t.Context(), event(t, do, value))
	if assert.NoError(t, err) {
		assert.NoError(t, json.Unmarshal(b, &out))
	}
	return out
}

func invokeError(t *testing.T, f *runtimeapi.Function, do, value string) *runtimeapi.Error {
	t.Helper()
	_, err := f.Invoke(t.Context(), event(t, do, value))
	e, ok := errors.AsType[*runtimeapi.Error](err)
	require.True(t, ok, "%v", err)
	return e
}
