package main

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/vpcflow/vpcflow/examples/internal/answer"
	"github.com/vpcflow/vpcflow/flowlog"
	"github.com/vpcflow/vpcflow/flowlog/flowlogtest"
)

var (
	buildDir string
	// built builds the forwarder once for all tests.
	built = sync.OnceValues(func() (string, error) { return buildForwarder(context.Background(), buildDir) })
)

// TestMain makes the test executable the command, or a forwarder with a defect, if
// it is started as one.
func TestMain(m *testing.M) {
	if os.Getenv("RUN_PIPELINE") != "" {
		main()
	}
	if os.Getenv("AWS_LAMBDA_RUNTIME_API") != "" {
		defectiveForwarder(filepath.Base(os.Args[0]))
	}
	dir, err := os.MkdirTemp("", "pipeline-test")
	if err != nil {
		panic(err)
	}
	buildDir = dir
	code := m.Run()
	_ = os.RemoveAll(dir)
	os.Exit(code)
}

// result is the output of a run.
type result struct {
	code           int
	stdout, stderr string
}

// pipeline runs the command, with a directory for temporary files that must be
// empty afterwards.
func pipeline(t *testing.T, ctx context.Context, args ...string) result {
	t.Helper()
	_, err := built() // so that the build is not measured below
	require.NoError(t, err)
	return pipelineWith(t, ctx, func(context.Context, string) (string, error) { return built() }, args...)
}

// pipelineWith is pipeline with a given forwarder.
func pipelineWith(t *testing.T, ctx context.Context, build func(context.Context, string) (string, error), args ...string) result {
	t.Helper()
	temp := t.TempDir()
	t.Setenv("TMPDIR", temp)
	var stdout, stderr bytes.Buffer
	code := run(ctx, args, &stdout, &stderr, build)
	left, err := os.ReadDir(temp)
	require.NoError(t, err)
	assert.Empty(t, left, "temporary files")
	// Lines about long stages depend on the machine.
	return result{code, stdout.String(), regexp.MustCompile(`(?m)^pipeline: .* \.\.\.\n`).ReplaceAllString(stderr.String(), "")}
}

// reportOf runs the command with -json and returns its report.
func reportOf(t *testing.T, args ...string) report {
	t.Helper()
	res := pipeline(t, t.Context(), append([]string{"-json"}, args...)...)
	require.Zero(t, res.code, res.stderr)
	assert.Empty(t, res.stderr, "no progress where there is no terminal")
	var r report
	d := json.NewDecoder(strings.NewReader(res.stdout))
	d.DisallowUnknownFields()
	require.NoError(t, d.Decode(&r))
	_, err := d.Token()
	require.Equal(t, io.EOF, err, "one object and nothing else")
	return r
}

// logFile writes a file for the command to read.
func logFile(t *testing.T, name string, text []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	require.NoError(t, os.WriteFile(path, text, 0o666))
	return path
}

func zipped(t *testing.T, texts ...[]byte) []byte {
	t.Helper()
	var b bytes.Buffer
	for _, text := range texts {
		z := gzip.NewWriter(&b)
		_, err := z.Write(text)
		require.NoError(t, err)
		require.NoError(t, z.Close())
	}
	return b.Bytes()
}

func sample(t *testing.T, f *flowlog.Format, lines int) []byte {
	t.Helper()
	b, err := io.ReadAll(flowlogtest.NewReader(f, lines, 2))
	require.NoError(t, err)
	return b
}

// expected returns both answers, computed with the library only.
func expected(t *testing.T, f *flowlog.Format, text []byte) ([]answer.SourcePort, []outboundPort) {
	t.Helper()
	c := answer.NewCounter(&answer.Options{})
	for rec, err := range flowlog.NewReader(bytes.NewReader(text), f).All() {
		if err == nil {
			c.Add(rec)
		}
	}
	a, err := c.Answer(answer.View{})
	require.NoError(t, err)
	var r report
	r.setPorts(a)
	return r.SourcePorts, r.OutboundPorts
}

func TestSample(t *testing.T) {
	const lines = 6_000
	r := reportOf(t, "-lines", "6000")
	assert.EqualValues(t, lines, r.LinesIn)
	assert.EqualValues(t, lines, r.Events)
	assert.Positive(t, r.ControlMessages)
	assert.EqualValues(t, lines, r.LinesOut)
	assert.Zero(t, r.Lost)
	assert.Positive(t, r.Objects)
	assert.EqualValues(t, lines, r.Parquet.Rows)
	assert.Positive(t, r.Parquet.Bytes)
	assert.Zero(t, r.Firehose.Retried)
	source, outbound := expected(t, flowlog.V2, sample(t, flowlog.V2, lines))
	assert.Equal(t, source, r.SourcePorts)
	assert.Equal(t, outbound, r.OutboundPorts)
	assert.EqualValues(t, 443, r.OutboundPorts[0].Port)
	assert.Equal(t, flowlog.TCP, r.OutboundPorts[0].Protocol)

	faulty := reportOf(t, "-lines", "6000", "-faults", "0.2")
	assert.Zero(t, faulty.Lost)
	assert.Positive(t, faulty.Firehose.Retried)
	assert.Equal(t, r.SourcePorts, faulty.SourcePorts)
	assert.Equal(t, r.OutboundPorts, faulty.OutboundPorts)
	assert.Equal(t, r.Firehose.Bytes, faulty.Firehose.Bytes)
}

// The number of calls and the cost for the generated log.
func TestCallsAndCost(t *testing.T) {
	r := reportOf(t)
	assert.GreaterOrEqual(t, r.LinesIn, int64(100_000))
	payloads := (r.LinesIn + eventsPerPayload - 1) / eventsPerPayload
	assert.LessOrEqual(t, r.Firehose.Calls, (r.Firehose.Bytes+4<<20-1)/(4<<20)+payloads)
	assert.LessOrEqual(t, float64(r.Firehose.BilledBytes), 1.05*float64(r.Firehose.Bytes))
}

func TestJSONKeys(t *testing.T) {
	res := pipeline(t, t.Context(), "-json", "-lines", "500")
	require.Zero(t, res.code)
	var m map[string]json.RawMessage
	require.NoError(t, json.Unmarshal([]byte(res.stdout), &m))
	assert.Equal(t, []string{"control_messages", "events", "firehose", "lines_in", "lines_out", "lost",
		"objects", "outbound_ports", "parquet", "source_ports"}, slices.Sorted(maps.Keys(m)))
	var inner map[string]int64
	require.NoError(t, json.Unmarshal(m["firehose"], &inner))
	assert.Equal(t, []string{"billed_bytes", "bytes", "calls", "records", "retried"}, slices.Sorted(maps.Keys(inner)))
	inner = nil
	require.NoError(t, json.Unmarshal(m["parquet"], &inner))
	assert.Equal(t, []string{"bytes", "rows"}, slices.Sorted(maps.Keys(inner)))
	var list []map[string]int64
	require.NoError(t, json.Unmarshal(m["source_ports"], &list))
	assert.Equal(t, []string{"count", "port"}, slices.Sorted(maps.Keys(list[0])))
	list = nil
	require.NoError(t, json.Unmarshal(m["outbound_ports"], &list))
	assert.Equal(t, []string{"count", "port", "protocol"}, slices.Sorted(maps.Keys(list[0])))
}

func TestText(t *testing.T) {
	res := pipeline(t, t.Context(), "-lines", "3000", "-faults", "0.1")
	require.Zero(t, res.code, res.stderr)
	assert.Empty(t, res.stderr)
	for _, want := range []string{
		"sample of 3000 lines\n", "\nlog           3,000  ", "\nS3            3,000  in 1 object, ",
		"\nlost              0\n", "a record for each line     15,360,000", "443/TCP", "https", " of them refused, ", " sent again\n",
		" UTC, ours: private addresses\n",
	} {
		assert.Contains(t, res.stdout, want)
	}
	for line := range strings.Lines(res.stdout) {
		assert.Equal(t, strings.TrimRight(line, " \n"), strings.TrimRight(line, "\n"))
	}
	res = pipeline(t, t.Context(), "-lines", "300", "-format", "5")
	require.Zero(t, res.code, res.stderr)
	assert.Contains(t, res.stdout, "ours: private addresses, and those that flow-direction shows to be the interface's own\n")
}

func TestFiles(t *testing.T) {
	v5, err := flowlog.FormatOf(5)
	require.NoError(t, err)
	text := sample(t, flowlog.V2, 400)
	header := func(f *flowlog.Format) []byte { return []byte(f.Header() + "\n") }
	crlf := bytes.ReplaceAll(text, []byte("\n"), []byte("\r\n"))
	noEnd := bytes.TrimSuffix(text, []byte("\n"))
	v5text := sample(t, v5, 400)
	for name, tt := range map[string]struct {
		format *flowlog.Format
		args   []string
		file   []byte
	}{
		"plain":                  {flowlog.V2, nil, text},
		"no end":                 {flowlog.V2, nil, noEnd},
		"CRLF":                   {flowlog.V2, nil, crlf},
		"blank lines":            {flowlog.V2, nil, slices.Concat([]byte("\n \n"), text, []byte("\n\t\n"))},
		"header":                 {flowlog.V2, nil, slices.Concat(header(flowlog.V2), text)},
		"header and nothing":     {flowlog.V2, nil, slices.Concat([]byte("\xef\xbb\xbf"), header(flowlog.V2), text, header(flowlog.V2))},
		"gzip":                   {flowlog.V2, nil, zipped(t, text)},
		"gzip, members, headers": {v5, nil, zipped(t, slices.Concat(header(v5), v5text), slices.Concat(header(v5), v5text))},
		"-format":                {v5, []string{"-format", v5.String()}, v5text},
		"-format by version":     {v5, []string{"-format", "v5"}, zipped(t, v5text)},
		"header wins":            {v5, []string{"-format", "2"}, slices.Concat(header(v5), v5text)},
		"transit gateway":        {flowlog.TransitGateway, []string{"-format", "tgw"}, sample(t, flowlog.TransitGateway, 400)},
	} {
		t.Run(name, func(t *testing.T) {
			want := int64(400)
			file := tt.file
			if name == "gzip, members, headers" {
				want = 800
			}
			r := reportOf(t, append(tt.args, logFile(t, "log", file))...)
			assert.Equal(t, want, r.LinesIn)
			assert.Equal(t, want, r.LinesOut)
			assert.Equal(t, want, r.Parquet.Rows)
			assert.Zero(t, r.Lost)
			plain := text
			switch {
			case tt.format == flowlog.TransitGateway:
				plain = tt.file
			case tt.format == v5:
				plain = bytes.Repeat(v5text, int(want/400))
			}
			source, outbound := expected(t, tt.format, plain)
			assert.Equal(t, source, r.SourcePorts)
			assert.Equal(t, outbound, r.OutboundPorts)
		})
	}
}

func TestSeveralFiles(t *testing.T) {
	a, b := sample(t, flowlog.V2, 300), sample(t, flowlog.V2, 200)
	r := reportOf(t, logFile(t, "a", a), logFile(t, "b.gz", zipped(t, b)), logFile(t, "c", a))
	assert.EqualValues(t, 800, r.LinesIn)
	assert.Zero(t, r.Lost)

	v3 := logFile(t, "v3", []byte("version vpc-id srcaddr\n3 vpc-1 10.0.0.1\n"))
	res := pipeline(t, t.Context(), logFile(t, "a", a), v3)
	assert.Equal(t, 1, res.code)
	assert.Contains(t, res.stderr, "line 2 has other columns")
}

// Lines that do not parse, and unknown lines, are delivered like all others.
func TestOddLines(t *testing.T) {
	text := strings.Join([]string{
		"2 123456789010 eni-1 10.0.0.1 52.1.1.1 40000 443 6 1 40 1418530010 1418530070 ACCEPT OK",
		"2 123456789010 eni-1 10.0.0.1 52.1.1.1 40000 443 6 1 40 1418530010 1418530070 ACCEPT OK", // a duplicate
		"this is no record",
		"2 123456789010 eni-1 10.0.0.1 52.1.1.1 70000 443 6 1 40 1418530010 1418530070 ACCEPT OK", // port
		"2 123456789010 eni-1 - - - - - - - 1431280876 1431280934 - NODATA",
		`{"message":"2 123456789010 eni-1 10.0.0.1 52.1.1.1 40001 80 6 1 40 1418530010 1418530070 ACCEPT OK"}`,
		"2025-02-25T12:25:04.000Z 2 123456789010 eni-1 10.0.0.1 52.1.1.1 40002 22 6 1 40 1418530010 1418530070 ACCEPT OK",
		"  2  123456789010 eni-1 10.0.0.1 52.1.1.1 40003 25 6 1 40 1418530010 1418530070 NEWACTION NEWSTATUS\t",
		"ünïcödé \u2028 \x00 \"quoted\" \\",
		strings.Repeat("long", 100_000),
	}, "\n") + "\n"
	r := reportOf(t, logFile(t, "odd", []byte(text)))
	assert.EqualValues(t, 10, r.LinesIn)
	assert.EqualValues(t, 10, r.LinesOut)
	assert.Zero(t, r.Lost)
	assert.EqualValues(t, 6, r.Parquet.Rows)
	assert.Equal(t, []outboundPort{
		{443, flowlog.TCP, 2},
		{22, flowlog.TCP, 1},
		{80, flowlog.TCP, 1},
	}, r.OutboundPorts)

	res := pipeline(t, t.Context(), logFile(t, "odd", []byte(text)))
	assert.Contains(t, res.stdout, "1 NODATA, 0 SKIPDATA, 4 not parsed")
}

// A log is read in any compression.
func TestPacked(t *testing.T) {
	text := sample(t, flowlog.V2, 2)
	lines := strings.Split(string(text), "\n")
	documents := []byte(`{"messageType":"DATA_MESSAGE","logEvents":[{"id":"1","timestamp":1,"message":"` + lines[0] + `"}]}` +
		`{"messageType":"DATA_MESSAGE","logEvents":[{"id":"2","timestamp":1,"message":"` + lines[1] + `"}]}`)
	for name, packed := range map[string][]byte{
		"twice": zipped(t, zipped(t, text)), "padded": append(zipped(t, text), make([]byte, 100)...), "documents": documents, "documents, gzip": zipped(t, documents),
	} {
		t.Run(name, func(t *testing.T) {
			r := reportOf(t, logFile(t, "x", packed))
			assert.EqualValues(t, 2, r.LinesIn)
			assert.EqualValues(t, 2, r.Parquet.Rows)
		})
	}
}

// Unknown names are columns too.
func TestUnknownColumn(t *testing.T) {
	text := "version srcaddr dstaddr srcport dstport protocol brand-new\n" +
		"12 10.0.0.1 52.1.1.1 40000 443 6 some-value\n12 10.0.0.1 52.1.1.1 40000 443 6 -\n"
	out := filepath.Join(t.TempDir(), "out")
	r := reportOf(t, "-out", out, logFile(t, "new", []byte(text)))
	assert.EqualValues(t, 2, r.Parquet.Rows)
	assert.EqualValues(t, 2, r.OutboundPorts[0].Count)
}

func TestCIDR(t *testing.T) {
	text := []byte("srcaddr dstaddr srcport dstport protocol\n" +
		"10.0.0.1 52.1.1.1 40000 443 6\n" +
		"10.1.0.1 52.1.1.1 40000 80 6\n" +
		"52.1.1.1 10.0.0.1 443 40000 6\n" +
		"10.0.0.1 10.1.0.1 40001 5432 6\n")
	r := reportOf(t, "-cidr", "10.0.0.0/16", logFile(t, "log", text))
	assert.Equal(t, []answer.SourcePort{{Port: 40000, Count: 1}, {Port: 40001, Count: 1}}, r.SourcePorts)
	assert.Equal(t, []outboundPort{
		{443, flowlog.TCP, 1},
		{5432, flowlog.TCP, 1},
	}, r.OutboundPorts)
	r = reportOf(t, "-cidr", "192.0.2.0/24", logFile(t, "log", text))
	assert.Empty(t, r.SourcePorts)
	r = reportOf(t, "-top", "1", logFile(t, "log", text))
	assert.Len(t, r.SourcePorts, 1)
}

// The page has the answer, and appears when it is complete.
func TestHTML(t *testing.T) {
	path := filepath.Join(t.TempDir(), "ports.html")
	res := pipeline(t, t.Context(), "-lines", "2000", "-html", path)
	require.Zero(t, res.code, res.stderr)
	page, err := os.ReadFile(path)
	require.NoError(t, err)
	assert.True(t, bytes.Contains(page, []byte("443/TCP")))
	assert.True(t, bytes.Contains(page, []byte("Ask Athena: OutboundPorts")))
	assert.Contains(t, res.stdout, "443/TCP")
	res = pipeline(t, t.Context(), "-lines", "200", "-html", filepath.Join(path, "x"))
	assert.Equal(t, 1, res.code)
	assert.Contains(t, res.stderr, "not a directory")
}

func TestBadInput(t *testing.T) {
	text := sample(t, flowlog.V2, 200)
	whole := zipped(t, text)
	corrupt := slices.Clone(whole)
	corrupt[len(corrupt)-6] ^= 1
	v5, err := flowlog.FormatOf(5)
	require.NoError(t, err)
	for name, tt := range map[string]struct {
		file []byte
		args []string
		want string
	}{
		"empty":              {[]byte{}, nil, "is empty"},
		"empty gzip":         {zipped(t, nil), nil, "has no records"},
		"blank":              {[]byte("\n\n"), nil, "has no records"},
		"header only":        {[]byte(flowlog.V2.Header() + "\n"), nil, "has no records"},
		"text":               {[]byte("To be, or not to be,\nthat is the question.\n"), nil, "not a flow log"},
		"JSON":               {[]byte("{\"eventVersion\": \"1.08\"}\n{\"eventVersion\": \"1.08\"}\n"), nil, "not a flow log"},
		"binary":             {bytes.Repeat([]byte{0, 1, 2, 250}, 1000), nil, "not a flow log"},
		"gzip of text":       {zipped(t, []byte("hello\n")), nil, "not a flow log"},
		"other columns":      {sample(t, v5, 10), nil, "default format"},
		"cut gzip":           {whole[:len(whole)-40], nil, "is truncated"},
		"gzip without end":   {whole[:len(whole)-4], nil, "is truncated"},
		"cut gzip header":    {whole[:5], nil, "is truncated"},
		"corrupt gzip":       {corrupt, nil, "is damaged"},
		"rubbish after gzip": {append(slices.Clone(whole), "rubbish after it"...), nil, "is damaged"},
		"cut text":           {text[:len(text)-20], nil, "is truncated: it ends in line 200"},
		"cut gzip of text":   {zipped(t, text[:len(text)-20]), nil, "is truncated"},
		"Parquet":            {[]byte("PAR1xxxxPAR1"), nil, "is a Parquet file"},
		"not UTF-8":          {slices.Concat(text, []byte("a\xffb\n")), nil, "line 201"},
		"too long a line":    {slices.Concat(text, bytes.Repeat([]byte("x"), 1_024_000), []byte("\n")), nil, "line 201"},
	} {
		t.Run(name, func(t *testing.T) {
			res := pipeline(t, t.Context(), append(tt.args, logFile(t, "the.log", tt.file))...)
			assert.Equal(t, 1, res.code)
			assert.Empty(t, res.stdout)
			assert.Contains(t, res.stderr, tt.want)
			assert.Contains(t, res.stderr, "the.log")
			assert.Equal(t, 1, strings.Count(res.stderr, "\n"), "one line: %s", res.stderr)
		})
	}
	for name, file := range map[string]string{
		"missing":   filepath.Join(t.TempDir(), "missing.log"),
		"directory": t.TempDir(),
	} {
		t.Run(name, func(t *testing.T) {
			res := pipeline(t, t.Context(), file)
			assert.Equal(t, 1, res.code)
			assert.Contains(t, res.stderr, file)
			assert.Equal(t, 1, strings.Count(res.stderr, "\n"))
		})
	}
}

// A file truncated in its last value is detected by a status that AWS does not
// document.
func TestCutWithinStatus(t *testing.T) {
	res := pipeline(t, t.Context(), logFile(t, "log", []byte("2 1 eni-1 - - - - - - - 1431280876 1431280934 - NODA")))
	assert.Equal(t, 1, res.code)
	assert.Contains(t, res.stderr, "is truncated")
}

func TestBadFlags(t *testing.T) {
	for _, args := range [][]string{
		{"-faults", "1"}, {"-faults", "-0.1"}, {"-faults", "NaN"}, {"-faults", "x"}, {"-cidr", "10.0.0.0/33"}, {"-cidr", "x"},
		{"-format", "version version"}, {"-format", "1"}, {"-format", "v99"}, {"-format", "${bytes"}, {"-top", "-1"}, {"-lines", "0"}, {"-nonsense"},
	} {
		res := pipeline(t, t.Context(), args...)
		assert.Equal(t, 2, res.code, args)
		assert.Empty(t, res.stdout, args)
		assert.Equal(t, 1, strings.Count(res.stderr, "\n"), "%v: %s", args, res.stderr)
	}
	res := pipeline(t, t.Context(), "-h")
	assert.Zero(t, res.code)
	assert.Empty(t, res.stderr)
	assert.Contains(t, res.stdout, "usage: pipeline [flags] [FILE ...]\n")
	assert.Contains(t, res.stdout, "  -faults share   the share of")
}

func TestOut(t *testing.T) {
	out := filepath.Join(t.TempDir(), "deep", "out")
	r := reportOf(t, "-lines", "500", "-out", out)
	st, err := os.Stat(filepath.Join(out, parquetFile))
	require.NoError(t, err)
	assert.Equal(t, r.Parquet.Bytes, st.Size())
	s3, err := listObjects(filepath.Join(out, objectsDir))
	require.NoError(t, err)
	require.Len(t, s3.keys, r.Objects)
	assert.Regexp(t, `^\d{4}/\d\d/\d\d/\d\d/flow-logs-1-.*\.gz$`, s3.keys[0])
	entries, err := os.ReadDir(out)
	require.NoError(t, err)
	assert.Len(t, entries, 2, "nothing else")

	res := pipeline(t, t.Context(), "-lines", "500", "-out", out)
	assert.Equal(t, 1, res.code)
	assert.Contains(t, res.stderr, "exists already, from an earlier run")
}

func TestInterrupt(t *testing.T) {
	before := runtime.NumGoroutine()
	ctx, cancel := context.WithTimeout(t.Context(), 400*time.Millisecond)
	defer cancel()
	_, err := built()
	require.NoError(t, err)
	res := pipeline(t, ctx, "-faults", "0.95")
	assert.Equal(t, 130, res.code)
	assert.Equal(t, "pipeline: interrupted\n", res.stderr)
	assert.Empty(t, res.stdout)
	assert.Eventually(t, func() bool { return runtime.NumGoroutine() <= before+1 }, 5*time.Second, 20*time.Millisecond)
}

func TestWithoutGo(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	var stderr bytes.Buffer
	assert.Equal(t, 1, run(t.Context(), nil, io.Discard, &stderr, buildForwarder))
	assert.Equal(t, "pipeline: the go command is needed to build the function, but is not on the PATH\n", stderr.String())
}

// Without a terminal, a long stage prints a line.
func TestStage(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var stderr bytes.Buffer
		s := newStage(newCommand(nil, &stderr))
		s.set("building", 0, 0)
		time.Sleep(longStage - 1)
		s.set("building", 1, 2)
		time.Sleep(2 * time.Nanosecond)
		s.set("forwarding", 0, 0)
		time.Sleep(longStage / 2)
		s.end()
		time.Sleep(longStage)
		assert.Equal(t, "pipeline: building ...\n", stderr.String())
	})
}

// The command as a process, which builds the forwarder.
func TestProcess(t *testing.T) {
	self, err := os.Executable()
	require.NoError(t, err)
	cmd := exec.CommandContext(t.Context(), self, "-json", "-lines", "1000")
	cmd.Env = append(os.Environ(), "RUN_PIPELINE=1", "TMPDIR="+t.TempDir())
	out, err := cmd.Output()
	require.NoError(t, err)
	var r report
	require.NoError(t, json.Unmarshal(out, &r))
	assert.EqualValues(t, 1000, r.LinesOut)

	cmd = exec.CommandContext(t.Context(), self, "missing.log")
	cmd.Env = append(os.Environ(), "RUN_PIPELINE=1")
	text, err := cmd.CombinedOutput()
	assert.Error(t, err)
	assert.Equal(t, 1, cmd.ProcessState.ExitCode())
	assert.Equal(t, 1, bytes.Count(text, []byte("\n")))
}
