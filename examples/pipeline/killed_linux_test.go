package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// forwarders returns the ids of the processes that run an executable in a folder.
func forwarders(t *testing.T, dir string) []string {
	t.Helper()
	all, err := filepath.Glob("/proc/[0-9]*/exe")
	require.NoError(t, err)
	var ids []string
	for _, link := range all {
		if path, err := os.Readlink(link); err == nil && strings.HasPrefix(path, dir+"/") && strings.Contains(path, "bootstrap") {
			ids = append(ids, filepath.Base(filepath.Dir(link)))
		}
	}
	return ids
}

// When a pipeline is killed, its forwarders end, even if they are retrying calls
// to a Firehose that is gone.
func TestKilled(t *testing.T) {
	self, err := os.Executable()
	require.NoError(t, err)
	temp := t.TempDir()
	cmd := exec.Command(self, "-faults", "0.9")
	cmd.Env = append(os.Environ(), "RUN_PIPELINE=1", "TMPDIR="+temp)
	require.NoError(t, cmd.Start())
	assert.Eventually(t, func() bool { return len(forwarders(t, temp)) > 0 }, 2*time.Minute, 20*time.Millisecond)
	require.NoError(t, cmd.Process.Kill())
	require.Error(t, cmd.Wait())
	assert.Eventually(t, func() bool { return len(forwarders(t, temp)) == 0 }, 10*time.Second, 20*time.Millisecond)
}
