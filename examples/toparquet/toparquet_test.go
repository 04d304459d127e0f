package main

import (
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/vpcflow/vpcflow/examples/internal/input"
	"github.com/vpcflow/vpcflow/flowlog"
	"github.com/vpcflow/vpcflow/flowlog/flowlogtest"
	"github.com/vpcflow/vpcflow/flowlog/parquet"
)

// The numbered cases are listed in flowlog/testdata/cases.md.

// command runs the command in this process.
func command(t *testing.T, ctx context.Context, stdin string, args ...string) (code int, stdout []byte, stderr string) {
	t.Helper()
	var out, errs bytes.Buffer
	code = run(ctx, args, strings.NewReader(stdin), &out, &errs)
	return code, out.Bytes(), errs.String()
}

// convert runs the command, which must succeed.
func convert(t *testing.T, stdin string, args ...string) (stdout []byte, stderr string) {
	t.Helper()
	code, stdout, stderr := command(t, t.Context(), stdin, args...)
	require.Zero(t, code, stderr)
	return stdout, stderr
}

// sample returns lines of a generated log, without its header line.
func sample(t *testing.T, f *flowlog.Format, lines int) string {
	t.Helper()
	b, err := io.ReadAll(flowlogtest.NewReader(f, lines, 2))
	require.NoError(t, err)
	return strings.TrimPrefix(string(b), f.Header()+"\n")
}

func zipped(t *testing.T, text string) string {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	_, err := io.WriteString(z, text)
	require.NoError(t, err)
	require.NoError(t, z.Close())
	return b.String()
}

// folder writes files and returns their folder.
func folder(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		path := filepath.Join(dir, name)
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o777))
		require.NoError(t, os.WriteFile(path, []byte(text), 0o666))
	}
	return dir
}

// entries returns the names in a folder, including those that begin with a dot.
func entries(t *testing.T, dir string) []string {
	t.Helper()
	list, err := os.ReadDir(dir)
	require.NoError(t, err)
	names := []string{}
	for _, e := range list {
		names = append(names, e.Name())
	}
	return names
}

// same requires that a Parquet file has the records of a text, in order.
func same(t *testing.T, f *flowlog.Format, text string, file []byte) {
	t.Helper()
	r, err := parquet.NewReader(bytes.NewReader(file), int64(len(file)), nil)
	require.NoError(t, err)
	defer r.Close()
	require.Equal(t, f.String(), r.Format().String())
	want := flowlog.NewReader(strings.NewReader(text), f)
	var a, b flowlog.Record
	for n := 0; ; n++ {
		errA, errB := want.Read(&a), r.Read(&b)
		require.Equal(t, errA, errB, "record %d", n)
		if errA == io.EOF {
			return
		}
		require.NoError(t, errA)
		require.Equal(t, string(f.Append(nil, &a)), string(f.Append(nil, &b)), "record %d", n)
	}
}

func sameFile(t *testing.T, f *flowlog.Format, text, path string) {
	t.Helper()
	b, err := os.ReadFile(path)
	require.NoError(t, err)
	same(t, f, text, b)
}

func format(t *testing.T, version int) *flowlog.Format {
	t.Helper()
	f, err := flowlog.FormatOf(version)
	require.NoError(t, err)
	return f
}

func TestStdin(t *testing.T) {
	v5 := format(t, 5)
	text, text5 := sample(t, flowlog.V2, 500), sample(t, v5, 500)
	for _, tt := range []struct {
		name  string
		f     *flowlog.Format
		text  string
		stdin string
		args  []string
	}{
		{"text", flowlog.V2, text, text, nil},
		{"gzip", flowlog.V2, text, zipped(t, text), []string{"-"}},
		{"members", flowlog.V2, text, zipped(t, text[:len(text)/2]) + zipped(t, text[len(text)/2:]), nil}, // cases 56, 82
		{"header", v5, text5, v5.Header() + "\n" + text5, []string{"-o", "-"}},
		{"format", v5, text5, text5, []string{"-format", "5"}},
		{"header wins", v5, text5, v5.Header() + "\n" + text5, []string{"-format", "2"}},
		{"codec", flowlog.V2, text, text, []string{"-codec", "GZIP"}},
		{"empty", flowlog.V2, "", "", nil},
		{"only a header", v5, "", v5.Header() + "\n", nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			stdout, stderr := convert(t, tt.stdin, tt.args...)
			same(t, tt.f, tt.text, stdout)
			assert.Regexp(t, `^toparquet: [\d,]+ records?, 0 bad lines, [\d,]+ bytes? in, [\d,]+ bytes out, ratio [\d.]+, 1 file\n$`, stderr)
		})
	}
}

func TestSort(t *testing.T) {
	text := sample(t, flowlog.V2, 500)
	for arg, field := range map[string]flowlog.Field{"-sort": flowlog.FieldInterfaceID, "-sort=dstaddr,start": flowlog.FieldDstAddr} {
		stdout, _ := convert(t, text, arg)
		r, err := parquet.NewReader(bytes.NewReader(stdout), int64(len(stdout)), nil)
		require.NoError(t, err)
		changes, last := 0, ""
		seen := map[string]bool{}
		for rec, err := range r.All() {
			require.NoError(t, err)
			if v := rec.Value(field); changes == 0 || v != last {
				assert.False(t, seen[v], "%s comes twice", v)
				changes, last, seen[v] = changes+1, v, true
			}
		}
		assert.Greater(t, changes, 1)
		assert.EqualValues(t, 500, r.Rows())
	}
}

func TestFile(t *testing.T) {
	text := sample(t, flowlog.V2, 300)
	half := strings.Index(text[len(text)/2:], "\n") + len(text)/2 + 1
	dir := folder(t, map[string]string{"a.log": text[:half], "b/c.log.gz": zipped(t, flowlog.V2.Header()+"\n"+text[half:]),
		".hidden": "x", "_tmp/x": "x", "old.parquet": "x", "empty": ""})
	out := filepath.Join(t.TempDir(), "x.parquet")
	_, stderr := convert(t, "", "-o", out, dir)
	sameFile(t, flowlog.V2, text, out)
	assert.Contains(t, stderr, "300 records, 0 bad lines")
	assert.Equal(t, []string{"x.parquet"}, entries(t, filepath.Dir(out)))

	before, err := os.ReadFile(out)
	require.NoError(t, err)
	code, _, stderr := command(t, t.Context(), "", "-o", out, filepath.Join(dir, "a.log"))
	assert.Equal(t, 1, code)
	assert.Equal(t, "toparquet: "+out+": file already exists and is not overwritten\n", stderr)
	after, err := os.ReadFile(out)
	require.NoError(t, err)
	assert.Equal(t, before, after)
	assert.Equal(t, []string{"x.parquet"}, entries(t, filepath.Dir(out)))
}

func TestMergeByTarget(t *testing.T) {
	v5 := format(t, 5)
	a, b := sample(t, flowlog.V2, 100), sample(t, v5, 100)
	ten := func(s string, n int) string { return strings.Join(strings.SplitAfter(s, "\n")[10*n:10*n+10], "") }
	dir := folder(t, map[string]string{
		"1.log": ten(a, 0), "2.log": v5.Header() + "\n" + ten(b, 0), "3.log": ten(a, 1), "4.log": "",
		"5.log.gz": zipped(t, flowlog.V2.Header()+"\n"+ten(a, 2)), "sub/2.log": v5.Header() + "\n" + ten(b, 1),
	})
	out := filepath.Join(t.TempDir(), "new") + "/"
	_, stderr := convert(t, "", "-o", out, dir)
	assert.Equal(t, []string{"1.parquet", "2.parquet"}, entries(t, out))
	sameFile(t, flowlog.V2, ten(a, 0)+ten(a, 1)+ten(a, 2), out+"1.parquet")
	sameFile(t, v5, ten(b, 0)+ten(b, 1), out+"2.parquet")
	assert.Contains(t, stderr, "50 records")
	assert.Contains(t, stderr, "2 files")

	out = t.TempDir()
	convert(t, "", "-target", "0", "-o", out, dir)
	assert.Equal(t, []string{"1.parquet", "2-2.parquet", "2.parquet", "3.parquet", "5.parquet"}, entries(t, out))
	sameFile(t, v5, ten(b, 1), filepath.Join(out, "2-2.parquet"))

	out = t.TempDir() // the target is reached: two logs, then one
	convert(t, ten(a, 3), "-target", "2KiB", "-o", out, "-", filepath.Join(dir, "1.log"), filepath.Join(dir, "5.log.gz"), filepath.Join(dir, "3.log"))
	assert.Equal(t, []string{"1.parquet", "3.parquet", "stdin.parquet"}, entries(t, out))
	sameFile(t, flowlog.V2, ten(a, 0)+ten(a, 2), filepath.Join(out, "1.parquet"))
	sameFile(t, flowlog.V2, ten(a, 3), filepath.Join(out, "stdin.parquet"))
}

func TestBadLines(t *testing.T) {
	text := sample(t, flowlog.V2, 20)
	in := filepath.Join(folder(t, map[string]string{"a.log": strings.Repeat("no record\n", 7) + text}), "a.log")
	stdout, stderr := convert(t, "", in)
	same(t, flowlog.V2, text, stdout)
	assert.Equal(t, maxBad, strings.Count(stderr, in+": flowlog: line "))
	assert.Contains(t, stderr, "toparquet: and 2 more bad lines\n")
	assert.Contains(t, stderr, "20 records, 7 bad lines")

	code, stdout, _ := command(t, t.Context(), "", "-strict", in)
	assert.Equal(t, 1, code)
	same(t, flowlog.V2, text, stdout)
}

// A log that cannot be read is one line on standard error, and no file has any of
// its records.
func TestBrokenInputs(t *testing.T) {
	text, v5 := sample(t, flowlog.V2, 5000), format(t, 5)
	dir := folder(t, map[string]string{"a.log": text[:strings.Index(text, "\n")+1], "z.log": text})
	gz := zipped(t, text)
	for _, tt := range []struct{ name, text, want string }{
		{"cut", gz[:len(gz)-5], "unexpected EOF"}, // case 55
		{"cut at once", gz[:5], "unexpected EOF"},
		{"prose", "this is\nno log\n", "not a flow log: flowlog: line 1"},
		{"parquet", "PAR1 and more", "already Parquet"},
		{"missing", "", "no such file or directory"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			bad := filepath.Join(t.TempDir(), "bad.log.gz")
			if tt.text != "" {
				require.NoError(t, os.WriteFile(bad, []byte(tt.text), 0o666))
			}
			paths := []string{filepath.Join(dir, "a.log"), bad, filepath.Join(dir, "z.log")}
			out := t.TempDir()
			code, _, stderr := command(t, t.Context(), "", append([]string{"-o", out}, paths...)...)
			assert.Equal(t, 1, code)
			assert.Contains(t, stderr, tt.want)
			assert.Equal(t, 1, strings.Count(stderr, bad), stderr)
			assert.Equal(t, 2, strings.Count(stderr, "\n"), stderr)
			assert.Contains(t, stderr, "5,001 records, 0 bad lines")
			assert.Equal(t, []string{"a.parquet"}, entries(t, out))
			sameFile(t, flowlog.V2, text[:strings.Index(text, "\n")+1]+text, filepath.Join(out, "a.parquet"))

			out = t.TempDir()
			code, _, stderr = command(t, t.Context(), "", append([]string{"-o", filepath.Join(out, "x.parquet")}, paths...)...)
			assert.Equal(t, 1, code)
			assert.Equal(t, 1, strings.Count(stderr, "\n"), stderr)
			assert.Empty(t, entries(t, out))

			code, stdout, _ := command(t, t.Context(), tt.text)
			if tt.text != "" {
				assert.Equal(t, 1, code)
				_, err := parquet.NewReader(bytes.NewReader(stdout), int64(len(stdout)), nil)
				assert.ErrorIs(t, err, parquet.ErrCorrupt, "what was written must not look complete")
			}
		})
	}
	t.Run("two formats, one file", func(t *testing.T) {
		dir := folder(t, map[string]string{"a.log": text, "b.log": v5.Header() + "\n" + sample(t, v5, 5)})
		code, stdout, stderr := command(t, t.Context(), "", dir)
		assert.Equal(t, 1, code)
		assert.Empty(t, stdout)
		assert.Contains(t, stderr, "b.log: has other columns than")
	})
	t.Run("output", func(t *testing.T) {
		code, _, stderr := command(t, t.Context(), text, "-o", filepath.Join(dir, "missing", "x.parquet"))
		assert.Equal(t, 1, code)
		assert.Contains(t, stderr, "no such file or directory")
	})
	t.Run("interrupted", func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		out := t.TempDir()
		code, _, _ := command(t, ctx, text, "-o", filepath.Join(out, "x.parquet"))
		assert.Equal(t, 130, code)
		assert.Empty(t, entries(t, out))
	})
}

// If several logs fail in the middle, all others are in the file, and the logs are
// read at most twice.
func TestManyBrokenInputs(t *testing.T) {
	text := sample(t, flowlog.V2, 5000)
	gz := zipped(t, text)
	files := map[string]string{"0.a.log.gz": gz, "0.b.log.gz": gz, "5.log.gz": gz}
	for i := range 8 {
		files[fmt.Sprintf("%d.cut.gz", i)] = gz[:len(gz)-5]
	}
	dir, out := folder(t, files), t.TempDir()
	c := &conversion{options: &options{out: out, target: 1 << 30, paths: []string{dir}}, logs: &input.Source{}}
	m := &meter{}
	found := c.find(t.Context(), m)
	require.Empty(t, c.errs)
	require.Zero(t, m.done)
	size := m.total
	require.Positive(t, size)
	c.folder(t.Context(), found, m)
	assert.Len(t, c.errs, 8)
	for i, err := range c.errs {
		assert.ErrorIs(t, err, io.ErrUnexpectedEOF)
		assert.Contains(t, err.Error(), fmt.Sprintf("%d.cut.gz: ", i))
	}
	assert.Equal(t, 1, c.outputs)
	assert.EqualValues(t, 15000, c.stats.Records)
	assert.LessOrEqual(t, m.done, 2*size)
	sameFile(t, flowlog.V2, text+text+text, filepath.Join(out, "0.a.parquet"))
}

// endless is an endless stream of lines without a record. It counts the bytes read.
type endless struct {
	line string
	n    atomic.Int64
}

func (e *endless) Read(p []byte) (int, error) {
	n := 0
	for n < len(p) {
		n += copy(p[n:], e.line)
	}
	e.n.Add(int64(n))
	return n, nil
}

// A file without a record in the first 4 MiB is not a log. This bounds the part of
// a stream that is kept.
func TestFirstRecord(t *testing.T) {
	record := sample(t, flowlog.V2, 1)
	line := "no record" + strings.Repeat(" ", 1000) + "\n"
	near, late := strings.Repeat(line, (maxProbe-len(record))/len(line)), strings.Repeat(line, maxProbe/len(line)+1)
	dir := folder(t, map[string]string{"near.log": near + record, "late.log": late + record})
	for _, args := range [][]string{{filepath.Join(dir, "near.log")}, nil} {
		stdout, _ := convert(t, near+record, args...)
		same(t, flowlog.V2, record, stdout)
	}
	for _, args := range [][]string{{filepath.Join(dir, "late.log")}, nil} {
		code, _, stderr := command(t, t.Context(), late+record, args...)
		assert.Equal(t, 1, code)
		assert.Contains(t, stderr, ": not a flow log: no record in its first 4 MiB\n")
	}
	for _, line := range []string{line, "\n", "x", flowlog.V2.Header() + "\n"} {
		in := &endless{line: line}
		assert.Equal(t, 1, run(t.Context(), nil, in, io.Discard, io.Discard))
		assert.Less(t, in.n.Load(), int64(maxProbe+1<<20))
	}
}

// full is a full disk.
type full struct{}

func (full) Write([]byte) (int, error) { return 0, io.ErrShortWrite }

func TestOutputFull(t *testing.T) {
	assert.Equal(t, 1, run(t.Context(), nil, strings.NewReader(sample(t, flowlog.V2, 10)), full{}, io.Discard))
}

// Parquet is written to any device but a terminal.
func TestTerminal(t *testing.T) {
	for name, want := range map[string]int{os.DevNull: 0, "/dev/full": 1, "/dev/ptmx": 2} {
		for _, kind := range []string{"xterm", "dumb"} {
			t.Setenv("TERM", kind)
			out, err := os.OpenFile(name, os.O_RDWR, 0)
			if os.IsNotExist(err) {
				continue
			}
			require.NoError(t, err)
			assert.Equal(t, want, run(t.Context(), nil, strings.NewReader(sample(t, flowlog.V2, 10)), out, io.Discard), "%s, %s", name, kind)
			assert.NoError(t, out.Close())
		}
	}
}

func TestFlags(t *testing.T) {
	for _, args := range [][]string{{"-codec", "lz4"}, {"-sort=nothing"}, {"-target", "-1"}, {"-target", "5x"}, {"-target", "MiB"}, {"-target", "9999999999g"}, {"-format", "srcaddr srcaddr"}, {"-x"}} {
		code, _, stderr := command(t, t.Context(), "x", args...)
		assert.Equal(t, 2, code, "%v", args)
		assert.True(t, strings.HasPrefix(stderr, "toparquet: "), stderr)
	}
	code, stdout, stderr := command(t, t.Context(), "", "-h")
	assert.Zero(t, code)
	assert.Empty(t, stderr)
	assert.Contains(t, string(stdout), "usage: toparquet [flags] [PATH ...]\n")
	assert.NotContains(t, string(stdout), "(default )")
	_, stderr = convert(t, "", "-format", "srcaddr new-field")
	assert.Contains(t, stderr, "toparquet: warning: -format: ")

	for text, want := range map[string]int64{"0": 0, "12": 12, "3k": 3 << 10, "128MiB": 128 << 20, "1GB": 1 << 30, "7b": 7} {
		var s byteSize
		require.NoError(t, s.Set(text), text)
		assert.EqualValues(t, want, s, text)
	}
}

// Errors have the file names of the user, and not temporary names.
func TestErrorsNameFiles(t *testing.T) {
	text := sample(t, flowlog.V2, 10)
	dir := folder(t, map[string]string{"file": ""})
	for _, tt := range []struct{ out, want string }{
		{filepath.Join(dir, "nodir", "x.parquet"), "no such file or directory"},
		{filepath.Join(dir, strings.Repeat("x", 300)), "file name too long"},
		{filepath.Join(dir, "file", "x.parquet"), "not a directory"},
		{filepath.Join(dir, "file", "x") + "/", "not a directory"},
	} {
		code, _, stderr := command(t, t.Context(), text, "-o", tt.out)
		assert.Equal(t, 1, code)
		assert.Equal(t, "toparquet: "+tt.out+": "+tt.want+"\n", stderr)
	}
	assert.Equal(t, []string{"file"}, entries(t, dir))
	convert(t, text, "-o", filepath.Join(dir, strings.Repeat("x", 255))) // as long as names may be
}

// Other files in a folder are skipped and counted. Only logs can fail.
func TestSkipped(t *testing.T) {
	text := sample(t, flowlog.V2, 20)
	dir := folder(t, map[string]string{
		"a.log": text, "aws-logs-write-test": "Permission Check Successful", "empty": "", "_SUCCESS": "",
		"b.parquet": "PAR1", "c": "PAR1 under another name", "d.gz": zipped(t, text) + strings.Repeat("\x00", 300),
		"AWSLogs/123456789012/CloudTrail/x.json": `{"Records":[]}`,
	})
	out := filepath.Join(t.TempDir(), "x.parquet")
	_, stderr := convert(t, "", "-o", out, dir)
	sameFile(t, flowlog.V2, text+text, out)
	assert.Contains(t, stderr, "toparquet: skipped 6: 1 empty, 1 hidden, 1 written to test permissions, 1 of other services, 2 already Parquet\n")
}

// Untransformed documents of a subscription in S3 are converted.
func TestSubscriptionObject(t *testing.T) {
	text := sample(t, flowlog.V2, 2)
	lines := strings.Split(text, "\n")
	object := `{"messageType":"CONTROL_MESSAGE","logEvents":[{"id":"","timestamp":1,"message":"CWL CONTROL MESSAGE"}]}` +
		`{"messageType":"DATA_MESSAGE","logEvents":[{"id":"1","timestamp":1,"message":"` + lines[0] + `"},{"id":"2","timestamp":1,"message":"` + lines[1] + `"}]}`
	for _, content := range []string{object, zipped(t, object), zipped(t, zipped(t, object))} {
		stdout, _ := convert(t, content)
		same(t, flowlog.V2, text, stdout)
		in := filepath.Join(folder(t, map[string]string{"x": content}), "x")
		stdout, _ = convert(t, "", in)
		same(t, flowlog.V2, text, stdout)
	}
}

// File names are escaped, so that they cannot control the terminal or fake a
// message.
func TestHostileNames(t *testing.T) {
	name := "a\x1b[2J\ntoparquet: all good.log"
	dir := folder(t, map[string]string{name: "no log"})
	code, _, stderr := command(t, t.Context(), "", "-o", filepath.Join(t.TempDir(), "x"), dir)
	assert.Equal(t, 1, code)
	assert.Equal(t, 1, strings.Count(stderr, "\n"))
	assert.Contains(t, stderr, `a\x1b[2J\ntoparquet: all good.log"`)
	assert.NotContains(t, stderr, "\x1b")

	long := strings.Repeat("ü", 120) + ".log.gz"
	dir = folder(t, map[string]string{long: zipped(t, sample(t, flowlog.V2, 3))})
	out := t.TempDir()
	convert(t, "", "-o", out, dir)
	assert.Equal(t, []string{strings.Repeat("ü", 120) + ".parquet"}, entries(t, out))
	assert.Equal(t, strings.Repeat("ü", 123)+".parquet", shortened(strings.Repeat("ü", 200), ".parquet"))
}
