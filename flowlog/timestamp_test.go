package flowlog

import (
	"encoding/json"
	"math"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestTimestamp(t *testing.T) {
	for _, tt := range []struct {
		ts   Timestamp
		want time.Time
	}{
		{0, time.Unix(0, 0)},
		{1, time.Unix(1, 0)},
		{1_418_530_010, time.Date(2014, 12, 14, 4, 6, 50, 0, time.UTC)},
		{1_512_564_058_000, time.Date(2017, 12, 6, 12, 40, 58, 0, time.UTC)}, // milliseconds
		{1_512_564_058_123, time.Date(2017, 12, 6, 12, 40, 58, 123_000_000, time.UTC)},
		{milliseconds - 1, time.Date(5138, 11, 16, 9, 46, 39, 0, time.UTC)},
		{milliseconds, time.Date(1973, 3, 3, 9, 46, 40, 0, time.UTC)},
		{-1, time.Unix(-1, 0)},
		{math.MaxInt64, time.UnixMilli(math.MaxInt64)},
		{math.MinInt64, time.Unix(math.MinInt64, 0)},
	} {
		s := strconv.FormatInt(int64(tt.ts), 10)
		t.Run(s, func(t *testing.T) {
			assert.True(t, tt.want.Equal(tt.ts.Time()), tt.ts.Time())
			assert.Equal(t, time.UTC, tt.ts.Time().Location())
			assert.Equal(t, s, tt.ts.String())
			text, err := tt.ts.MarshalText()
			require.NoError(t, err)
			assert.Equal(t, s, string(text))
			text, err = tt.ts.AppendText([]byte("x"))
			require.NoError(t, err)
			assert.Equal(t, "x"+s, string(text))
			var got Timestamp
			require.NoError(t, got.UnmarshalText([]byte(s)))
			assert.Equal(t, tt.ts, got)
			data, err := json.Marshal(tt.ts)
			require.NoError(t, err)
			assert.Equal(t, s, string(data))
			for _, j := range []string{s, strconv.Quote(s)} {
				got = 0
				require.NoError(t, json.Unmarshal([]byte(j), &got))
				assert.Equal(t, tt.ts, got)
			}
		})
	}
}

func TestTimestampErrors(t *testing.T) {
	for s, cause := range map[string]error{
		"": strconv.ErrSyntax, "-": strconv.ErrSyntax, "now": strconv.ErrSyntax, "+1": strconv.ErrSyntax, "1e9": strconv.ErrSyntax,
		"2025-02-25T12:25:04Z": strconv.ErrSyntax, "9223372036854775808": strconv.ErrRange,
	} {
		t.Run(s, func(t *testing.T) {
			ts := Timestamp(5)
			err := ts.UnmarshalText([]byte(s))
			assert.ErrorIs(t, err, cause)
			assert.Equal(t, Timestamp(5), ts)
		})
	}
}
