package input

import (
	"bytes"
	"encoding/base64"
	"io"
	"testing"

	"github.com/stretchr/testify/require"
)

// Any file is read or an error, in bounded time and memory.
func FuzzUnpack(f *testing.F) {
	t := new(testing.T)
	bzip, err := base64.StdEncoding.DecodeString(bz2)
	require.NoError(f, err)
	for _, s := range []string{"", text, gz(t, text), gz(t, line1, line2) + "\x00\x00", gz(t, gz(t, text)), zst(t, text), string(bzip),
		document(line1) + document(line2), gz(t, document(line1), document(line2)), "PAR1", `{"message":"x"}`, `[{}]`, "\ufeff{"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		c, err := Unpack(t.Context(), io.NopCloser(bytes.NewReader(data)))
		if err != nil {
			return
		}
		if c.Parquet == nil {
			n, err := io.Copy(io.Discard, io.LimitReader(c, 16<<20))
			if err == nil && n == 0 && len(bytes.TrimSpace(data)) > 0 && kindOf(data) == isText && decompressor(string(data[:min(4, len(data))])) == nil {
				t.Fatal("text is lost")
			}
		}
		require.NoError(t, c.Close())
	})
}
