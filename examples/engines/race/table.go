package main

import (
	"fmt"
	"os"
	"strings"
)

// result is a job that was raced.
type result struct {
	job   string
	sides []*side
}

// title is the peer as the table names it, with its version.
var title = map[string]string{
	"vpcflow": "vpcflow", "duckdb": "DuckDB 2.0.1", "clickhouse": "ClickHouse 26.9 (chdb)",
	"polars": "polars 2.1.0", "pyarrow": "pyarrow 26.0.1",
}

// table is the results as Markdown: seconds, and how many times ours each peer took. The
// fastest of a row is in bold.
func (r *race) table(results []*result) string {
	if len(results) == 0 {
		return ""
	}
	var b strings.Builder
	b.WriteString("| |")
	for _, name := range append([]string{"vpcflow"}, peers...) {
		fmt.Fprintf(&b, " %s |", title[name])
	}
	b.WriteString("\n|---|" + strings.Repeat("--:|", 1+len(peers)) + "\n")
	for _, res := range results {
		ours := res.sides[0].median()
		best := ours
		for _, s := range res.sides {
			best = min(best, s.median())
		}
		row(&b, res.job, res.sides, func(s *side) string {
			text := fmt.Sprintf("%.2f s", s.median().Seconds())
			if s.median() == best && len(res.sides) > 1 {
				text = "**" + text + "**"
			}
			if s.name != "vpcflow" {
				text += fmt.Sprintf(" (%.2f)", s.median().Seconds()/ours.Seconds())
			}
			return text
		})
		if strings.HasPrefix(res.job, "gzip to Parquet") {
			row(&b, "— file", res.sides, func(s *side) string { return fmt.Sprintf("%.1f MB", float64(s.size)/1e6) })
		}
		if !strings.HasPrefix(res.job, "start") {
			row(&b, "— peak memory", res.sides, func(s *side) string { return fmt.Sprintf("%.0f MB", float64(s.rss)/1024) })
		}
	}
	return b.String()
}

func row(b *strings.Builder, name string, sides []*side, cell func(*side) string) {
	b.WriteString("| " + name + " |")
	for i := range 1 + len(peers) {
		if i < len(sides) {
			b.WriteString(" " + cell(sides[i]) + " |")
		} else {
			b.WriteString(" |") // nobody
		}
	}
	b.WriteString("\n")
}

const (
	tableBegin = "<!-- race: the command below writes this table -->\n"
	tableEnd   = "<!-- race: end -->\n"
)

// replaceTable puts the table between the markers in a Markdown file.
func replaceTable(path, table string) error {
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	head, rest, ok := strings.Cut(string(text), tableBegin)
	_, tail, ok2 := strings.Cut(rest, tableEnd)
	if !ok || !ok2 {
		return fmt.Errorf("%s has no markers for the table", path)
	}
	return os.WriteFile(path, []byte(head+tableBegin+table+tableEnd+tail), 0o644)
}
