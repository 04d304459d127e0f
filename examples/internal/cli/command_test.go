package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/vpcflow/vpcflow/flowlog"
)

// TestMain makes the test executable a command that waits for a signal, if it is
// started as one.
func TestMain(m *testing.M) {
	if mode := os.Getenv("RUN_CLI"); mode != "" {
		c := &Command{Name: "wait", Stderr: os.Stderr}
		Main(func(ctx context.Context) int {
			c.Print("ready")
			<-ctx.Done()
			if mode == "deaf" {
				c.Print("deaf")
				select {}
			}
			return c.Exit(ctx, nil)
		})
	}
	os.Exit(m.Run())
}

func newCommand() (*Command, *strings.Builder, *strings.Builder) {
	var out, errs strings.Builder
	return &Command{
		Name: "count", Purpose: "count counts.", Args: "[PATH ...]",
		Examples: []string{"count -top 3 x.log"}, Reads: "It reads logs.",
		Stdout: &out, Stderr: &errs,
	}, &out, &errs
}

func TestParse(t *testing.T) {
	for _, tt := range []struct {
		args, rest string
		top        int
		json       bool
	}{
		{"", "", 0, false},
		{"-top 3 a b", "a b", 3, false},
		{"a -top 3 b -json", "a b", 3, true},
		{"a - --json", "a -", 0, true},
		{"a -- -json", "a -json", 0, false},
		{"-json -- a -- -top", "a -- -top", 0, true},
	} {
		c, _, _ := newCommand()
		top, json := c.Flags().Int("top", 0, ""), c.Flags().Bool("json", false, "")
		rest, err := c.Parse(strings.Fields(tt.args))
		require.NoError(t, err, tt.args)
		assert.Equal(t, tt.rest, strings.Join(rest, " "), tt.args)
		assert.Equal(t, tt.top, *top, tt.args)
		assert.Equal(t, tt.json, *json, tt.args)
		assert.Equal(t, tt.top != 0, c.Given("top"), tt.args)
	}
	for _, args := range []string{"-nonsense", "a -nonsense", "-top x"} {
		c, out, errs := newCommand()
		c.Flags().Int("top", 0, "")
		_, err := c.Parse(strings.Fields(args))
		assert.Equal(t, Usage, c.BadUsage(err), args)
		assert.Empty(t, out.String())
		assert.Equal(t, 1, strings.Count(errs.String(), "\n"), errs)
	}
	c, _, _ := newCommand()
	c.Args = ""
	_, err := c.Parse([]string{"x"})
	assert.EqualError(t, err, `unexpected argument "x"`)
}

func TestHelp(t *testing.T) {
	for _, args := range []string{"-h", "-help", "a --help", "-json -h"} {
		c, out, errs := newCommand()
		c.Flags().Int("top", 10, "the most `ports` to list")
		c.Flags().Float64("faults", 0, "the `share` to refuse")
		c.Flags().Bool("json", false, "print JSON")
		c.FormatFlag(new(*flowlog.Format), "the `fields` of logs without a header line: "+FormatHelp)
		_, err := c.Parse(strings.Fields(args))
		assert.Equal(t, OK, c.BadUsage(err))
		assert.Empty(t, errs.String())
		assert.Equal(t, `count counts.

usage: count [flags] [PATH ...]

  count -top 3 x.log

It reads logs.

  -faults share   the share to refuse
  -format fields  the fields of logs without a header line: a version from 2 to
                  11, tgw, or field names such as "version srcaddr" or
                  "${version} ${srcaddr}"
  -json           print JSON
  -top ports      the most ports to list (default 10)
`, out.String())
	}
	c, _, _ := newCommand()
	r, w, err := os.Pipe()
	require.NoError(t, err)
	require.NoError(t, r.Close())
	require.NoError(t, w.Close())
	c.Stdout = w
	_, err = c.Parse([]string{"-h"})
	assert.ErrorIs(t, err, os.ErrClosed)
	assert.NotZero(t, c.BadUsage(err))
}

func TestExit(t *testing.T) {
	c, _, errs := newCommand()
	assert.Equal(t, OK, c.Exit(t.Context(), nil))
	assert.Equal(t, Failed, c.Exit(t.Context(), errors.Join(errors.New("count: one"), errors.New("a\x1b[2Jb"))))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	assert.Equal(t, Interrupted, c.Exit(ctx, errors.New("x")))
	assert.Equal(t, "count: one; a\\x1b[2Jb\ncount: interrupted\n", errs.String())
}

func TestParseFormat(t *testing.T) {
	v5, err := flowlog.FormatOf(5)
	require.NoError(t, err)
	two, err := flowlog.NewFormat(flowlog.FieldVersion, flowlog.FieldSrcAddr)
	require.NoError(t, err)
	for s, want := range map[string]*flowlog.Format{
		"5": v5, "v5": v5, " V5 ": v5, "2": flowlog.V2, "tgw": flowlog.TransitGateway, "TGW": flowlog.TransitGateway,
		"version srcaddr": two, "version,srcaddr": two, "${version} ${srcaddr}": two,
	} {
		f, err := ParseFormat(s)
		require.NoError(t, err, s)
		assert.True(t, f.Equal(want), s)
	}
	for _, s := range []string{"", "12", "v0", "-1"} {
		_, err := ParseFormat(s)
		assert.Error(t, err, s)
	}
	var f *flowlog.Format
	c, _, errs := newCommand()
	c.FormatFlag(&f, "")
	_, err = c.Parse([]string{"-format", "srcaddr new-field"})
	require.NoError(t, err)
	assert.Equal(t, []string{"srcaddr", "new-field"}, f.Names())
	assert.Contains(t, errs.String(), "count: warning: -format: ")
	_, err = c.Parse([]string{"-format", "12"})
	assert.ErrorContains(t, err, "-format")
}

func TestParseCIDRs(t *testing.T) {
	var all []netip.Prefix
	c, _, _ := newCommand()
	c.CIDRFlag(&all, "")
	_, err := c.Parse([]string{"-cidr", "10.0.0.1/16, 2001:db8::/32", "x", "-cidr", "::ffff:192.0.2.0/120"})
	require.NoError(t, err)
	assert.Equal(t, "[10.0.0.0/16 2001:db8::/32 192.0.2.0/24]", fmt.Sprint(all))
	for _, s := range []string{"", "x", "10.0.0.0/8,"} {
		_, err := ParseCIDRs(s)
		assert.Error(t, err, s)
	}
	all, err = ParseCIDRs("10.0.0.7,2001:db8::1")
	require.NoError(t, err)
	assert.Equal(t, []netip.Prefix{netip.MustParsePrefix("10.0.0.7/32"), netip.MustParsePrefix("2001:db8::1/128")}, all)
}

func TestParseTime(t *testing.T) {
	var at time.Time
	c, _, _ := newCommand()
	c.TimeFlag("since", &at, "")
	_, err := c.Parse([]string{"-since", "2026-11-22"})
	require.NoError(t, err)
	assert.Equal(t, time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC), at)
	_, err = c.Parse([]string{"-since", "yesterday"})
	assert.ErrorContains(t, err, "want 2026-11-22")
}

func TestPrintable(t *testing.T) {
	for s, want := range map[string]string{
		"": "", "a b.log": "a b.log", "ü": "ü",
		"\x1b[2J\n": `\x1b[2J\n`, "\xff\xfe": `\xff\xfe`, "a\u202eb": `a\u202eb`, "\x7f": `\x7f`, "\ufffd": "\ufffd",
	} {
		assert.Equal(t, want, Printable(s))
	}
	for s, want := range map[string]string{"a b": "a b", "": `""`, " a": `" a"`, "a\nb": `"a\nb"`, "a'\"b": `a'"b`} {
		assert.Equal(t, want, Quote(s))
	}
	_, err := os.Open("\x1b[31m\nforged: message")
	assert.EqualError(t, PathError("\x1b[31m\nforged: message", err), `"\x1b[31m\nforged: message": no such file or directory`)
	err = PathError("x", io.ErrUnexpectedEOF)
	assert.EqualError(t, err, "x: unexpected EOF")
	assert.ErrorIs(t, err, io.ErrUnexpectedEOF)
}

// The first signal cancels the context, and the second ends the process.
func TestSignals(t *testing.T) {
	self, err := os.Executable()
	require.NoError(t, err)
	for _, sig := range []syscall.Signal{syscall.SIGINT, syscall.SIGTERM} {
		for _, mode := range []string{"polite", "deaf"} {
			t.Run(sig.String()+"/"+mode, func(t *testing.T) {
				ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
				defer cancel()
				cmd := exec.CommandContext(ctx, self)
				cmd.Env = append(os.Environ(), "RUN_CLI="+mode)
				stderr, err := cmd.StderrPipe()
				require.NoError(t, err)
				require.NoError(t, cmd.Start())
				expect := func(text string) {
					b := make([]byte, len(text))
					_, err := io.ReadFull(stderr, b)
					require.NoError(t, err)
					require.Equal(t, text, string(b))
				}
				expect("wait: ready\n")
				require.NoError(t, cmd.Process.Signal(sig))
				if mode == "polite" {
					expect("wait: interrupted\n")
					_ = cmd.Wait()
					assert.Equal(t, Interrupted, cmd.ProcessState.ExitCode())
					return
				}
				expect("wait: deaf\n")
				go func() { // until the signal is no longer caught
					for ctx.Err() == nil && cmd.Process.Signal(sig) == nil {
						time.Sleep(10 * time.Millisecond)
					}
				}()
				_ = cmd.Wait()
				status, ok := cmd.ProcessState.Sys().(syscall.WaitStatus)
				require.True(t, ok)
				assert.Equal(t, sig, status.Signal())
			})
		}
	}
}
