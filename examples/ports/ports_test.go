package main

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/vpcflow/vpcflow/examples/internal/answer"
	"github.com/vpcflow/vpcflow/flowlog"
	"github.com/vpcflow/vpcflow/flowlog/flowlogtest"
	"github.com/vpcflow/vpcflow/flowlog/parquet"
)

// TestMain makes the test executable the command, if it is started as one.
func TestMain(m *testing.M) {
	if os.Getenv("RUN_PORTS") != "" {
		main()
	}
	os.Exit(m.Run())
}

func command(t *testing.T, ctx context.Context, stdin []byte, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	var out, errs bytes.Buffer
	code = run(ctx, args, bytes.NewReader(stdin), &out, &errs)
	return code, out.String(), errs.String()
}

// decode parses the output of -json.
func decode(t testing.TB, stdout string) *answer.Answer {
	t.Helper()
	a := new(answer.Answer)
	require.NoError(t, json.Unmarshal([]byte(stdout), a))
	return a
}

// ask runs the command with -json, which must succeed.
func ask(t *testing.T, stdin []byte, args ...string) *answer.Answer {
	t.Helper()
	code, stdout, stderr := command(t, t.Context(), stdin, append([]string{"-json"}, args...)...)
	require.Zero(t, code, stderr)
	return decode(t, stdout)
}

// opened returns the ports and their counts, such as "443/TCP 2".
func opened(a *answer.Answer) []string {
	var all []string
	for _, r := range a.Ports {
		all = append(all, strings.TrimPrefix(r.By+" "+r.Service().String(), " ")+" "+string('0'+rune(r.Count)))
	}
	return all
}

func sample(t *testing.T, f *flowlog.Format, lines int) []byte {
	t.Helper()
	b, err := io.ReadAll(flowlogtest.NewReader(f, lines, 2))
	require.NoError(t, err)
	return b
}

func zipped(t testing.TB, text []byte) []byte {
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
	opts := &parquet.ConvertOptions{}
	opts.Format = f
	_, err := parquet.Convert(t.Context(), &b, bytes.NewReader(text), opts)
	require.NoError(t, err)
	return b.Bytes()
}

func write(t testing.TB, path string, data []byte) string {
	t.Helper()
	require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o777))
	require.NoError(t, os.WriteFile(path, data, 0o666))
	return path
}

// The answer is the same for all forms of a log.
func TestShapes(t *testing.T) {
	v5, err := flowlog.FormatOf(5)
	require.NoError(t, err)
	few, err := flowlog.ParseFormat("tgw-attachment-id srcaddr dstaddr srcport dstport protocol start log-status tcp-flags flow-direction")
	require.NoError(t, err)
	for name, f := range map[string]*flowlog.Format{"v2": flowlog.V2, "v5": v5, "tgw": flowlog.TransitGateway, "few fields of tgw": few} {
		t.Run(name, func(t *testing.T) {
			text := sample(t, f, 2000)
			headed := slices.Concat([]byte(f.Header()+"\n"), text)
			c := answer.NewCounter(&answer.Options{})
			for rec, err := range flowlog.NewReader(bytes.NewReader(text), f).All() {
				require.NoError(t, err)
				c.Add(rec)
			}
			want, err := c.Answer(answer.View{})
			require.NoError(t, err)
			check := func(a *answer.Answer) {
				t.Helper()
				assert.Equal(t, 1, a.Files)
				assert.EqualValues(t, 2000, a.Records)
				assert.Positive(t, a.NoData)
				assert.Equal(t, want.SourcePorts, a.SourcePorts)
				require.Len(t, a.Ports, len(want.Ports))
				for i := range a.Ports {
					assert.Equal(t, want.Ports[i].Key, a.Ports[i].Key)
					assert.Equal(t, want.Ports[i].Total, a.Ports[i].Total)
				}
			}
			dir := t.TempDir()
			check(ask(t, text, "-format", f.String()))
			check(ask(t, zipped(t, headed), "-"))
			check(ask(t, parquetOf(t, f, headed)))
			check(ask(t, nil, write(t, filepath.Join(dir, "a"), headed)))
			check(ask(t, nil, write(t, filepath.Join(dir, "b"), zipped(t, text)), "-format", f.Header()))
			check(ask(t, nil, write(t, filepath.Join(dir, "c"), parquetOf(t, f, headed))))
			for _, path := range []string{"a", "b", "c"} {
				for _, cidr := range []string{"-top=0", "-cidr=10.0.0.0/8,::/0", "-cidr=192.0.2.0/24"} {
					args := []string{"-format", f.String(), cidr, filepath.Join(dir, path)}
					whole, alone := ask(t, nil, args...), ask(t, nil, append([]string{"-source-ports"}, args...)...)
					assert.Equal(t, whole.SourcePorts, alone.SourcePorts, args)
					assert.Equal(t, []int64{whole.Records, whole.NoData, whole.SkipData}, []int64{alone.Records, alone.NoData, alone.SkipData})
					assert.Equal(t, answer.SourcePorts, alone.Question)
				}
			}
		})
	}
}

func TestFolders(t *testing.T) {
	text := sample(t, flowlog.V2, 500)
	dir := t.TempDir()
	write(t, filepath.Join(dir, "2026/11/02/09/a.gz"), zipped(t, text))
	write(t, filepath.Join(dir, "2026/11/03/09/b"), text)
	write(t, filepath.Join(dir, "c.parquet"), parquetOf(t, nil, text))
	write(t, filepath.Join(dir, "_SUCCESS"), nil)
	write(t, filepath.Join(dir, ".hidden/d"), text)
	write(t, filepath.Join(dir, "empty"), nil)
	write(t, filepath.Join(dir, "aws-logs-write-test"), []byte("Permission Check Successful"))
	write(t, filepath.Join(dir, "AWSLogs/123456789012/CloudTrail/x.json.gz"), zipped(t, []byte(`{"Records":[]}`)))
	code, stdout, stderr := command(t, t.Context(), nil, "-json", dir)
	require.Zero(t, code, stderr)
	a := decode(t, stdout)
	assert.Equal(t, 3, a.Files)
	assert.EqualValues(t, 1500, a.Records)
	assert.Contains(t, stderr, "ports: skipped 5: 1 empty, 2 hidden, 1 written to test permissions, 1 of other services\n")
	one := ask(t, text)
	for i, s := range one.SourcePorts[:3] {
		assert.Equal(t, 3*s.Count, a.SourcePorts[i].Count)
	}
	assert.EqualValues(t, 2000, ask(t, text, dir, "-").Records, "and standard input")

	// The folder of another day is not opened, and records of other times are not
	// counted.
	a = ask(t, nil, dir, "-since", "2026-11-02", "-until", "2026-11-03")
	assert.Equal(t, 2, a.Files)
	assert.Zero(t, ask(t, nil, dir, "-since", "2027-01-01").Flows)
}

const flags = "srcaddr dstaddr srcport dstport protocol tcp-flags interface-id start end bytes packets action\n" +
	"10.0.0.1 52.1.1.1 40000 443 6 2 eni-1 1700000000 1700000060 40 1 ACCEPT\n" +
	"10.0.0.1 52.1.1.1 40000 443 6 0 eni-1 1700000060 1700000120 40 1 ACCEPT\n" +
	"10.0.0.2 52.1.1.2 40000 443 6 2 eni-2 1700003600 1700003660 40 1 ACCEPT\n" +
	"10.0.0.2 52.1.1.2 40000 4444 6 2 eni-2 1700003600 1700003660 40 1 ACCEPT\n" +
	"52.1.1.3 10.0.0.1 50000 22 6 2 eni-1 1700003600 1700003660 40 1 ACCEPT\n" +
	"52.1.1.3 10.0.0.1 50000 3389 6 2 eni-1 1700003600 1700003660 40 1 REJECT\n" +
	"10.0.0.1 10.0.0.2 40001 5432 6 2 eni-1 1700003600 1700003660 40 1 ACCEPT\n" +
	"52.1.1.3 52.1.1.4 40001 80 6 2 eni-9 1700003600 1700003660 40 1 ACCEPT\n"

func TestQuestions(t *testing.T) {
	for args, want := range map[string][]string{
		"":                            {"443/TCP 2", "4444/TCP 1"},
		"-rare":                       {"4444/TCP 1", "443/TCP 2"},
		"-inbound":                    {"22/TCP 1"},
		"-inbound -rejected":          {"3389/TCP 1"},
		"-internal":                   {"5432/TCP 1"},
		"-by interface":               {"eni-1 443/TCP 1", "eni-2 443/TCP 1", "eni-2 4444/TCP 1"},
		"-since 2023-11-14T23:00:00Z": {"443/TCP 1", "4444/TCP 1"},
		"-until 2023-11-14T23:00:00Z": {"443/TCP 1"},
		"-cidr 10.0.0.2/32":           {"443/TCP 1", "4444/TCP 1"},
	} {
		assert.Equal(t, want, opened(ask(t, []byte(flags), strings.Fields(args)...)), args)
	}
}

func TestNamesAndBaseline(t *testing.T) {
	dir := t.TempDir()
	first, _, _ := strings.Cut(flags, "10.0.0.2 52.1.1.2 40000 4444")
	_, earlier, _ := command(t, t.Context(), []byte(first), "-json")
	base := write(t, filepath.Join(dir, "base.json"), []byte(earlier))
	names := write(t, filepath.Join(dir, "names.csv"), []byte("52.1.1.2,evil.example.com\n"))
	a := ask(t, []byte(flags), "-baseline", base, "-names", names)
	require.Equal(t, []string{"4444/TCP 1", "443/TCP 2"}, opened(a))
	assert.True(t, a.Ports[0].IsNew())
	assert.False(t, a.Ports[1].IsNew())
	assert.Equal(t, "evil.example.com", a.Ports[0].PeerList[0].Name)

	// The error of such a file is one line, and the others are counted.
	for _, args := range [][]string{
		{"-baseline", names}, {"-baseline", filepath.Join(dir, "missing")}, {"-names", base}, {"-names", filepath.Join(dir, "missing")},
		{"-baseline", base, "-inbound"},
		{"-baseline", write(t, filepath.Join(dir, "new.json"), []byte(strings.Replace(earlier, `"version": 1`, `"version": 99`, 1)))},
	} {
		code, stdout, stderr := command(t, t.Context(), []byte(flags), append(args, "-json")...)
		assert.Equal(t, 1, code, args)
		assert.EqualValues(t, 8, decode(t, stdout).Records)
		lines := strings.Split(strings.TrimSpace(stderr), "\n")
		assert.Len(t, lines, 2, stderr)
		assert.Contains(t, lines[1], dir)
	}
}

func TestOutput(t *testing.T) {
	code, stdout, stderr := command(t, t.Context(), []byte(flags), "-top", "1")
	assert.Zero(t, code)
	assert.Contains(t, stdout, "8 records in 1 file\n")
	assert.Contains(t, stdout, "443/TCP")
	assert.Contains(t, stdout, "and 1 more")
	assert.NotContains(t, stdout, "4444/TCP")
	assert.Contains(t, stderr, "ports: 12.5% of the records (1) have no address of ours: ")

	_, stdout, stderr = command(t, t.Context(), []byte(flags), "-cidr", "192.0.2.0/24")
	assert.Contains(t, stderr, "ports: 100.0% of the records (8) have no address of ours: 192.0.2.0/24\n")
	assert.Contains(t, stdout, "none")

	_, stdout, _ = command(t, t.Context(), []byte(flags), "-csv")
	assert.Equal(t, 3, strings.Count(stdout, "\n"))

	path := filepath.Join(t.TempDir(), "ports.html")
	_, table, _ := command(t, t.Context(), []byte(flags), "-html", path)
	assert.Contains(t, table, "443/TCP")
	b, err := os.ReadFile(path)
	require.NoError(t, err)
	_, stdout, _ = command(t, t.Context(), []byte(flags), "-html", "-")
	assert.Equal(t, string(b), stdout)
	assert.Contains(t, stdout, "4444/TCP")
	assert.Contains(t, stdout, "Ask Athena: OutboundPorts")
	assert.Contains(t, stdout, "tcp-flags", "the queries are those of the log's format")
}

func TestBadInput(t *testing.T) {
	dir := t.TempDir()
	text := sample(t, flowlog.V2, 300)
	good := write(t, filepath.Join(dir, "good"), text)
	cut := write(t, filepath.Join(dir, "cut.gz"), zipped(t, text)[:2000])
	other := write(t, filepath.Join(dir, "other"), []byte("some text\nand more\n"))
	broken := write(t, filepath.Join(dir, "broken.parquet"), parquetOf(t, nil, text)[:500])
	missing := filepath.Join(dir, "missing")
	hostile := write(t, filepath.Join(dir, "a\x1b[2J\nports: all good"), []byte("x\n"))

	for path, want := range map[string]string{
		cut: "unexpected EOF", other: "not a flow log", broken: "parquet: ", missing: "no such file", hostile: `\x1b[2J\nports: all good"`,
		write(t, filepath.Join(dir, "empty"), nil): "there are no records",
		"s3://": "want s3://bucket/prefix/",
	} {
		code, stdout, stderr := command(t, t.Context(), nil, path)
		assert.Equal(t, 1, code, path)
		assert.Contains(t, stderr, want)
		assert.NotContains(t, stderr, "\x1b")
		if path != cut {
			assert.Equal(t, 1, strings.Count(stderr, "\n"), stderr)
			assert.Empty(t, stdout)
		}
	}

	// The first line that does not parse is shown, of the first log with one.
	lines := func(name string, lines ...string) string {
		return write(t, filepath.Join(dir, name), []byte(strings.Join(lines, "\n")+"\n"))
	}
	one := strings.TrimSuffix(string(sample(t, flowlog.V2, 1)), "\n")
	first, second := lines("first", one, "2 bad", one, "2 worse"), lines("second", "2 other", one)
	code, _, stderr := command(t, t.Context(), nil, good, first, second)
	assert.Zero(t, code)
	assert.Contains(t, stderr, "ports: 3 lines not parsed, the first: "+first+": flowlog: line 2, byte 1, \"2 bad\": 2 fields")

	// The other logs are counted. The errors are in the order of the logs.
	code, stdout, stderr := command(t, t.Context(), nil, "-json", other, missing, good, broken)
	assert.Equal(t, 1, code)
	assert.EqualValues(t, 300, decode(t, stdout).Records)
	at := func(path string) int { return strings.Index(stderr, path) }
	assert.True(t, at(other) >= 0 && at(other) < at(missing) && at(missing) < at(broken), stderr)

	code, _, stderr = command(t, t.Context(), nil)
	assert.Equal(t, 1, code)
	assert.Equal(t, "ports: there are no records\n", stderr)
}

func TestFlags(t *testing.T) {
	for _, args := range []string{"-json -csv", "-json -html -", "-top -1", "-cidr x", "-format x.", "-nonsense", "-by port", "-inbound -internal", "-inbound -source-ports", "-source-ports -by hour", "-source-ports -html -", "-since x", "-since 2026-01-02 -until 2026-01-01"} {
		code, stdout, stderr := command(t, t.Context(), nil, strings.Fields(args)...)
		assert.Equal(t, 2, code, args)
		assert.Empty(t, stdout)
		assert.Equal(t, 1, strings.Count(stderr, "\n"), stderr)
	}
	code, stdout, stderr := command(t, t.Context(), nil, "-h")
	assert.Zero(t, code)
	assert.Empty(t, stderr)
	assert.Contains(t, stdout, "usage: ports [flags] [PATH ...]\n")
	assert.Less(t, strings.Count(stdout, "\n"), 50)
}

func TestInterrupt(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	code, stdout, stderr := command(t, ctx, sample(t, flowlog.V2, 20_000))
	assert.Equal(t, 130, code)
	assert.Empty(t, stdout)
	assert.Equal(t, "ports: interrupted\n", stderr)
}
