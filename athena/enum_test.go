package athena

import (
	"encoding"
	"flag"
	"io"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

type textEnum interface {
	encoding.TextMarshaler
	encoding.TextUnmarshaler
	String() string
}

// TestEnums round-trips every value of every enumeration as text, as flags and
// configuration do, and refuses the next.
func TestEnums(t *testing.T) {
	for name, c := range map[string]struct {
		names []string
		at    func(uint8) textEnum
	}{
		"storage":      {storageNames[:], func(v uint8) textEnum { e := Storage(v); return &e }},
		"naming":       {namingNames[:], func(v uint8) textEnum { e := Naming(v); return &e }},
		"partitioning": {partitioningNames[:], func(v uint8) textEnum { e := Partitioning(v); return &e }},
		"header":       {headerNames[:], func(v uint8) textEnum { e := Header(v); return &e }},
		"dialect":      {dialectNames[:], func(v uint8) textEnum { e := Dialect(v); return &e }},
		"layout":       {layoutNames[:], func(v uint8) textEnum { e := Layout(v); return &e }},
	} {
		t.Run(name, func(t *testing.T) {
			for i, want := range c.names {
				e := c.at(uint8(i))
				assert.Equal(t, want, e.String())
				text, err := e.MarshalText()
				require.NoError(t, err)
				got := c.at(255)
				require.NoError(t, got.UnmarshalText(text))
				assert.Equal(t, e, got)
			}
			assert.Equal(t, "?", c.at(uint8(len(c.names))).String())
			e := c.at(0)
			refused(t, e.UnmarshalText([]byte("nonsense")), ErrLayout)
			assert.Equal(t, c.at(0), e, "unchanged")
		})
	}
	assert.Equal(t, "?", Compression(9).String())

	f := flag.NewFlagSet("", flag.ContinueOnError)
	f.SetOutput(io.Discard)
	var l Layout
	f.TextVar(&l, "layout", Firehose, "")
	require.NoError(t, f.Parse([]string{"-layout", "s3-hourly"}))
	assert.Equal(t, S3Hourly, l)
}
