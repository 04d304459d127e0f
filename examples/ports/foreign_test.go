package main

import (
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
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
