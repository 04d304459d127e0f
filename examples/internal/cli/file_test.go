package cli

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestWriteFile(t *testing.T) {
	c, out, _ := newCommand()
	dir := t.TempDir()
	path := filepath.Join(dir, strings.Repeat("n", 250)+".html") // the maximum length of a name
	text := func(s string) func(io.Writer) error {
		return func(w io.Writer) error {
			_, err := io.WriteString(w, s)
			return err
		}
	}
	require.NoError(t, c.WriteFile(path, text("one")))
	require.NoError(t, c.WriteFile(path, text("two")))
	require.Error(t, c.WriteFile(path, func(w io.Writer) error {
		_ = text("half")(w)
		return errors.New("broken")
	}))
	b, err := os.ReadFile(path)
	require.NoError(t, err)
	assert.Equal(t, "two", string(b))
	left, err := os.ReadDir(dir)
	require.NoError(t, err)
	assert.Len(t, left, 1)

	require.NoError(t, c.WriteFile("-", text("shown")))
	assert.Equal(t, "shown", out.String())
	require.NoError(t, c.WriteFile(os.DevNull, text("gone")))
	missing := filepath.Join(dir, "missing", "x")
	assert.EqualError(t, c.WriteFile(missing, text("")), missing+": no such file or directory")
}
