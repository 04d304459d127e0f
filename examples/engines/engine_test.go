package engines

import (
	"encoding/json"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// cache returns the folder the install script filled.
func cache(t testing.TB) string {
	t.Helper()
	dir := os.Getenv("VPCFLOW_CACHE")
	if dir == "" {
		base, err := os.UserCacheDir()
		require.NoError(t, err)
		dir = filepath.Join(base, "vpcflow-engines")
	}
	dir, err := filepath.Abs(dir)
	require.NoError(t, err)
	return dir
}

// mayLeaveOut skips the test if VPCFLOW_WITHOUT, a list with commas, names the
// engine. Nothing else leaves one out.
func mayLeaveOut(t testing.TB, name string) {
	t.Helper()
	if without(name) {
		t.Skipf("%s is left out by VPCFLOW_WITHOUT", name)
	}
}

// without reports whether VPCFLOW_WITHOUT names the engine.
func without(name string) bool {
	return slices.Contains(strings.Split(os.Getenv("VPCFLOW_WITHOUT"), ","), name)
}

// need returns the folder of an installed engine. An engine that is not there
// fails the test.
func need(t testing.TB, name string) string {
	t.Helper()
	mayLeaveOut(t, name)
	dir := filepath.Join(cache(t), name)
	require.FileExists(t, filepath.Join(dir, ".stamp"), "%s is not installed: run ./install", name)
	return dir
}

// jdk returns the java command of a release, "" if this machine has no such
// JDK.
func jdk(t testing.TB, release int) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(cache(t), "engines.json"))
	require.NoError(t, err, "nothing is installed: run ./install")
	var homes map[string]string
	require.NoError(t, json.Unmarshal(text, &homes))
	home := homes[fmt.Sprintf("java%d", release)]
	if home == "" {
		return ""
	}
	return filepath.Join(home, "bin", "java")
}

// java17 is what every Java engine but the newest Trino runs on. Warming up
// is most of what these short processes do, so the first compiler is enough.
func java17(t testing.TB, args ...string) *exec.Cmd {
	t.Helper()
	java := jdk(t, 17)
	require.NotEmpty(t, java, "no JDK 17: run ./install")
	return exec.Command(java, append([]string{"-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"}, args...)...)
}

// process is an engine that runs beside the test.
type process struct {
	name string
	cmd  *exec.Cmd
	log  string
	done chan struct{} // closed when the process has ended
}

// start starts a command whose output goes to a log file. It is stopped, by
// its own id, when the test ends if not before.
func start(t testing.TB, name string, cmd *exec.Cmd) *process {
	t.Helper()
	p := &process{name: name, cmd: cmd, log: filepath.Join(t.TempDir(), name+".log"), done: make(chan struct{})}
	log, err := os.Create(p.log)
	require.NoError(t, err)
	if cmd.Stdout == nil {
		cmd.Stdout = log
	}
	cmd.Stderr = log
	// Nothing outlives the tests, not even when they are killed.
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	require.NoError(t, cmd.Start(), name)
	log.Close()
	go func() {
		_ = cmd.Wait()
		close(p.done)
	}()
	t.Cleanup(func() {
		p.stop(t)
		if t.Failed() {
			t.Logf("the end of the log of %s:\n%s", name, p.tail())
		}
	})
	return p
}

// stop ends the process and waits for its end.
func (p *process) stop(t testing.TB) {
	t.Helper()
	select {
	case <-p.done:
		return
	default:
	}
	_ = p.cmd.Process.Signal(syscall.SIGTERM)
	select {
	case <-p.done:
	case <-time.After(20 * time.Second):
		t.Logf("%s does not end by itself", p.name)
		_ = p.cmd.Process.Kill()
		<-p.done
	}
}

// ready polls until check returns no error, the process ends or the time is
// over.
func (p *process) ready(t testing.TB, limit time.Duration, check func() error) {
	t.Helper()
	begun := time.Now()
	for {
		err := check()
		if err == nil {
			t.Logf("%s was ready after %.1fs", p.name, time.Since(begun).Seconds())
			return
		}
		select {
		case <-p.done:
			require.FailNow(t, p.name+" ended", p.tail())
		case <-time.After(100 * time.Millisecond):
		}
		if time.Since(begun) > limit {
			require.FailNow(t, p.name+" is not ready", "%v\n%s", err, p.tail())
		}
	}
}

// tail returns the last lines of the log.
func (p *process) tail() string {
	text, _ := os.ReadFile(p.log)
	lines := strings.Split(string(text), "\n")
	return strings.Join(lines[max(0, len(lines)-40):], "\n")
}

// freePort returns a port of the loopback address that is free now.
func freePort(t testing.TB) int {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port
}

// dial checks that something listens on a port.
func dial(port int) error {
	c, err := net.DialTimeout("tcp", fmt.Sprintf("127.0.0.1:%d", port), time.Second)
	if err == nil {
		c.Close()
	}
	return err
}
