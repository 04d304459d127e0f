package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/vpcflow/vpcflow/flowlog/flowlogtest"
)

// BenchmarkFiles compares a folder of logs of 1 MB with one log that has the same lines. It
// takes the best of the rounds of each, because on a busy machine other work slows the rest.
func BenchmarkFiles(b *testing.B) {
	const files, size = 100, 1 << 20
	for _, kind := range []string{"text", "gzip"} {
		b.Run(kind, func(b *testing.B) {
			lines := flowlogtest.NewReader(nil, files*size/50, 1) // more than enough
			var whole bytes.Buffer
			form := func(text []byte) []byte {
				if kind == "gzip" {
					return zipped(b, text)
				}
				return text
			}
			dir := b.TempDir()
			for i := range files {
				start := whole.Len()
				_, err := io.CopyN(&whole, lines, size)
				require.NoError(b, err)
				_, err = fmt.Fprintln(&whole) // a line is cut in two: one bad line in each file
				require.NoError(b, err)
				write(b, filepath.Join(dir, "many", fmt.Sprint(i)), form(whole.Bytes()[start:]))
			}
			paths := []string{write(b, filepath.Join(dir, "one"), form(whole.Bytes())), filepath.Join(dir, "many")}
			size := int64(whole.Len())
			whole = bytes.Buffer{}
			best := make([]time.Duration, len(paths))
			for b.Loop() {
				answers := make([]string, len(paths))
				for i, path := range paths {
					var out, errs bytes.Buffer
					start := time.Now()
					code := run(context.Background(), []string{"-json", path}, nil, &out, &errs)
					if took := time.Since(start); best[i] == 0 || took < best[i] {
						best[i] = took
					}
					require.Zero(b, code, errs.String())
					a := decode(b, out.String())
					answers[i] = fmt.Sprint(a.Records, a.Bad, a.Ports)
				}
				require.Equal(b, answers[0], answers[1])
			}
			b.ReportMetric(0, "ns/op")
			b.ReportMetric(float64(size)*1e3/float64(best[0]), "MB/s")
			b.ReportMetric(float64(best[1])/float64(best[0]), "many/one")
		})
	}
}
