package input

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
	"testing/iotest"
	"time"

	"github.com/klauspost/compress/zstd"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/vpcflow/vpcflow/cwlogs"
	"github.com/vpcflow/vpcflow/cwlogs/cwlogstest"
	"github.com/vpcflow/vpcflow/flowlog"
	"github.com/vpcflow/vpcflow/flowlog/parquet"
)

const (
	line1 = "2 123456789010 eni-1235b8ca123456789 172.31.16.139 203.0.113.12 20641 443 6 20 4249 1418530010 1418530070 ACCEPT OK\n"
	line2 = "2 123456789010 eni-1235b8ca123456789 172.31.9.69 172.31.9.12 49761 3389 6 20 4249 1418530010 1418530070 REJECT OK\n"
	text  = line1 + line2
)

func gz(t *testing.T, texts ...string) string {
	t.Helper()
	var b bytes.Buffer
	for _, s := range texts {
		w := gzip.NewWriter(&b)
		_, err := io.WriteString(w, s)
		require.NoError(t, err)
		require.NoError(t, w.Close())
	}
	return b.String()
}

func zst(t *testing.T, s string) string {
	t.Helper()
	w, err := zstd.NewWriter(nil)
	require.NoError(t, err)
	return string(w.EncodeAll([]byte(s), nil))
}

// bz2 is line1 compressed with bzip2, in base64. Go has no writer for it.
const bz2 = "QlpoOTFBWSZTWdoYSCgAABlfAAAQQAN/4CoIxAA6ISAAcigAGgDQ0Gp6CaagyAhpt4vB0KrOSdHxUMPUnCauKzUJdkDj5fEsoJgYbNqJ" +
	"RhZNhGdF1IiDoH3DBWeZBSwIyH20yZzowqHnavYRfF3JFOFCQ2hhIKA="

func parquetOf(t *testing.T, s string) string {
	t.Helper()
	var b bytes.Buffer
	_, err := parquet.Convert(t.Context(), &b, strings.NewReader(s), nil)
	require.NoError(t, err)
	return b.String()
}

// document returns the messages as a subscription delivers them.
func document(lines ...string) string {
	b := &cwlogs.Batch{Type: cwlogs.DataMessage, Owner: "123456789012", LogGroup: "g", LogStream: "s"}
	for i, l := range lines {
		b.Events = append(b.Events, cwlogs.Event{ID: fmt.Sprint(i), Timestamp: 1418530010000, Message: strings.TrimSuffix(l, "\n")})
	}
	data := cwlogstest.Document(b)
	z, err := gzip.NewReader(bytes.NewReader(data))
	if err != nil {
		panic(err)
	}
	plain, err := io.ReadAll(z)
	if err != nil {
		panic(err)
	}
	return string(plain)
}

func folder(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		path := filepath.Join(dir, filepath.FromSlash(name))
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o777))
		require.NoError(t, os.WriteFile(path, []byte(text), 0o666))
	}
	return dir
}

// read returns the records of a log as lines.
func read(ctx context.Context, l *Log) (string, error) {
	c, err := l.Open(ctx)
	if err != nil {
		return "", err
	}
	defer c.Close()
	var b strings.Builder
	if c.Parquet != nil {
		r, err := parquet.NewReader(c.Parquet, c.Size, nil)
		if err != nil {
			return "", l.Error(err)
		}
		defer r.Close()
		for rec, err := range r.All() {
			if err != nil {
				return b.String(), l.Error(err)
			}
			b.WriteString(rec.String() + "\n")
		}
		return b.String(), nil
	}
	for rec, err := range flowlog.NewReader(c, nil).All() {
		if err != nil {
			return b.String(), l.Error(err)
		}
		b.WriteString(rec.String() + "\n")
	}
	return b.String(), nil
}

// all reads the arguments and returns the names of the logs, in order.
func all(t *testing.T, s *Source, args ...string) (names []string, lines string, errs []error) {
	t.Helper()
	for l, err := range s.Logs(t.Context(), args) {
		if err != nil {
			errs = append(errs, err)
			continue
		}
		got, err := read(t.Context(), l)
		switch {
		case errors.Is(err, ErrSkipped):
			continue
		case err != nil:
			errs = append(errs, err)
		}
		names, lines = append(names, l.Name), lines+got
	}
	return names, lines, errs
}

// A log is read in any compression and envelope.
func TestShapes(t *testing.T) {
	decoded, err := base64.StdEncoding.DecodeString(bz2)
	require.NoError(t, err)
	bzip := string(decoded)
	for name, tt := range map[string]struct{ content, want string }{
		"plain":                      {text, text},
		"header":                     {flowlog.V2.Header() + "\n" + text, text},
		"gzip":                       {gz(t, text), text},
		"gzip members":               {gz(t, line1, "", line2), text},
		"gzip twice":                 {gz(t, gz(t, text)), text},
		"gzip padded":                {gz(t, text) + strings.Repeat("\x00", 512), text},
		"zstd":                       {zst(t, text), text},
		"zstd frames":                {zst(t, line1) + zst(t, line2), text},
		"zstd in gzip":               {gz(t, zst(t, text)), text},
		"bzip2":                      {bzip, line1},
		"bzip2 twice":                {bzip + bzip, line1 + line1},
		"parquet":                    {parquetOf(t, text), text},
		"parquet in gzip":            {gz(t, parquetOf(t, text)), text},
		"messages":                   {`{"message":"` + strings.TrimSpace(line1) + `"}{"message":"` + strings.TrimSpace(line2) + `"}`, text},
		"documents":                  {document(line1) + document(line2), text},
		"documents on lines":         {document(line1) + "\n\n" + document(line2) + "\n", text},
		"documents in gzip":          {gz(t, document(line1)+document(line2)), text},
		"documents as members":       {gz(t, document(line1), document(line2)), text},
		"documents in gzip in gzip":  {gz(t, gz(t, document(line1), document(line2))), text},
		"documents, padded":          {gz(t, document(line1, line2)) + "\x00\x00", text},
		"documents, control message": {controlMessage(t) + document(line1, line2), text},
		"documents, events first":    {`{"logEvents":[{"id":"1","timestamp":1,"message":"` + strings.TrimSpace(line1) + `"}],"messageType":"DATA_MESSAGE"}`, line1},
		"byte-order mark":            {"\ufeff" + flowlog.V2.Header() + "\n" + text, text},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(folder(t, map[string]string{"x": tt.content}), "x")
			var n int
			s := &Source{Stdin: iotest.OneByteReader(strings.NewReader(tt.content))}
			for l, err := range s.Logs(t.Context(), []string{path}) {
				require.NoError(t, err)
				l.OnRead = func(k int) { n += k }
				_, err := read(t.Context(), l)
				assert.NoError(t, err)
			}
			names, got, errs := all(t, s, path)
			assert.Empty(t, errs)
			assert.Equal(t, tt.want, got)
			assert.Equal(t, []string{path}, names)
			assert.GreaterOrEqual(t, n, len(tt.content))
			_, got, errs = all(t, s, "-", "-")
			assert.Empty(t, errs)
			assert.Equal(t, tt.want, got)
		})
	}
}

func controlMessage(t *testing.T) string {
	z, err := gzip.NewReader(bytes.NewReader(cwlogstest.Document(cwlogstest.ControlMessage())))
	require.NoError(t, err)
	b, err := io.ReadAll(z)
	require.NoError(t, err)
	return string(b)
}

// A log that cannot be read to its end is an error of one line with its name.
func TestBroken(t *testing.T) {
	five := text
	for range maxLayers + 1 {
		five = gz(t, five)
	}
	for name, tt := range map[string]struct{ content, want string }{
		"cut gzip":      {gz(t, text)[:100], "unexpected EOF"},
		"cut header":    {gz(t, text)[:6], "unexpected EOF"},
		"garbage":       {gz(t, text) + "garbage", "data after the end of the gzip stream"},
		"zeros between": {gz(t, line1) + "\x00" + gz(t, line2), "data after the end of the gzip stream"},
		"checksum":      {strings.Replace(gz(t, text), gz(t, text)[len(gz(t, text))-8:], "12345678", 1), "checksum"},
		"cut zstd":      {zst(t, text)[:50], "unexpected EOF"},
		"cut documents": {document(line1, line2)[:300], "unexpected EOF"},
		"layers":        {five, "compressed more than 4 times"},
		"CloudTrail":    {`{"Records":[{"eventVersion":"1.08"}]}`, "message"},
		"large":         {`{"messageType":"` + strings.Repeat("x", cwlogs.DefaultMaxBytes+1), "too large"},
		"cut parquet":   {parquetOf(t, text)[:60], "parquet"},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(folder(t, map[string]string{"x": tt.content}), "x")
			_, _, errs := all(t, &Source{}, path)
			require.Len(t, errs, 1)
			assert.ErrorContains(t, errs[0], tt.want)
			assert.True(t, strings.HasPrefix(errs[0].Error(), path+": "), errs[0])
		})
	}
	_, _, errs := all(t, &Source{}, filepath.Join(t.TempDir(), "missing"))
	require.Len(t, errs, 1)
	assert.ErrorIs(t, errs[0], os.ErrNotExist)
}

// Files that are not logs are skipped and counted.
func TestSkipped(t *testing.T) {
	dir := folder(t, map[string]string{
		"a.log":               line1,
		"b/c.gz":              gz(t, line2),
		"empty":               "",
		"empty.gz":            gz(t, ""),
		"aws-logs-write-test": "Permission Check Successful",
		"renamed":             "Permission Check Successful",
		"_SUCCESS":            "",
		".DS_Store":           "x",
		"_temporary/x":        text,
		"d/_metadata":         "x",
		"AWSLogs/123456789012/CloudTrail/us-east-1/2026/11/22/x.json.gz":                                        "x",
		"AWSLogs/o-abc123/123456789012/elasticloadbalancing/us-east-1/2026/11/22/x.log":                         "x",
		"AWSLogs/aws-account-id=123456789012/aws-service=guardduty/x":                                           "x",
		"AWSLogs/123456789012/vpcflowlogs/us-east-1/2026/11/22/x.log":                                           line1,
		"AWSLogs/aws-account-id=123456789012/aws-service=vpcflowlogs/aws-region=us-east-1/year=2026/month=11/x": line2,
		"trail.json": gz(t, `{"Records":[{"eventVersion":"1.08","message":"x"}]}`),
		"list.json":  `[1]`,
	})
	s := &Source{}
	names, got, errs := all(t, s, dir)
	assert.Empty(t, errs)
	assert.Len(t, names, 4)
	assert.Equal(t, line1+line2+line1+line2, sorted(got, names, dir))
	n, why := s.Skipped()
	assert.EqualValues(t, 13, n)
	assert.Equal(t, "2 empty, 4 hidden, 2 written to test permissions, 3 of other services, 2 JSON that is not a log", why)

	// The same as arguments. But an argument is read even if its name is hidden.
	s = &Source{}
	names, _, errs = all(t, s, filepath.Join(dir, "renamed"), filepath.Join(dir, "empty"), filepath.Join(dir, "_temporary", "x"))
	assert.Empty(t, errs)
	assert.Equal(t, []string{filepath.Join(dir, "empty"), filepath.Join(dir, "_temporary", "x")}, names)
	n, _ = s.Skipped()
	assert.EqualValues(t, 1, n)
}

// sorted checks the order, and returns the lines with those of AWSLogs last.
func sorted(lines string, names []string, dir string) string {
	if len(names) == 4 && strings.HasPrefix(names[0], filepath.Join(dir, "AWSLogs")) && strings.HasPrefix(names[1], filepath.Join(dir, "AWSLogs")) {
		return lines[len(line1+line2):] + lines[:len(line1+line2)]
	}
	return "not in order: " + strings.Join(names, " ")
}

func TestTimes(t *testing.T) {
	day := func(d, h int) time.Time { return time.Date(2026, 11, d, h, 0, 0, 0, time.UTC) }
	const s3name = "AWSLogs/123456789012/vpcflowlogs/us-east-1/2026/11/22/123456789012_vpcflowlogs_us-east-1_fl-1234abcd_20261122T0510Z_fe123456.log.gz"
	const fhname = "logs-1-2026-11-22-05-59-59-aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee.gz"
	s := &Source{Since: day(22, 5), Until: day(22, 6)}
	for key, want := range map[string]bool{
		"2026/11/22/05/x": true, "2026/11/22/04/x": false, "2026/11/22/06/x": false,
		"2026/11/22/x": true, "2026/11/21/x": false, "2026/10/": false, "2026/": true, "2025/": false,
		"year=2026/month=11/day=22/": true, "year=2026/month=11/day=22/hour=06/": false,
		"dt=2026-11-22-05/x": true, "dt=2026-11-22-07/x": false, "dt=2026-11-23/x": false,
		"x": true, "some/x": true, "9999/": true, "2026/13/": true, "2026/02/30/": true, "123456789012/": true,
		s3name: true, strings.Replace(s3name, "T0510Z", "T0610Z", 1): false,
		fhname: true, strings.Replace(fhname, "05-59", "04-59", 1): false,
	} {
		assert.Equal(t, want, s.inTime(key), key)
	}
	for key, want := range map[string]bool{"2026/11/22/05/": true, "2026/11/22/": false, "": false, "x/": false} {
		assert.Equal(t, want, s.bounded(key), key)
	}
	assert.True(t, new(Source).bounded("x/"))
	assert.True(t, new(Source).inTime("x/"))

	dir := folder(t, map[string]string{"2026/11/21/23/a": line1, "2026/11/22/00/a": line2, "b": line1})
	s = &Source{Since: day(22, 0)}
	names, got, errs := all(t, s, dir)
	assert.Empty(t, errs)
	assert.Len(t, names, 2)
	assert.Equal(t, line2+line1, got)
	_, why := s.Skipped()
	assert.Equal(t, "1 outside the time", why)
}

// Reads of all kinds end when the context is done.
func TestContext(t *testing.T) {
	dir := folder(t, map[string]string{"x": strings.Repeat("bad\n", 1<<18), "p": parquetOf(t, text), "small": gz(t, text)})
	silent, w := io.Pipe()
	defer w.Close()
	for _, name := range []string{filepath.Join(dir, "x"), filepath.Join(dir, "p"), filepath.Join(dir, "small"), "/dev/zero", "-"} {
		ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
		s := &Source{Stdin: silent}
		for l, err := range s.Logs(ctx, []string{name}) {
			require.NoError(t, err)
			c, err := l.Open(ctx)
			if err == nil {
				<-ctx.Done()
				if c.Parquet != nil {
					_, err = c.Parquet.ReadAt(make([]byte, 4), 0)
				} else {
					_, err = io.Copy(io.Discard, c)
				}
				assert.NoError(t, c.Close())
			}
			assert.ErrorIs(t, err, context.DeadlineExceeded, name)
		}
		cancel()
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for range new(Source).Logs(ctx, []string{dir}) {
		assert.Fail(t, "nothing is listed any more")
	}
}

// locked is a file system with folders that cannot be read.
type locked struct{ fstest.MapFS }

func (l locked) ReadDir(name string) ([]fs.DirEntry, error) {
	if strings.HasSuffix(name, "locked") {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrPermission}
	}
	return l.MapFS.ReadDir(name)
}

func TestUnreadableFolder(t *testing.T) {
	file := &fstest.MapFile{Data: []byte("x")}
	var names []string
	var errs []error
	s := &Source{}
	s.walk(t.Context(), "logs", locked{fstest.MapFS{"a.log": file, "m/locked/b.log": file, "m/n.log": file, "z.log": file,
		"p": {Mode: fs.ModeNamedPipe}, "s": {Mode: fs.ModeSocket}, "d": {Mode: fs.ModeDevice}}}, func(l *Log, err error) bool {
		if err != nil {
			errs = append(errs, err)
		} else {
			names = append(names, l.Name)
		}
		return true
	})
	assert.Equal(t, []string{filepath.Join("logs", "a.log"), filepath.Join("logs", "m", "n.log"), filepath.Join("logs", "z.log")}, names)
	require.Len(t, errs, 1)
	assert.EqualError(t, errs[0], filepath.Join("logs", "m", "locked")+": permission denied")
	_, why := s.Skipped()
	assert.Equal(t, "3 not regular files", why)
}
