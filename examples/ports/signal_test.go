//go:build unix

package main

import (
	"bytes"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/vpcflow/vpcflow/flowlog"
)

// patience is the time limit for things that a process does at once.
const patience = 30 * time.Second

// launch starts the command as a process.
func launch(t *testing.T, stdin io.Reader, stdout, stderr io.Writer, args ...string) (*exec.Cmd, chan struct{}) {
	t.Helper()
	self, err := os.Executable()
	require.NoError(t, err)
	cmd := exec.Command(self, args...)
	cmd.Env = append(os.Environ(), "RUN_PORTS=1")
	cmd.Stdin, cmd.Stdout, cmd.Stderr = stdin, stdout, stderr
	require.NoError(t, cmd.Start())
	exited := make(chan struct{})
	go func() {
		_ = cmd.Wait()
		close(exited)
	}()
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		<-exited
	})
	return cmd, exited
}

func ends(t *testing.T, exited chan struct{}) {
	t.Helper()
	select {
	case <-exited:
	case <-time.After(patience):
		require.Fail(t, "the process does not end")
	}
}

// A signal ends the process while it reads any input.
func TestSignals(t *testing.T) {
	dir := t.TempDir()
	fifo := filepath.Join(dir, "fifo")
	require.NoError(t, syscall.Mkfifo(fifo, 0o600))
	bad := write(t, filepath.Join(dir, "bad"), bytes.Repeat([]byte("no record\n"), 20<<20/10))
	many := strings.Split(strings.Repeat(bad+" ", 200), " ")
	for _, sig := range []syscall.Signal{syscall.SIGINT, syscall.SIGTERM} {
		for name, args := range map[string][]string{
			"silent input": nil, "pipe": {fifo}, "zeros": {"/dev/zero"}, "bad lines": many[:200],
		} {
			t.Run(sig.String()+"/"+name, func(t *testing.T) {
				r, w, err := os.Pipe() // nothing is written
				require.NoError(t, err)
				defer w.Close()
				defer r.Close()
				var stderr bytes.Buffer
				cmd, exited := launch(t, r, io.Discard, &stderr, args...)
				time.Sleep(300 * time.Millisecond)
				require.NoError(t, cmd.Process.Signal(sig))
				ends(t, exited)
				assert.Equal(t, 130, cmd.ProcessState.ExitCode())
				assert.Equal(t, "ports: interrupted\n", stderr.String())
			})
		}
		// A blocked output cannot be cancelled: the next signal ends the process.
		t.Run(sig.String()+"/again", func(t *testing.T) {
			r, w, err := os.Pipe()
			require.NoError(t, err)
			defer r.Close()
			in := write(t, filepath.Join(t.TempDir(), "log"), sample(t, flowlog.V2, 50_000))
			cmd, exited := launch(t, nil, w, io.Discard, "-json", in)
			require.NoError(t, w.Close())
			_, err = r.Read(make([]byte, 1))
			require.NoError(t, err)
			for range 100 {
				_ = cmd.Process.Signal(sig)
				select {
				case <-exited:
				case <-time.After(patience / 100):
					continue
				}
				break
			}
			ends(t, exited)
			status, ok := cmd.ProcessState.Sys().(syscall.WaitStatus)
			require.True(t, ok)
			assert.Equal(t, sig, status.Signal())
		})
	}
}

// A pipe in a folder is skipped.
func TestPipeInFolder(t *testing.T) {
	dir := t.TempDir()
	require.NoError(t, syscall.Mkfifo(filepath.Join(dir, "fifo"), 0o600))
	write(t, filepath.Join(dir, "log"), sample(t, flowlog.V2, 100))
	var stdout, stderr bytes.Buffer
	cmd, exited := launch(t, nil, &stdout, &stderr, "-json", dir)
	ends(t, exited)
	assert.Zero(t, cmd.ProcessState.ExitCode(), stderr.String())
	assert.EqualValues(t, 100, decode(t, stdout.String()).Records)
	assert.Contains(t, stderr.String(), "skipped 1: 1 not regular files")
}
