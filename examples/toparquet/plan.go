package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/vpcflow/vpcflow/flowlog"
)

// group is the logs of one file.
type group struct {
	format *flowlog.Format
	inputs []*input
	size   int64
}

// merge puts logs together, in order, into groups of one format and up to
// target bytes. Logs without records are left out. A stream, which can be
// read only once and has no size, is a group of its own.
func merge(inputs []*input, target int64) []*group {
	var groups, open []*group // open: the last one of each format
	for _, in := range inputs {
		if in.format == nil {
			continue
		}
		var g *group
		for i, o := range open {
			if !in.stream && o.format.Equal(in.format) {
				if o.size+in.size <= target {
					g = o
				} else {
					open = append(open[:i], open[i+1:]...)
				}
				break
			}
		}
		if g == nil {
			g = &group{format: in.format}
			groups = append(groups, g)
			if !in.stream {
				open = append(open, g)
			}
		}
		g.inputs = append(g.inputs, in)
		g.size += in.size
	}
	return groups
}

// single puts all logs into one group. They must have one format.
func single(inputs []*input) (*group, error) {
	g := &group{inputs: inputs}
	var first *input
	for _, in := range inputs {
		switch {
		case in.format == nil:
		case first == nil:
			first, g.format = in, in.format
		case !in.format.Equal(g.format):
			return nil, fmt.Errorf("%s: has other columns than %s: give -o a folder", in.path, first.path)
		}
		g.size += in.size
	}
	return g, nil
}

// isFolder reports whether a name means a folder.
func isFolder(path string) bool {
	if path == "" || os.IsPathSeparator(path[len(path)-1]) {
		return true
	}
	st, err := os.Stat(path)
	return err == nil && st.IsDir()
}

// names gives each group a file name: that of its first log, with a number if
// an earlier group has it.
func names(groups []*group) []string {
	taken := make(map[string]bool)
	all := make([]string, len(groups))
	for i, g := range groups {
		base := "stdin"
		if g.inputs[0].path != "-" {
			base = trimmed(filepath.Base(g.inputs[0].path))
		}
		name := base + ".parquet"
		for n := 2; taken[name]; n++ {
			name = fmt.Sprintf("%s-%d.parquet", base, n)
		}
		taken[name] = true
		all[i] = name
	}
	return all
}

// trimmed takes the endings of log files off a name.
func trimmed(name string) string {
	return strings.TrimSuffix(strings.TrimSuffix(name, ".gz"), ".log")
}
