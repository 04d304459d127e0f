package main

import (
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/vpcflow/vpcflow/flowlog"
)

// link makes a symbolic link, which Windows does not let everybody do.
func link(t *testing.T, to, path string) {
	t.Helper()
	err := os.Symlink(to, path)
	if err != nil && runtime.GOOS == "windows" {
		t.Skip(err)
	}
	require.NoError(t, err)
}

// One entry that leads nowhere is an error, and the rest of its folder is
// converted.
func TestDanglingLink(t *testing.T) {
	text := sample(t, flowlog.V2, 20)
	dir := folder(t, map[string]string{"a/1.log": text, "z/2.log": text})
	link(t, "nowhere", filepath.Join(dir, "b.log"))
	out := t.TempDir()
	code, _, stderr := command(t, t.Context(), "", "-o", out, dir)
	assert.Equal(t, 1, code)
	assert.Contains(t, stderr, "toparquet: "+filepath.Join(dir, "b.log")+": no such file or directory\n")
	assert.Equal(t, []string{"1.parquet"}, entries(t, out))
	sameFile(t, flowlog.V2, text+text, filepath.Join(out, "1.parquet"))
}

func TestLinks(t *testing.T) {
	text := sample(t, flowlog.V2, 20)
	dir := folder(t, map[string]string{"logs/a.log": text, "elsewhere/b.log": text, "elsewhere/c/d.log": text})
	link(t, filepath.Join("..", "elsewhere", "b.log"), filepath.Join(dir, "logs", "b.log"))
	link(t, filepath.Join("..", "elsewhere"), filepath.Join(dir, "logs", "c")) // not followed
	link(t, ".", filepath.Join(dir, "logs", "d"))                              // without end
	link(t, "logs", filepath.Join(dir, "root"))
	link(t, "nowhere", filepath.Join(dir, "logs", ".#a.log")) // an editor's lock
	inputs, errs := list(t.Context(), []string{filepath.Join(dir, "root")})
	assert.Empty(t, errs)
	var paths []string
	for _, in := range inputs {
		paths = append(paths, in.path)
		assert.EqualValues(t, len(text), in.size)
	}
	assert.Equal(t, []string{filepath.Join(dir, "root", "a.log"), filepath.Join(dir, "root", "b.log")}, paths)

	out := filepath.Join(t.TempDir(), "x.parquet")
	convert(t, "", "-o", out, filepath.Join(dir, "root"))
	sameFile(t, flowlog.V2, text+text, out)
}

// locked is a file system with folders that cannot be read.
type locked struct{ fstest.MapFS }

func (l locked) ReadDir(name string) ([]fs.DirEntry, error) {
	if strings.HasSuffix(name, "locked") {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrPermission}
	}
	return l.MapFS.ReadDir(name)
}

func TestUnreadableFolder(t *testing.T) {
	file := &fstest.MapFile{Data: []byte("x")}
	inputs, errs := walk(t.Context(), "logs", locked{fstest.MapFS{"a.log": file, "m/locked/b.log": file, "m/n.log": file, "z.log": file,
		"p": {Mode: fs.ModeNamedPipe}, "s": {Mode: fs.ModeSocket}, "d": {Mode: fs.ModeDevice}}})
	var paths []string
	for _, in := range inputs {
		paths = append(paths, in.path)
	}
	assert.Equal(t, []string{filepath.Join("logs", "a.log"), filepath.Join("logs", "m", "n.log"), filepath.Join("logs", "z.log")}, paths)
	require.Len(t, errs, 1)
	assert.ErrorIs(t, errs[0], fs.ErrPermission)
	assert.EqualError(t, errs[0], filepath.Join("logs", "m", "locked")+": permission denied")
}
