package main

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"encoding/xml"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/vpcflow/vpcflow/examples/internal/ports"
	"github.com/vpcflow/vpcflow/flowlog"
	"github.com/vpcflow/vpcflow/flowlog/flowlogtest"
	"github.com/vpcflow/vpcflow/flowlog/parquet"
)

// TestMain makes this test's own executable the command, when it is started as
// one.
func TestMain(m *testing.M) {
	if os.Getenv("RUN_PORTS") != "" {
		main()
	}
	os.Exit(m.Run())
}

func command(t *testing.T, ctx context.Context, stdin []byte, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	f, err := os.Create(filepath.Join(t.TempDir(), "stderr"))
	require.NoError(t, err)
	defer f.Close()
	var out bytes.Buffer
	code = run(ctx, args, bytes.NewReader(stdin), &out, f)
	text, err := os.ReadFile(f.Name())
	require.NoError(t, err)
	return code, out.String(), string(text)
}

// ask runs the command with -json; it has to succeed.
func ask(t *testing.T, stdin []byte, args ...string) answer {
	t.Helper()
	code, stdout, stderr := command(t, t.Context(), stdin, append([]string{"-json"}, args...)...)
	require.Zero(t, code, stderr)
	assert.Empty(t, stderr)
	var a answer
	d := json.NewDecoder(strings.NewReader(stdout))
	d.DisallowUnknownFields()
	require.NoError(t, d.Decode(&a))
	return a
}

func sample(t *testing.T, f *flowlog.Format, lines int) []byte {
	t.Helper()
	b, err := io.ReadAll(flowlogtest.NewReader(f, lines, 2))
	require.NoError(t, err)
	return b
}

func zipped(t *testing.T, text []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	_, err := z.Write(text)
	require.NoError(t, err)
	require.NoError(t, z.Close())
	return b.Bytes()
}

func parquetOf(t *testing.T, f *flowlog.Format, text []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	_, err := parquet.Convert(t.Context(), &b, bytes.NewReader(text), &parquet.ConvertOptions{AppendOptions: parquet.AppendOptions{Format: f}})
	require.NoError(t, err)
	return b.Bytes()
}

func write(t *testing.T, path string, data []byte) string {
	t.Helper()
	require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o777))
	require.NoError(t, os.WriteFile(path, data, 0o666))
	return path
}

// Every shape of the same log gives the same answer.
func TestShapes(t *testing.T) {
	v5, err := flowlog.FormatOf(5)
	require.NoError(t, err)
	for name, f := range map[string]*flowlog.Format{"v2": flowlog.V2, "v5": v5, "tgw": flowlog.TransitGateway} {
		t.Run(name, func(t *testing.T) {
			text := sample(t, f, 2000)
			headed := slices.Concat([]byte(f.Header()+"\n"), text)
			c := ports.NewCounter(f, ports.Private())
			for rec, err := range flowlog.NewReader(bytes.NewReader(text), f).All() {
				require.NoError(t, err)
				c.Add(rec)
			}
			check := func(a answer) {
				t.Helper()
				assert.Equal(t, 1, a.Files)
				assert.EqualValues(t, 2000, a.Records)
				assert.Positive(t, a.NoData)
				assert.Equal(t, c.Source(0), a.SourcePorts)
				assert.Equal(t, c.Outbound(0), a.OutboundPorts)
			}
			dir := t.TempDir()
			check(ask(t, text, "-format", f.String()))
			check(ask(t, zipped(t, headed), "-"))
			check(ask(t, parquetOf(t, f, headed)))
			check(ask(t, nil, write(t, filepath.Join(dir, "a"), headed)))
			check(ask(t, nil, "-format", f.Header(), write(t, filepath.Join(dir, "b"), zipped(t, text))))
			check(ask(t, nil, write(t, filepath.Join(dir, "c"), parquetOf(t, f, headed))))
		})
	}
}

func TestFolders(t *testing.T) {
	text := sample(t, flowlog.V2, 500)
	dir := t.TempDir()
	write(t, filepath.Join(dir, "2026/11/02/a.gz"), zipped(t, text))
	write(t, filepath.Join(dir, "2026/11/03/b"), text)
	write(t, filepath.Join(dir, "c.parquet"), parquetOf(t, nil, text))
	write(t, filepath.Join(dir, "_SUCCESS"), nil)
	write(t, filepath.Join(dir, ".hidden/d"), text)
	write(t, filepath.Join(dir, "empty"), nil)
	a := ask(t, nil, dir)
	assert.Equal(t, 4, a.Files)
	assert.EqualValues(t, 1500, a.Records)
	one := ask(t, text)
	for i, s := range one.SourcePorts[:3] {
		assert.Equal(t, 3*s.Count, a.SourcePorts[i].Count)
	}
	assert.EqualValues(t, 2000, ask(t, text, dir, "-").Records, "and standard input")
}

// A file of another format does not change what is inferred for the others.
func TestMixedFormats(t *testing.T) {
	dir := t.TempDir()
	flags := write(t, filepath.Join(dir, "1"), []byte("srcaddr dstaddr srcport dstport protocol tcp-flags\n"+
		"10.0.0.1 52.1.1.1 40000 443 6 0\n10.0.0.1 52.1.1.1 40000 443 6 2\n"))
	plain := write(t, filepath.Join(dir, "2"), []byte("srcaddr dstaddr srcport dstport protocol\n10.0.0.1 52.1.1.1 40000 80 6\n"))
	for _, paths := range [][]string{{flags, plain}, {plain, flags}, {flags, plain, flags, plain}} {
		a := ask(t, nil, paths...)
		n := int64(len(paths) / 2)
		assert.Equal(t, []ports.OutboundCount{
			{Port: ports.Port{Port: 80, Protocol: flowlog.TCP}, Count: n},
			{Port: ports.Port{Port: 443, Protocol: flowlog.TCP}, Count: n},
		}, a.OutboundPorts)
	}
}

func TestTable(t *testing.T) {
	text := []byte("srcaddr dstaddr srcport dstport protocol\n" +
		"10.0.0.1 52.1.1.1 40000 443 6\n10.0.0.1 52.1.1.1 40001 443 6\n10.0.0.1 52.1.1.1 40001 80 6\nbad\n")
	code, stdout, _ := command(t, t.Context(), text, "-top", "1")
	assert.Zero(t, code)
	assert.Equal(t, `3 records in 1 file, 1 not parsed

source ports of our addresses  records
40001                                2
and 1 more

ports we open outbound  records
443/TCP                       2  https
and 1 more
`, stdout)

	_, stdout, _ = command(t, t.Context(), text, "-cidr", "192.0.2.0/24")
	assert.Contains(t, stdout, "ports we open outbound  records\nnone\n")
}

func TestPage(t *testing.T) {
	code, stdout, stderr := command(t, t.Context(), sample(t, flowlog.V2, 2000), "-html", "-cidr", "10.0.0.0/16")
	require.Zero(t, code, stderr)
	assert.True(t, strings.HasPrefix(stdout, "<!DOCTYPE html>"))
	assert.Equal(t, 2, strings.Count(stdout, "<svg"))
	assert.Equal(t, 20, strings.Count(stdout, "<rect"))
	assert.Contains(t, stdout, ">443/TCP</text>")
	assert.Contains(t, stdout, "Our addresses: 10.0.0.0/16")
	assert.Regexp(t, `and [0-9,]+ more`, stdout)
	for _, outside := range []string{"http:", "//", "url(", "<script", "<link", "@import", "src="} {
		assert.NotContains(t, stdout, outside, "the page needs nothing else")
	}
	// What is between <body> and </body> is well-formed as XML too.
	body := stdout[strings.Index(stdout, "<body>"):strings.Index(stdout, "</html>")]
	d := xml.NewDecoder(strings.NewReader(body))
	for {
		_, err := d.Token()
		if err == io.EOF {
			break
		}
		require.NoError(t, err)
	}

	_, stdout, _ = command(t, t.Context(), sample(t, flowlog.V2, 100), "-html", "-cidr", "192.0.2.0/24")
	assert.Equal(t, 2, strings.Count(stdout, "<p>none</p>"))
}

func TestBadInput(t *testing.T) {
	dir := t.TempDir()
	text := sample(t, flowlog.V2, 300)
	good := write(t, filepath.Join(dir, "good"), text)
	cut := write(t, filepath.Join(dir, "cut.gz"), zipped(t, text)[:2000])
	other := write(t, filepath.Join(dir, "other"), []byte("some text\nand more\n"))
	broken := write(t, filepath.Join(dir, "broken.parquet"), parquetOf(t, nil, text)[:500])
	missing := filepath.Join(dir, "missing")

	for path, want := range map[string]string{
		cut: "unexpected EOF", other: "not a flow log", broken: "parquet: ", missing: "no such file",
		write(t, filepath.Join(dir, "empty"), nil): "there are no records",
	} {
		code, stdout, stderr := command(t, t.Context(), nil, path)
		assert.Equal(t, 1, code, path)
		assert.Contains(t, stderr, want)
		assert.Equal(t, 1, strings.Count(stderr, "\n"), stderr)
		if path != cut {
			assert.Empty(t, stdout)
		}
	}

	// The others are answered all the same; errors come in the order of the
	// files.
	code, stdout, stderr := command(t, t.Context(), nil, "-json", other, good, missing, broken)
	assert.Equal(t, 1, code)
	var a answer
	require.NoError(t, json.Unmarshal([]byte(stdout), &a))
	assert.EqualValues(t, 300, a.Records)
	assert.Equal(t, 3, strings.Count(stderr, "\n"), stderr)
	assert.Less(t, strings.Index(stderr, other), strings.Index(stderr, missing))

	code, _, stderr = command(t, t.Context(), nil)
	assert.Equal(t, 1, code)
	assert.Equal(t, "ports: there are no records\n", stderr)
}

func TestBadFlags(t *testing.T) {
	for _, args := range [][]string{{"-json", "-html"}, {"-top", "-1"}, {"-cidr", "x"}, {"-format", "x."}, {"-nonsense"}} {
		code, stdout, stderr := command(t, t.Context(), nil, args...)
		assert.Equal(t, 2, code, args)
		assert.Empty(t, stdout)
		assert.Equal(t, 1, strings.Count(stderr, "\n"), stderr)
	}
	code, _, stderr := command(t, t.Context(), nil, "-help")
	assert.Zero(t, code)
	assert.Contains(t, stderr, "usage: ports [-format F] [-cidr CIDR] [-top N] [-json | -html] [PATH …]")
}

func TestInterrupt(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	code, stdout, stderr := command(t, ctx, sample(t, flowlog.V2, 20_000))
	assert.Equal(t, 130, code)
	assert.Empty(t, stdout)
	assert.Equal(t, "ports: interrupted\n", stderr)
}

func TestProcess(t *testing.T) {
	self, err := os.Executable()
	require.NoError(t, err)
	cmd := exec.CommandContext(t.Context(), self, "-json")
	cmd.Env = append(os.Environ(), "RUN_PORTS=1")
	cmd.Stdin = bytes.NewReader(sample(t, flowlog.V2, 100))
	out, err := cmd.Output()
	require.NoError(t, err)
	var a answer
	require.NoError(t, json.Unmarshal(out, &a))
	assert.EqualValues(t, 100, a.Records)
}
