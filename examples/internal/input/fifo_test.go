//go:build unix

package input

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A pipe in a folder is skipped. A pipe that is an argument is read once.
func TestPipes(t *testing.T) {
	dir := folder(t, map[string]string{"a": line1})
	fifo := filepath.Join(dir, "pipe")
	require.NoError(t, syscall.Mkfifo(fifo, 0o600))
	require.NoError(t, os.Symlink(fifo, filepath.Join(dir, "link")))
	require.NoError(t, os.Symlink(dir, filepath.Join(dir, "loop")))
	require.NoError(t, os.Symlink("nowhere", filepath.Join(dir, "broken")))
	s := &Source{}
	names, got, errs := all(t, s, dir)
	require.Len(t, errs, 1)
	assert.EqualError(t, errs[0], filepath.Join(dir, "broken")+": dangling link: file does not exist")
	assert.Equal(t, []string{filepath.Join(dir, "a")}, names)
	assert.Equal(t, line1, got)
	_, why := s.Skipped()
	assert.Equal(t, "3 not regular files", why)

	written := make(chan error, 1)
	go func() { written <- os.WriteFile(fifo, []byte(gz(t, text)), 0) }()
	_, got, errs = all(t, s, fifo)
	assert.Empty(t, errs)
	assert.Equal(t, text, got)
	assert.NoError(t, <-written)
}
