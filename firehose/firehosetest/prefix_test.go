package firehosetest

import (
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// arrival is the time in AWS's examples of prefixes: 27 August 2018, 10:30 UTC.
// https://docs.aws.amazon.com/firehose/latest/dev/s3-prefixes.html
var arrival = time.Date(2018, 8, 27, 10, 30, 5, 67e6, time.UTC)

func TestPrefixes(t *testing.T) {
	for _, tt := range []struct {
		prefix, errorPrefix string
		want, wantError     string // regular expressions, or the error
	}{
		{"", "", "2018/08/27/10/", "processing-failed/2018/08/27/10/"},
		{"logs/", "", "logs/2018/08/27/10/", "processing-failed/2018/08/27/10/"},
		{"logs", "bad-!{firehose:error-output-type}", "logs2018/08/27/10/", "bad-processing-failed2018/08/27/10/"},
		{"myFirehoseFailures/!{firehose:random-string}/", "e/!{firehose:error-output-type}/!{timestamp:yyyy/MM/dd}/",
			`myFirehoseFailures/[A-Z2-7]{11}/2018/08/27/10/`, "e/processing-failed/2018/08/27/"},
		{"p/year=!{timestamp:yyyy}/month=!{timestamp:MM}/day=!{timestamp:dd}/hour=!{timestamp:HH}/", "e/!{firehose:error-output-type}/",
			"p/year=2018/month=08/day=27/hour=10/", "e/processing-failed/2018/08/27/10/"},
		{"!{timestamp:'date='yyyy-MM-dd}/", "!{firehose:error-output-type}/", "date=2018-08-27/", "processing-failed/2018/08/27/10/"},
		{"a{b}!c/", "", `a\{b\}!c/2018/08/27/10/`, "processing-failed/2018/08/27/10/"},
	} {
		t.Run(tt.prefix, func(t *testing.T) {
			p, e, err := parsePrefixes(tt.prefix, tt.errorPrefix)
			require.NoError(t, err)
			got, err := p.evaluate(arrival, "")
			require.NoError(t, err)
			assert.Regexp(t, regexp.MustCompile("^"+tt.want+"$"), got)
			got, err = e.evaluate(arrival, processingFailed)
			require.NoError(t, err)
			assert.Equal(t, tt.wantError, got)
		})
	}
}

func TestBadPrefixes(t *testing.T) {
	for _, tt := range []struct{ prefix, errorPrefix, want string }{
		{"!{timestamp:yyyy}/", "", "needs an ErrorPrefix"},
		{"!{firehose:random-string}/", "", "needs an ErrorPrefix"},
		{"", "errors/", "must contain !{firehose:error-output-type}"},
		{"!{firehose:error-output-type}/", "", "only an ErrorPrefix"},
		{"!{timestamp:yyyy", "", "not closed"},
		{"!{time:yyyy}", "", "not known"},
		{"!{firehose:uuid}", "", "not known"},
		{"!{timestamp:}", "", "empty"},
		{"!{timestamp}", "", "empty"},
		{"!{timestamp:qq}", "", `letters "qq"`},
		{"!{timestamp:MMMMM}", "", `letters "MMMMM"`},
		{"!{timestamp:'yyyy}", "", "open quote"},
		{"!{timestamp:[yyyy]}", "", "reserved"},
		{"!{partitionKeyFromQuery:k}", "", "dynamic partitioning"},
		{strings.Repeat("x", 1025), "", "1025 characters"},
	} {
		_, _, err := parsePrefixes(tt.prefix, tt.errorPrefix)
		assert.ErrorContains(t, err, tt.want, tt.prefix)
	}
	p, _, err := parsePrefixes(strings.Repeat("x", 500), "")
	require.NoError(t, err)
	_, err = p.evaluate(arrival, "")
	assert.ErrorContains(t, err, "514 characters")
}

// The letters of java.time.format.DateTimeFormatter, with the results in its documentation.
func TestDateTime(t *testing.T) {
	midnight := time.Date(2026, 1, 4, 0, 7, 8, 0, time.UTC)
	newYork, err := time.LoadLocation("America/New_York")
	require.NoError(t, err)
	for _, tt := range []struct {
		pattern string
		t       time.Time
		want    string
	}{
		{"yyyy/MM/dd/HH/", arrival, "2018/08/27/10/"},
		{"uuuu-M-d H:m:s", midnight, "2026-1-4 0:7:8"},
		{"yy", midnight, "26"}, {"y", midnight, "2026"}, {"yyyyy", midnight, "02026"},
		{"MMM", midnight, "Jan"}, {"MMMM", midnight, "January"}, {"LL", midnight, "01"},
		{"D", midnight, "4"}, {"DDD", midnight, "004"}, {"DDD", arrival, "239"},
		{"kk", midnight, "24"}, {"k", arrival, "10"}, {"hh a", midnight, "12 AM"}, {"K", midnight, "0"},
		{"h a", arrival.Add(12 * time.Hour), "10 PM"},
		{"S", arrival, "0"}, {"SSS", arrival, "067"}, {"SSSSSS", arrival, "067000"},
		{"E", midnight, "Sun"}, {"EEE", midnight, "Sun"}, {"EEEE", midnight, "Sunday"},
		{"Z", arrival, "+0000"}, {"X", arrival, "Z"}, {"x", arrival, "+00"}, {"XXX", arrival.In(newYork), "-04:00"}, {"xx", arrival.In(newYork), "-0400"},
		{"yyyy-MM-dd'T'HH:mm:ss''SSS", arrival, "2018-08-27T10:30:05'067"},
		{"'it''s' yyyy", arrival, "it's 2018"},
		{"HH", arrival.In(newYork), "06"},
	} {
		f, err := parseDateTime(tt.pattern)
		require.NoError(t, err, tt.pattern)
		assert.Equal(t, tt.want, string(f.append(nil, tt.t)), tt.pattern)
	}
}

// FuzzPrefix compiles any prefix without a panic. The result keeps the text outside the
// expressions.
func FuzzPrefix(f *testing.F) {
	f.Add("logs/!{timestamp:yyyy/MM/dd}/!{firehose:random-string}/")
	f.Add("!{timestamp:'a''b'}!{")
	f.Fuzz(func(t *testing.T, s string) {
		p, err := parsePrefix(s)
		if err != nil {
			return
		}
		got, err := p.evaluate(arrival, "x")
		if err == nil && !strings.Contains(s, "!{") {
			require.Equal(t, s, got)
		}
	})
}
