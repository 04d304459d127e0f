package flowlog

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestHeader(t *testing.T) {
	for line, want := range map[string]struct {
		header   bool // expected if the line is not a record
		asRecord bool // expected if the line is a record
	}{
		"version srcaddr":                     {true, true},
		"${version} ${srcaddr}":               {true, true},
		"version\tsrcaddr  bytes ":            {true, true},
		"version new-a new-b":                 {true, false},
		"version new-a":                       {true, true},
		"action":                              {true, true},
		"new-a new-b":                         {false, false},
		"Version srcaddr":                     {false, false},
		"version,srcaddr":                     {false, false},
		"version 2":                           {false, false},
		"version - -":                         {false, false},
		"version srcaddr srcaddr":             {false, false},
		"version srcaddr version_ srcaddr.":   {false, false},
		"eni-1 vpc-1 10.0.0.1":                {false, false},
		"region\u2003version":                 {false, false},
		"version " + strings.Repeat("x ", 99): {false, false},
		"version " + strings.Repeat("x", 300): {false, false},
	} {
		t.Run(clip(line), func(t *testing.T) {
			assert.Equal(t, want.header, header(line, false) != nil)
			assert.Equal(t, want.asRecord, header(line, true) != nil)
		})
	}
	assert.Nil(t, header(strings.Repeat("version ", 1_000_000), false), "without allocations")
	for f := range Fields() {
		assert.Equal(t, []Field{f}, header(f.String(), true).Fields())
	}
	for _, f := range []*Format{V2, TransitGateway, v5, mustParse(t, unknownFormat)} {
		require.True(t, f.Equal(header(f.Header(), false)))
		require.True(t, f.Equal(header(f.String(), false)))
		assert.True(t, mayBeHeader(f.Header()))
		assert.True(t, mayBeHeader(f.String()))
	}
}
