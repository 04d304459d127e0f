package engines

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/klauspost/compress/gzip"
	"github.com/stretchr/testify/require"

	"github.com/vpcflow/vpcflow/athena"
	"github.com/vpcflow/vpcflow/flowlog"
	"github.com/vpcflow/vpcflow/flowlog/parquet"
)

// The accounts and the Region that deliver the logs of these tests.
var accounts = []string{"012345678901", "123456789012"}

const region = "us-east-1"

// flowLog is a log delivered to S3 in one of the ways AWS has.
type flowLog struct {
	format  logFormat
	storage athena.Storage // Text or Parquet
	layout  athena.Layout
	prefix  string
	lines   []string
	// poisoned has the objects of the first and of the last hour be no Parquet, so
	// that whoever reads them fails.
	poisoned bool
}

// folder is the key prefix of the log.
func (l *flowLog) folder() string {
	name := l.format.name + "/" + l.storage.String() + "/" + l.layout.String() + "/"
	if l.prefix != "" {
		name += "own/"
	}
	if l.poisoned {
		name += "poisoned/"
	}
	return name
}

func (l *flowLog) location() string { return "s3://logs/" + l.folder() }

// keys returns the keys of the log's objects.
func (l *flowLog) keys(t testing.TB, s *s3Server) []string {
	return s.keys(t, "logs", l.folder())
}

// deliver puts the log into the bucket. The paths are those of AWS's pages,
// written out here and not taken from the package under test.
func (l *flowLog) deliver(t testing.TB, s *s3Server) {
	t.Helper()
	type object struct {
		account string
		hour    time.Time
	}
	byObject := make(map[object][]string)
	for i, line := range l.lines {
		at := time.Unix(value(t, l.format.Format, line, flowlog.FieldStart), 0).UTC().Truncate(time.Hour)
		o := object{accounts[i%len(accounts)], at}
		byObject[o] = append(byObject[o], line)
	}
	for o, lines := range byObject {
		var path string
		hive := fmt.Sprintf("AWSLogs/aws-account-id=%s/aws-service=vpcflowlogs/aws-region=%s/", o.account, region)
		plain := fmt.Sprintf("AWSLogs/%s/vpcflowlogs/%s/", o.account, region)
		header := true
		switch l.layout {
		case athena.Unpartitioned:
			header = false
		case athena.Firehose:
			header = false
			path = o.hour.Format("2006/01/02/15/")
			if l.prefix != "" {
				path = o.hour.Format("vpc/dt=2006-01-02/h=15/")
			}
		case athena.S3Daily:
			path = plain + o.hour.Format("2006/01/02/")
		case athena.S3Hourly:
			path = plain + o.hour.Format("2006/01/02/15/")
		case athena.S3HiveDaily:
			path = hive + o.hour.Format("year=2006/month=01/day=02/")
		case athena.S3HiveHourly:
			path = hive + o.hour.Format("year=2006/month=01/day=02/hour=15/")
		}
		name := fmt.Sprintf("%s_vpcflowlogs_%s_fl-1234abcd_%s_fe123456.log.", o.account, region, o.hour.Format("20060102T1504Z"))
		var data []byte
		if l.storage == athena.Parquet {
			name += "parquet"
			data = parquetFile(t, l.format.Format, lines)
			if l.poisoned && (o.hour.Equal(begin) || !o.hour.Before(end.Add(-time.Hour))) {
				data = []byte("not Parquet")
			}
		} else {
			name += "gz"
			if header {
				lines = slices.Insert(slices.Clone(lines), 0, l.format.Header())
			}
			data = gzipFile(t, lines)
		}
		s.put(t, "logs", l.folder()+path+name, data)
	}
}

// value returns a number of a line.
func value(t testing.TB, f *flowlog.Format, line string, field flowlog.Field) int64 {
	t.Helper()
	var r flowlog.Record
	require.NoError(t, f.Decode(&r, line))
	n, ok := r.Int(field)
	require.True(t, ok, line)
	return n
}

func gzipFile(t testing.TB, lines []string) []byte {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, err := w.Write([]byte(strings.Join(lines, "\n") + "\n"))
	require.NoError(t, err)
	require.NoError(t, w.Close())
	return b.Bytes()
}

func parquetFile(t testing.TB, f *flowlog.Format, lines []string) []byte {
	t.Helper()
	var b bytes.Buffer
	w := parquet.NewWriter(&b, f, nil)
	records := parse(t, f, lines)
	for i := range records {
		require.NoError(t, w.Write(&records[i]))
	}
	require.NoError(t, w.Close())
	return b.Bytes()
}

// expected returns what a reader must find in a table: "-" is null in numbers,
// and in strings too where the files are Parquet. Hive skips header lines and
// Spark does not: for it, each object has a line more.
func (ft *flowTable) expected(headers bool) *table {
	lines := ft.lines
	if headers {
		lines = append(slices.Clone(lines), slices.Repeat([]string{ft.Format.Header()}, len(ft.keys))...)
	}
	tab := tableOf(ft.Format, lines)
	for i, column := range tab.columns {
		for r, v := range column {
			switch {
			case tab.types[i] == flowlog.TypeString && v == null && ft.Storage != athena.Parquet:
				column[r] = "-"
			case tab.types[i] != flowlog.TypeString && strings.Trim(v, "0123456789") != "":
				column[r] = null
			}
		}
	}
	if ft.Columns == athena.ArticleNames {
		for i, field := range ft.Format.Fields() {
			tab.names[i] = articleName(field, tab.names[i])
		}
	}
	return tab
}

// articleName returns the article's name of a column.
func articleName(field flowlog.Field, name string) string {
	// The article's CREATE TABLE, as printed.
	switch field {
	case flowlog.FieldAccountID:
		return "account"
	case flowlog.FieldSrcAddr:
		return "sourceaddress"
	case flowlog.FieldDstAddr:
		return "destinationaddress"
	case flowlog.FieldSrcPort:
		return "sourceport"
	case flowlog.FieldDstPort:
		return "destinationport"
	case flowlog.FieldStart:
		return "starttime"
	case flowlog.FieldEnd:
		return "endtime"
	}
	return strings.ReplaceAll(name, "_", "")
}

// project returns the rows of the named columns as sorted lines.
func (tab *table) project(names []string) []string {
	part := &table{}
	for _, name := range names {
		i := slices.Index(tab.names, strings.TrimSuffix(name, "_logged"))
		if i < 0 {
			return []string{"no column " + name}
		}
		part.columns = append(part.columns, tab.columns[i])
	}
	return slices.Sorted(slices.Values(part.rows()))
}

// sortedRows returns rows as sorted lines.
func sortedRows(rows [][]string) []string {
	lines := make([]string, len(rows))
	for i, row := range rows {
		lines[i] = strings.Join(row, " ")
	}
	slices.Sort(lines)
	return lines
}

// texts returns rows with null for what is not there.
func texts(rows [][]*string) [][]string {
	out := make([][]string, len(rows))
	for i, row := range rows {
		for _, v := range row {
			if v == nil {
				out[i] = append(out[i], null)
			} else {
				out[i] = append(out[i], *v)
			}
		}
	}
	return out
}

// quoted returns names in quotes with commas.
func quoted(names []string, quote string) string {
	s := make([]string, len(names))
	for i, name := range names {
		s[i] = quote + name + quote
	}
	return strings.Join(s, ", ")
}
