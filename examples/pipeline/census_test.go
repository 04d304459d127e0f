package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/vpcflow/vpcflow/flowlog"
)

func walkOf(name string, all []string) walk {
	return func(fn func([]byte, place) error) error {
		for i, line := range all {
			if err := fn([]byte(line), place{name, int64(i + 1)}); err != nil {
				return err
			}
		}
		return nil
	}
}

func censusOf(t testing.TB, w walk) *census {
	c := newCensus()
	require.NoError(t, w(func(line []byte, _ place) error { c.add(line); return nil }))
	return c
}

func TestCompare(t *testing.T) {
	var in []string
	for i := range 20_000 {
		in = append(in, fmt.Sprint("line ", i%15_000)) // 5,000 of them twice
	}
	without := func(i int) []string { return slices.Delete(slices.Clone(in), i, i+1) }
	replaced := func(i int, s string) []string { out := slices.Clone(in); out[i] = s; return out }
	for name, tt := range map[string]struct {
		out         []string
		lost, extra int64
		want        string
	}{
		"missing":        {without(14_000), 1, 0, `line 14001 of in did not come out: "line 14000"`},
		"one of two":     {without(7), 1, 0, `line 8 of in, which went in 2 times, came out 1 times: "line 7"`},
		"changed":        {replaced(14_999, "line x"), 1, 1, `line 15000 of in did not come out: "line 14999"`},
		"doubled":        {append(slices.Clone(in), "line 9000"), 0, 1, `line 9001 of in, which went in 1 times, came out 2 times: "line 9000"`},
		"foreign":        {slices.Concat(in[:5], []string{"who?"}, in[5:]), 0, 1, `line 6 of out was never sent: "who?"`},
		"swapped counts": {replaced(14_999, "line 14998"), 1, 1, `line 14999 of in, which went in 1 times, came out 2 times`},
		"all":            {nil, 20_000, 0, `line 1 of in did not come out`},
		"half":           {slices.Clone(in[:10_000]), 10_000, 0, `line 1 of in, which went in 2 times, came out 1 times: "line 0"`},
	} {
		t.Run(name, func(t *testing.T) {
			rand.Shuffle(len(tt.out), func(i, j int) {
				if name != "foreign" {
					tt.out[i], tt.out[j] = tt.out[j], tt.out[i]
				}
			})
			walkIn, walkOut := walkOf("in", in), walkOf("out", tt.out)
			a, b := censusOf(t, walkIn), censusOf(t, walkOut)
			require.False(t, a.equal(b))
			d, err := compare(a, b, walkIn, walkOut)
			require.NoError(t, err)
			assert.Equal(t, tt.lost, d.lost)
			assert.Equal(t, tt.extra, d.extra)
			assert.Contains(t, d.String(), tt.want)
		})
	}
	shuffled := slices.Clone(in)
	rand.Shuffle(len(in), func(i, j int) { shuffled[i], shuffled[j] = shuffled[j], shuffled[i] })
	assert.True(t, censusOf(t, walkOf("in", in)).equal(censusOf(t, walkOf("out", shuffled))))
}

func TestAddDoesNotAllocate(t *testing.T) {
	c := newCensus()
	line := bytes.Repeat([]byte("x"), 116)
	assert.Zero(t, testing.AllocsPerRun(100, func() { c.add(line) }))
}

// Changed objects are detected, and the error has the line.
func TestCheckObjects(t *testing.T) {
	text := sample(t, flowlog.V2, 2000)
	file := logFile(t, "the.log", text)
	all := strings.SplitAfter(strings.TrimSuffix(string(text), "\n"), "\n")
	for name, tt := range map[string]struct {
		lines []string
		lost  int64
		want  string
	}{
		"nothing":  {all, 0, ""},
		"missing":  {slices.Concat(all[:1233], all[1234:]), 1, "line 1234 of " + file + " did not come out"},
		"changed":  {slices.Concat(all[:10], []string{strings.Replace(all[10], "2 1", "3 1", 1)}, all[11:]), 1, "line 11 of " + file},
		"doubled":  {slices.Concat(all, []string{"\n", all[42]}), 0, "line 43 of " + file + ", which went in 1 times, came out 2 times"},
		"all gone": {nil, 2000, "line 1 of " + file},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			if tt.lines != nil {
				text := strings.Join(tt.lines, "")
				require.NoError(t, os.WriteFile(filepath.Join(dir, "1.gz"), zipped(t, []byte(text[:len(text)/2]), []byte(text[len(text)/2:])), 0o666))
			}
			o := &options{files: []string{file}, stage: newStage(newCommand(io.Discard, io.Discard))}
			src, err := newSource(o)
			require.NoError(t, err)
			require.NoError(t, src.inspect(context.Background(), o))
			r := &report{}
			require.NoError(t, src.lines(t.Context(), func(line string, _ place, _ *flowlog.Record) error {
				r.in.add([]byte(line))
				return nil
			}))
			s3, err := listObjects(dir)
			require.NoError(t, err)
			err = r.checkObjects(t.Context(), src, s3)
			if tt.want == "" {
				assert.NoError(t, err)
				return
			}
			assert.ErrorContains(t, err, tt.want)
			assert.Equal(t, tt.lost, r.Lost)
		})
	}
}

func BenchmarkCensus(b *testing.B) {
	line := bytes.Repeat([]byte("x"), 116)
	c := newCensus()
	b.SetBytes(116)
	for b.Loop() {
		c.add(line)
	}
}
