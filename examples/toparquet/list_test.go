package main

import (
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/vpcflow/vpcflow/flowlog"
)

// link makes a symbolic link. On Windows this may need a privilege.
func link(t *testing.T, to, path string) {
	t.Helper()
	err := os.Symlink(to, path)
	if err != nil && runtime.GOOS == "windows" {
		t.Skip(err)
	}
	require.NoError(t, err)
}

// A dangling link is an error, and the rest of its folder is converted.
func TestDanglingLink(t *testing.T) {
	text := sample(t, flowlog.V2, 20)
	dir := folder(t, map[string]string{"a/1.log": text, "z/2.log": text})
	link(t, "nowhere", filepath.Join(dir, "b.log"))
	out := t.TempDir()
	code, _, stderr := command(t, t.Context(), "", "-o", out, dir)
	assert.Equal(t, 1, code)
	assert.Contains(t, stderr, "toparquet: "+filepath.Join(dir, "b.log")+": dangling link: file does not exist\n")
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
	out := filepath.Join(t.TempDir(), "x.parquet")
	convert(t, "", "-o", out, filepath.Join(dir, "root"))
	sameFile(t, flowlog.V2, text+text, out)
}
