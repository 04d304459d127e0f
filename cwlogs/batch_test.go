package cwlogs

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// The numbered cases are listed in flowlog/testdata/cases.md.

func TestEventTime(t *testing.T) {
	e := Event{Timestamp: 1432826855123}
	assert.Equal(t, time.Date(2015, 5, 28, 15, 27, 35, 123e6, time.UTC), e.Time())
	e.Timestamp = -1
	assert.Equal(t, time.Date(1969, 12, 31, 23, 59, 59, 999e6, time.UTC), e.Time())
}

func TestAppendLines(t *testing.T) {
	for name, tt := range map[string]struct {
		messages []string
		want     string
	}{
		"case 78 one newline each":         {[]string{"a", "b", "c"}, "a\nb\nc\n"},
		"case 78 none doubled":             {[]string{"a\n", "b\r\n", "c"}, "a\nb\r\nc\n"},
		"several lines in one":             {[]string{"a\nb", "c"}, "a\nb\nc\n"},
		"case 86 empty":                    {[]string{"", "a", ""}, "\na\n\n"},
		"newline alone":                    {[]string{"\n", "a"}, "\na\n"},
		"case 79 no header, custom format": {[]string{"- eni-1 10.0.1.5", "OK -"}, "- eni-1 10.0.1.5\nOK -\n"},
		"case 85 JSON":                     {[]string{`{"srcaddr":"10.0.0.1"}`}, "{\"srcaddr\":\"10.0.0.1\"}\n"},
		"none":                             {nil, ""},
	} {
		t.Run(name, func(t *testing.T) {
			b := Batch{Type: DataMessage}
			for _, m := range tt.messages {
				b.Events = append(b.Events, Event{Message: m})
			}
			got, err := b.AppendLines([]byte("before\n"))
			require.NoError(t, err)
			assert.Equal(t, "before\n"+tt.want, string(got))
		})
	}
}

// Cases 72, 74, 87: only a data message adds lines, and an unknown type is an
// error.
func TestAppendLinesOfOtherTypes(t *testing.T) {
	dst := []byte("before\n")
	got, err := controlBatch.AppendLines(dst)
	require.NoError(t, err)
	assert.Equal(t, dst, got)
	for _, unknown := range []MessageType{"", "NEW_MESSAGE", "data_message", MessageType(strings.Repeat("\n", 5000))} {
		b := Batch{Type: unknown, Events: []Event{{Message: "m"}}}
		got, err = b.AppendLines(dst)
		require.ErrorIs(t, err, ErrFormat)
		assert.Equal(t, dst, got)
		assert.Less(t, len(err.Error()), 250)
		assert.NotContains(t, err.Error(), "\n")
	}
}

func TestAppendLinesAllocs(t *testing.T) {
	buf := bytes.NewBuffer(make([]byte, 0, 4096)).AvailableBuffer()
	assert.Zero(t, testing.AllocsPerRun(100, func() {
		if _, err := dataBatch.AppendLines(buf); err != nil {
			t.Fatal(err)
		}
	}))
}
