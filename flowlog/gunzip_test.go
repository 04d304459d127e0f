package flowlog

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/klauspost/compress/gzip"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// zipMembers compresses each text to one member of a gzip stream.
func zipMembers(texts ...string) string {
	var b bytes.Buffer
	for _, text := range texts {
		w := gzip.NewWriter(&b)
		_, _ = w.Write([]byte(text))
		_ = w.Close()
	}
	return b.String()
}

// TestLayersOfGzip checks that the records of a log do not depend on how it was compressed:
// with several members, several layers of gzip, or padding after the last member.
func TestLayersOfGzip(t *testing.T) {
	once := zipMembers(lineA+"\n", lineB+"\n")
	for name, tt := range map[string]struct {
		log  string
		want int
		err  string
	}{
		"members":                 {once, 2, ""},
		"twice":                   {zipMembers(once), 2, ""},
		"twice, cut into members": {zipMembers(once[:20], once[20:]), 2, ""},
		"three times":             {zipMembers(zipMembers(once)), 2, ""},
		"four times":              {zipMembers(zipMembers(zipMembers(once))), 0, "gzip within gzip, more than 3 layers"},
		"padded":                  {once + strings.Repeat("\x00", 5000), 2, ""},
		"padded inside":           {zipMembers(once + "\x00\x00"), 2, ""},
		"padding between":         {once + "\x00\x00\x00" + once, 4, ""},
		"other data after it":     {once + "data", 2, "data after the last member"},
		"zeros, then other data":  {once + "\x00\x00data", 2, "data after the last member"},
		"empty":                   {zipMembers(""), 0, ""},
		"empty twice":             {zipMembers(zipMembers("")), 0, ""},
		"cut short":               {zipMembers(once)[:40], 0, "EOF"},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := drain(t, NewReader(strings.NewReader(tt.log), nil))
			assert.Len(t, got, tt.want)
			if tt.err == "" {
				assert.NoError(t, err)
			} else {
				assert.ErrorContains(t, err, tt.err)
			}
		})
	}
	for _, file := range []string{"double.log.gz", "padded.log.gz"} {
		data, err := os.ReadFile(filepath.Join("testdata", file))
		require.NoError(t, err)
		r := NewReader(bytes.NewReader(data), nil)
		got, end := drain(t, r)
		assert.NoError(t, end, file)
		assert.Len(t, got, 2, file)
		stats := r.Stats()
		assert.EqualValues(t, 2, stats.Records, file)
		assert.Zero(t, stats.Bad, file)
	}
}
