package engines

import (
	"bufio"
	"encoding/json"
	"io"
	"os/exec"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// talker is a process that answers each line of JSON on its standard input
// with a line of JSON on its standard output.
type talker struct {
	*process
	in  io.WriteCloser
	out *bufio.Reader
}

// talk starts such a process.
func talk(t testing.TB, name string, cmd *exec.Cmd) *talker {
	t.Helper()
	in, err := cmd.StdinPipe()
	require.NoError(t, err)
	r, w := io.Pipe()
	cmd.Stdout = w
	p := start(t, name, cmd)
	go func() {
		<-p.done
		w.CloseWithError(io.ErrUnexpectedEOF)
	}()
	return &talker{p, in, bufio.NewReaderSize(r, 1<<20)}
}

// ask sends a question and reads the answer into answer.
func (k *talker) ask(t testing.TB, question, answer any) {
	t.Helper()
	line, err := json.Marshal(question)
	require.NoError(t, err)
	_, err = k.in.Write(append(line, '\n'))
	require.NoError(t, err, "%s: %s", k.name, k.tail())
	// An engine that never answers would hang the test.
	watch := time.AfterFunc(5*time.Minute, func() { _ = k.cmd.Process.Kill() })
	line, err = k.out.ReadBytes('\n')
	watch.Stop()
	require.NoError(t, err, "%s: %s", k.name, k.tail())
	require.NoError(t, json.Unmarshal(line, answer), "%s: %.500s", k.name, line)
}

// end closes the input, which such a process takes as the end, and waits.
func (k *talker) end(t testing.TB) {
	t.Helper()
	require.NoError(t, k.in.Close())
	select {
	case <-k.done:
	case <-time.After(30 * time.Second):
		k.stop(t)
	}
}
