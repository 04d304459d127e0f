package cli

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestTable(t *testing.T) {
	table := NewTable("port", " flows", "name")
	table.Row("443/TCP", "1,234", "https")
	table.Row("ü", "5")
	assert.Equal(t, 2, table.Len())
	var b strings.Builder
	n, err := table.WriteTo(&b)
	require.NoError(t, err)
	assert.EqualValues(t, b.Len(), n)
	assert.Equal(t, "port     flows  name\n443/TCP  1,234  https\nü            5\n", b.String())
}

func TestCount(t *testing.T) {
	for n, want := range map[int64]string{0: "0", 999: "999", 1000: "1,000", 1234567: "1,234,567", -5: "-5", -123: "-123", -1234: "-1,234"} {
		assert.Equal(t, want, Count(n))
	}
	assert.Equal(t, "0 lines", Counted(0, "line"))
	assert.Equal(t, "1 line", Counted(1, "line"))
	assert.Equal(t, "1,000 lines", Counted(1000, "line"))
}

func TestProgress(t *testing.T) {
	var b strings.Builder
	p := &Progress{w: &b}
	p.Set("read", 1, 4)
	p.Set("read", 2, 4) // too soon
	p.Set("read", 4, 4)
	p.Set("write", 7, 0)
	p.Clear()
	p.Clear()
	assert.Equal(t, "\r\x1b[K["+strings.Repeat("=", 7)+strings.Repeat(" ", 23)+"]  25% read"+
		"\r\x1b[K["+strings.Repeat("=", 30)+"] 100% read"+
		"\r\x1b[Kwrite 7\r\x1b[K", b.String())
}

// Set may be called often, with and without a total, and with more than the total.
func TestProgressRate(t *testing.T) {
	for _, total := range []int64{0, 500, 1000} {
		synctest.Test(t, func(t *testing.T) {
			var b strings.Builder
			p := &Progress{w: &b}
			for done := range int64(1001) {
				p.Set("read", done, total)
				time.Sleep(time.Millisecond)
			}
			assert.Equal(t, 11, strings.Count(b.String(), "\r"), "total %d: the start, and every 100 ms", total)
			assert.Equal(t, total > 0, strings.Contains(b.String(), "100% read"))
		})
	}
	synctest.Test(t, func(t *testing.T) {
		var b strings.Builder
		p := &Progress{w: &b}
		for done := range int64(1000) {
			p.Set("read", done, 50) // all at once
		}
		p.Clear()
		assert.Equal(t, 3, strings.Count(b.String(), "\r"), "the start, the end and nothing")
		assert.Contains(t, b.String(), "100% read")
	})
}

func TestNoTerminal(t *testing.T) {
	f, err := os.Create(filepath.Join(t.TempDir(), "x"))
	require.NoError(t, err)
	defer f.Close()
	p := NewProgress(f)
	p.Set("read", 1, 4)
	p.Clear()
	st, err := f.Stat()
	require.NoError(t, err)
	assert.Zero(t, st.Size())
}
