package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/vpcflow/vpcflow/examples/internal/cli"
	"github.com/vpcflow/vpcflow/flowlog"
)

// group is the logs that become one file.
type group struct {
	format  *flowlog.Format
	sources []*source
	size    int64 // bytes of the logs, as stored
}

// merge puts logs, in order, into groups of one format and of up to target bytes.
// It omits logs without records. A stream has no size and can be read only once,
// so it is a group of its own.
func merge(sources []*source, target int64) []*group {
	var groups, open []*group // open has the last group of each format
	for _, in := range sources {
		if in.format == nil {
			continue
		}
		var g *group
		for i, o := range open {
			if !in.Stream && o.format.Equal(in.format) {
				if o.size+in.Size <= target {
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
			if !in.Stream {
				open = append(open, g)
			}
		}
		g.sources = append(g.sources, in)
		g.size += in.Size
	}
	return groups
}

// single puts all logs into one group. They must have one format.
func single(sources []*source) (*group, error) {
	g := &group{sources: sources}
	var first *source
	for _, in := range sources {
		switch {
		case in.format == nil:
		case first == nil:
			first, g.format = in, in.format
		case !in.format.Equal(g.format):
			return nil, fmt.Errorf("%s: has other columns than %s: use -o with a folder", cli.Quote(in.Name), cli.Quote(first.Name))
		}
		g.size += in.Size
	}
	return g, nil
}

// isFolder reports whether a path is an existing folder or ends in a slash.
func isFolder(path string) bool {
	if path == "" || os.IsPathSeparator(path[len(path)-1]) {
		return true
	}
	st, err := os.Stat(path)
	return err == nil && st.IsDir()
}

// names returns a file name for each group: that of its first log, with a number
// if an earlier group has that name.
func names(groups []*group) []string {
	taken := make(map[string]bool)
	all := make([]string, len(groups))
	for i, g := range groups {
		base := "stdin"
		if name := g.sources[0].Name; name != "-" {
			base = trimmed(filepath.Base(name))
		}
		name := shortened(base, ".parquet")
		for n := 2; taken[name]; n++ {
			name = shortened(base, fmt.Sprintf("-%d.parquet", n))
		}
		taken[name] = true
		all[i] = name
	}
	return all
}

// trimmed returns a file name without the extensions of a log.
func trimmed(name string) string {
	for _, ext := range []string{".gz", ".zst", ".bz2"} {
		name = strings.TrimSuffix(name, ext)
	}
	return strings.TrimSuffix(name, ".log")
}

// maxName is the maximum length of a file name on common file systems, in bytes.
const maxName = 255

// shortened returns base+end. It truncates base if the name is too long.
func shortened(base, end string) string {
	if n := maxName - len(end); len(base) > n {
		base = strings.ToValidUTF8(base[:n], "")
	}
	return base + end
}
