package page

import (
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/vpcflow/vpcflow/examples/internal/answer"
	"github.com/vpcflow/vpcflow/examples/internal/cli"
)

// sparkWidth and sparkHeight are the size of a sparkline, in units of its SVG.
const sparkWidth, sparkHeight = 96, 20

// minSpark is the minimum number of points of a sparkline.
const minSpark = 4

// spark returns the points of a line through the counts of a row over time, and its
// description.
func (v *view) spark(r *answer.Row, buckets *buckets) (points, says string) {
	if buckets.n < minSpark || len(r.Hours) != len(v.a.Hours) {
		return "", ""
	}
	values := make([]int64, buckets.n)
	for i, n := range r.Hours {
		values[buckets.index(v.a.Hours[i].Start)] += n
	}
	peak := 0
	for i, n := range values {
		if n > values[peak] {
			peak = i
		}
	}
	var b strings.Builder
	for i, n := range values {
		if i > 0 {
			b.WriteByte(' ')
		}
		x := float64(sparkWidth) * float64(i) / float64(len(values)-1)
		y := 1 + float64(sparkHeight-2)*(1-float64(n)/float64(max(values[peak], 1)))
		b.WriteString(strconv.FormatFloat(x, 'f', 0, 64) + "," + strconv.FormatFloat(y, 'f', 1, 64))
	}
	return b.String(), "highest " + cli.Count(values[peak]) + " at " + moment(buckets.at(peak))
}

func label(r *answer.Row) string {
	s := r.Service().String()
	if r.Name != "" {
		s += " (" + text(r.Name) + ")"
	}
	if r.By != "" {
		s += " of " + text(r.By)
	}
	return s
}

// member returns the name of an address or machine, or else its id.
func member(m answer.Member) string {
	if m.Name != "" {
		return text(m.Name)
	}
	return text(m.ID)
}

// evidence describes the evidence for the client.
func evidence(r *answer.Row) string {
	var parts []string
	for e := range strings.SplitSeq(r.Evidence, ", ") {
		switch e {
		case "tcp-flags":
			parts = append(parts, "by TCP flags")
		case "port-numbers":
			parts = append(parts, "by port numbers")
		}
	}
	if r.Middle > 0 {
		parts = append(parts, cli.Count(r.Middle)+" at a gateway")
	}
	return strings.Join(parts, ", ")
}

func atLeast(n int, more bool) cell {
	c := number(int64(n))
	if more {
		c.Text = "≥ " + c.Text
	}
	return c
}

// share returns part of whole in percent. It is at least 1 if part is not zero.
func share(part, whole int64) int {
	if part <= 0 {
		return 0
	}
	return max(1, int(float64(part)/float64(whole)*100))
}

func percent(part, whole int64) string {
	p := 100 * float64(part) / float64(whole)
	if p < 1 {
		return "less than 1%"
	}
	return strconv.FormatFloat(p, 'f', 0, 64) + "%"
}

func number(n int64) cell {
	return cell{Text: cli.Count(n), Value: n}
}

func size(n int64) cell {
	return cell{Text: answer.Bytes(n), Value: n, Title: cli.Counted(n, "byte")}
}

// compact returns a number in few characters, such as "12k".
func compact(n int64) string {
	f, unit := float64(n), ""
	for _, next := range []string{"k", "M", "G"} {
		if f < 9999.5 {
			break
		}
		f, unit = f/1000, next
	}
	return strconv.FormatFloat(f, 'f', 0, 64) + unit
}

func when(t time.Time) cell {
	if t.IsZero() {
		return cell{Text: "–"}
	}
	return cell{Text: t.UTC().Format("2 Jan 15:04"), Value: t.Unix(), Title: t.UTC().Format(time.RFC3339)}
}

func moment(t time.Time) string { return t.UTC().Format("2006-01-02 15:04") }

func date(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format("2 Jan 2006")
}

// period returns a length of time for use after "per", such as "hour" or "2 hours".
func period(d time.Duration) string {
	n, unit := int64(d/time.Second), "second"
	for _, u := range []struct {
		d    time.Duration
		name string
	}{{24 * time.Hour, "day"}, {time.Hour, "hour"}, {time.Minute, "minute"}} {
		if d%u.d == 0 {
			n, unit = int64(d/u.d), u.name
			break
		}
	}
	if n == 1 {
		return unit
	}
	return cli.Counted(n, unit)
}

// sortKey returns the key by which rows are sorted: by group, then port, then
// protocol.
func sortKey(r *answer.Row) string {
	return fmt.Sprintf("%s%05d/%v", text(r.By), r.Port, r.Protocol)
}

// text returns a value of a log, escaped and truncated.
func text(s string) string {
	if len(s) > 8*maxText {
		s = s[:8*maxText]
	}
	s = cli.Printable(s)
	if utf8.RuneCountInString(s) > maxText {
		s = string([]rune(s)[:maxText-1]) + "…"
	}
	return s
}

// sentence returns text of the command, which may be longer than values of a log.
func sentence(s string) string {
	return cli.Printable(s[:min(len(s), maxSentence)])
}

// lines returns text of several lines, with each line escaped.
func lines(s string) string {
	if len(s) > maxSQL {
		return s // not shown
	}
	all := strings.Split(s, "\n")
	for i, l := range all {
		all[i] = cli.Printable(l)
	}
	return strings.Join(all, "\n")
}

// few returns the first n values, and a text with the number of the others.
func few(all []string, n int) []string {
	var out []string
	for i, s := range all {
		if i == n {
			return append(out, "and "+cli.Count(int64(len(all)-n))+" more")
		}
		out = append(out, text(s))
	}
	return out
}
