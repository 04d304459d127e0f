package main

import (
	"bytes"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/vpcflow/vpcflow/flowlog"
)

// Parquet files of other tools are read, with any other columns.
func TestForeignFiles(t *testing.T) {
	for file, warning := range map[string]string{
		"timestamp-us.parquet": "",
		"extra-space.parquet":  "",
		"extra-struct.parquet": "",
		"decimal.parquet":      `bytes and packets of a file are not counted: parquet: unsupported file: column "bytes" is a decimal number`,
	} {
		t.Run(file, func(t *testing.T) {
			code, stdout, stderr := command(t, t.Context(), nil, "-json", filepath.Join("..", "..", "flowlog", "parquet", "testdata", file))
			require.Zero(t, code, stderr)
			assert.Contains(t, stderr, warning)
			a := decode(t, stdout)
			assert.Equal(t, []string{"443/TCP 1"}, opened(a))
			assert.Equal(t, "2023-11-14T22:13:20Z", a.First.UTC().Format("2006-01-02T15:04:05Z07:00"))
		})
	}
	for _, file := range []string{"double.log.gz", "padded.log.gz"} {
		a := ask(t, nil, filepath.Join("..", "..", "flowlog", "testdata", file))
		assert.EqualValues(t, 2, a.Records, file)
	}
}

// A Parquet file without a column of flow logs, or without a valid row, is an error, as
// such a text is.
func TestNoFlowLog(t *testing.T) {
	file := func(format, text string) []byte {
		f, err := flowlog.ParseFormat(format)
		require.ErrorIs(t, err, flowlog.ErrUnknownField)
		return parquetOf(t, f, []byte(text))
	}
	other := file("when what", "1 2\n")
	bad := bytes.ReplaceAll(file("srcaddx srcport", "nowhere 443\n"), []byte("srcaddx"), []byte("srcaddr"))
	bad = bytes.ReplaceAll(bad, []byte("vpcflow.records"), []byte("another.records"))
	for _, ask := range []string{"-json", "-source-ports"} {
		for want, file := range map[string][]byte{"not a flow log: no column of a flow log": other, `not a flow log: flowlog: line 1, srcaddr, "nowhere"`: bad} {
			code, stdout, stderr := command(t, t.Context(), file, ask)
			assert.Equal(t, 1, code)
			assert.Contains(t, stderr, want)
			assert.Empty(t, stdout)
		}
	}
}
