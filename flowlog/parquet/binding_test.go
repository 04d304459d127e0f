package parquet

import (
	"errors"
	"io"
	"net/netip"
	"strings"
	"testing"

	"github.com/parquet-go/parquet-go"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/vpcflow/vpcflow/flowlog"
)

// oneByOne returns the records of a file read value by value, and the errors of rows.
func oneByOne(t testing.TB, data []byte, opts *ReaderOptions) (recs []flowlog.Record, errs []string) {
	r := open(t, data, opts)
	for {
		err := r.err // of a file without the field of Within
		if err == nil {
			err = r.nextBatch()
		}
		if err == io.EOF {
			return recs, errs
		}
		require.NoError(t, err)
		for _, row := range r.selected {
			var rec flowlog.Record
			err := r.finish(&rec, row, true)
			recs, errs = append(recs, rec), append(errs, errText(err))
		}
	}
}

// blockwise returns the same by All, with Read for every third record.
func blockwise(t testing.TB, data []byte, opts *ReaderOptions) (recs []flowlog.Record, errs []string) {
	r := open(t, data, opts)
	for rec, err := range r.All() {
		recs, errs = append(recs, *rec), append(errs, errText(err))
		if len(recs)%3 != 0 {
			continue
		}
		var next flowlog.Record
		if err := r.Read(&next); err != io.EOF {
			recs, errs = append(recs, next), append(errs, errText(err))
		}
	}
	return recs, errs
}

func errText(err error) string {
	if err == nil {
		return ""
	}
	if _, ok := errors.AsType[*flowlog.ParseError](err); !ok {
		return "not a ParseError: " + err.Error()
	}
	return err.Error()
}

// Records that are filled column by column are those that are set value by value, for
// every field, with and without nulls, memory for what dictionaries hold, and projection.
func TestFillAgrees(t *testing.T) {
	for name, f := range formats(t) {
		t.Run(name, func(t *testing.T) {
			data := write(t, f, &Options{RowGroupRows: 1500}, makeRecords(t, f, 5000))
			within := map[flowlog.Field][]netip.Prefix{flowlog.FieldSrcAddr: {netip.MustParsePrefix("10.0.0.0/17")}}
			for _, opts := range []*ReaderOptions{nil, {MaxMemory: 4 << 20}, {Fields: flowlog.FieldSetOf(flowlog.FieldDstPort, flowlog.FieldEnd)}, {Within: within}} {
				want, wantErrs := oneByOne(t, data, opts)
				got, errs := blockwise(t, data, opts)
				require.Len(t, got, len(want))
				if opts == nil || opts.Within == nil {
					require.Len(t, got, 5000)
				}
				for i := range want {
					require.Equal(t, want[i], got[i], i)
				}
				require.Equal(t, wantErrs, errs)
			}
		})
	}
}

// Every value of a dictionary ends up in its rows, and only there: addresses of networks that
// have none, those of IPv6, numbers that are no ports, and nulls.
func TestFillFromDictionaries(t *testing.T) {
	dict := func(n parquet.Node) parquet.Node { return parquet.Optional(parquet.Encoded(n, &parquet.RLEDictionary)) }
	addrs := []any{"0.0.0.0", "0.0.0.1", "0.255.0.3", "1.0.0.0", "255.255.255.255", "::", "2001:db8::1", "::ffff:1.2.3.4", "1.2.3", "-", "", nil}
	ports := []any{int32(0), int32(65535), int32(65536), int32(-1), int32(80), nil}
	for _, good := range []bool{false, true} {
		var rows [][]any
		for i := range 3000 {
			row := []any{addrs[i*7%len(addrs)], ports[i*5%len(ports)]}
			if good {
				row = []any{addrs[i*7%8], ports[i*5%2]}
			}
			rows = append(rows, row)
		}
		data := foreign(t, []string{"srcaddr", "srcport"}, []parquet.Node{dict(parquet.String()), dict(parquet.Int(32))}, rows)
		want, wantErrs := oneByOne(t, data, nil)
		got, errs := blockwise(t, data, nil)
		require.Equal(t, want, got)
		require.Equal(t, wantErrs, errs)
		if good {
			for i, row := range rows {
				require.Equal(t, netip.MustParseAddr(row[0].(string)), got[i].SrcAddr)
				require.EqualValues(t, row[1], got[i].SrcPort)
			}
		}
	}
}

// What the loop does to a record does not show in the next ones.
func TestAllRecordsAreNew(t *testing.T) {
	recs := makeRecords(t, flowlog.V2, 3*blockRows)
	i := 0
	for rec, err := range open(t, write(t, flowlog.V2, nil, recs), nil).All() {
		require.NoError(t, err)
		require.Equal(t, recs[i], *rec, i)
		switch i++; i % 4 {
		case 0:
			require.NoError(t, rec.Set(flowlog.FieldVPCID, "vpc-1"))
			require.NoError(t, rec.SetInt(flowlog.FieldTCPFlags, 2))
		case 1:
			rec.Extra = "x"
		case 2:
			*rec = flowlog.Record{}
		case 3:
			require.NoError(t, rec.Set(flowlog.FieldAction, "-"))
		}
	}
	assert.Equal(t, len(recs), i)
}

// A row whose unknown columns take too much memory ends the reading, for good.
func TestExtraTooLarge(t *testing.T) {
	f, err := flowlog.ParseFormat("dstport one two")
	require.ErrorIs(t, err, flowlog.ErrUnknownField)
	long := strings.Repeat("x", 1000)
	recs := make([]flowlog.Record, 3)
	for i := range recs {
		require.NoError(t, recs[i].SetInt(flowlog.FieldDstPort, int64(i)))
		recs[i].Extra = long + " " + long
	}
	r := open(t, write(t, f, nil, recs), nil)
	var rec flowlog.Record
	require.NoError(t, r.Read(&rec))
	require.Equal(t, recs[0], rec)
	r.budget = 100
	for range 2 {
		require.ErrorIs(t, r.Read(&rec), ErrUnsupported)
		assert.Equal(t, flowlog.Record{}, rec)
	}
}
