//go:build unix

package main

import (
	"bytes"
	"context"
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

	"github.com/vpcflow/vpcflow/examples/internal/runtimeapi"
	"github.com/vpcflow/vpcflow/flowlog"
)

// patience is the time limit for things that a process does at once.
const patience = 30 * time.Second

// process is a process that runs the command.
type process struct {
	*exec.Cmd
	stdin  io.WriteCloser
	stderr bytes.Buffer
	exited chan struct{}
}

func launch(t *testing.T, bin string, stdout io.Writer, args ...string) *process {
	t.Helper()
	p := &process{Cmd: exec.Command(bin, args...), exited: make(chan struct{})}
	stdin, w, err := os.Pipe()
	require.NoError(t, err)
	p.stdin, p.Stdin, p.Stdout, p.Stderr = w, stdin, stdout, &p.stderr
	require.NoError(t, p.Start())
	require.NoError(t, stdin.Close())
	go func() {
		_ = p.Wait()
		close(p.exited)
	}()
	t.Cleanup(func() {
		_ = p.Process.Kill()
		<-p.exited
		_ = w.Close()
	})
	return p
}

// ends waits until the process ends.
func (p *process) ends(t *testing.T) {
	t.Helper()
	select {
	case <-p.exited:
	case <-time.After(patience):
		require.Fail(t, "the process does not end")
	}
}

// The command is interrupted while it waits for its input.
func TestSignals(t *testing.T) {
	bin, err := runtimeapi.Build(t.Context(), t.TempDir(), ".")
	require.NoError(t, err)
	text := sample(t, flowlog.V2, 20000)
	for _, sig := range []syscall.Signal{syscall.SIGINT, syscall.SIGTERM} {
		for _, tt := range []struct{ name, file, text string }{
			{"nothing yet", "x.parquet", strings.Repeat("\n", 1<<18)}, // more than the pipe holds: it reads
			{"file", "x.parquet", text},
			{"folder", "", text},
		} {
			t.Run(sig.String()+"/"+tt.name, func(t *testing.T) {
				out := t.TempDir()
				p := launch(t, bin, nil, "-o", filepath.Join(out, tt.file))
				_, err := io.WriteString(p.stdin, tt.text)
				require.NoError(t, err)
				if tt.name != "nothing yet" {
					require.Eventually(t, func() bool { return len(entries(t, out)) == 1 }, patience, time.Millisecond)
				}
				require.NoError(t, p.Process.Signal(sig))
				p.ends(t)
				assert.Equal(t, 130, p.ProcessState.ExitCode())
				assert.Equal(t, "toparquet: interrupted\n", p.stderr.String())
				assert.Empty(t, entries(t, out))
			})
		}
		t.Run(sig.String()+"/pipe", func(t *testing.T) {
			out, fifo := t.TempDir(), filepath.Join(t.TempDir(), "fifo")
			require.NoError(t, syscall.Mkfifo(fifo, 0o600))
			p := launch(t, bin, nil, "-o", filepath.Join(out, "x.parquet"), fifo)
			w, err := os.OpenFile(fifo, os.O_WRONLY, 0) // waits for the process
			require.NoError(t, err)
			defer w.Close()
			require.NoError(t, p.Process.Signal(sig))
			p.ends(t)
			assert.Equal(t, 130, p.ProcessState.ExitCode())
			assert.Empty(t, entries(t, out))
		})
		// A blocked output cannot be cancelled: the next signal ends the process.
		t.Run(sig.String()+"/again", func(t *testing.T) {
			r, w, err := os.Pipe()
			require.NoError(t, err)
			defer r.Close()
			in := filepath.Join(folder(t, map[string]string{"a.log": text}), "a.log")
			p := launch(t, bin, w, "-codec", "none", in)
			require.NoError(t, w.Close())
			_, err = r.Read(make([]byte, 1))
			require.NoError(t, err)
			for range 100 {
				_ = p.Process.Signal(sig)
				select {
				case <-p.exited:
				case <-time.After(patience / 100):
					continue
				}
				break
			}
			p.ends(t)
			status, ok := p.ProcessState.Sys().(syscall.WaitStatus)
			require.True(t, ok)
			assert.Equal(t, sig, status.Signal())
		})
	}
}

// A named pipe without a writer blocks as a PATH until the command is interrupted.
// In a folder it is skipped.
func TestPipes(t *testing.T) {
	text := sample(t, flowlog.V2, 20000)
	dir := folder(t, map[string]string{"a.log": text})
	fifo := filepath.Join(dir, "fifo")
	require.NoError(t, syscall.Mkfifo(fifo, 0o600))
	convert(t, "", "-strict", "-o", filepath.Join(t.TempDir(), "x.parquet"), dir)

	out := t.TempDir()
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	code, _, stderr := command(t, ctx, "", "-o", out, filepath.Join(dir, "a.log"), fifo)
	assert.Equal(t, 130, code)
	assert.Equal(t, "toparquet: interrupted\n", stderr)
	assert.Empty(t, entries(t, out))
	rw, err := os.OpenFile(fifo, os.O_RDWR, 0) // ends the wait
	require.NoError(t, err)
	require.NoError(t, rw.Close())

	// A pipe is read once, from its start.
	fifo = filepath.Join(t.TempDir(), "log.gz")
	require.NoError(t, syscall.Mkfifo(fifo, 0o600))
	written := make(chan error, 1)
	go func() { written <- os.WriteFile(fifo, []byte(zipped(t, text)), 0) }()
	convert(t, "", "-o", out, fifo, filepath.Join(dir, "a.log"))
	require.NoError(t, <-written)
	assert.Equal(t, []string{"a.parquet", "log.parquet"}, entries(t, out))
	sameFile(t, flowlog.V2, text, filepath.Join(out, "log.parquet"))
}
