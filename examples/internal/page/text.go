package page

import (
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/vpcflow/vpcflow/examples/internal/cli"
)

// sparkWidth and sparkHeight are the sizes of a sparkline, in its own units.
const sparkWidth, sparkHeight = 96, 20

// spark returns the points of a line through the values, and what it says.
func spark(values []int64, times []Bucket) (points, says string) {
	if len(values) < 2 {
		return "", ""
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
	says = "highest " + cli.Count(values[peak])
	if peak < len(times) {
		says += " at " + moment(times[peak].Start)
	}
	return b.String(), says
}

// counted is what bars are drawn of.
func counted(connections, records int64) int64 {
	if connections >= 0 {
		return connections
	}
	return records
}

// share is part of whole in percent, 1 at least for what is not zero.
func share(part, whole int64) int {
	if part <= 0 {
		return 0
	}
	return max(1, int(float64(part)/float64(whole)*100))
}

func percent(part, whole int64) string {
	p := 100 * float64(part) / float64(whole)
	if p < 1 {
		return "less than 1 %"
	}
	return strconv.FormatFloat(p, 'f', 0, 64) + " %"
}

func number(n int64) cell {
	if n < 0 {
		return cell{Text: "–", Value: -1}
	}
	return cell{Text: cli.Count(n), Value: n}
}

func size(n int64) cell {
	return cell{Text: bytesText(n), Value: n, Title: cli.Counted(n, "byte")}
}

func bytesText(n int64) string {
	f, unit := float64(n), "B"
	for _, next := range []string{"kB", "MB", "GB", "TB", "PB", "EB"} {
		if f < 1000 {
			break
		}
		f, unit = f/1000, next
	}
	if unit == "B" || f >= 100 {
		return strconv.FormatFloat(f, 'f', 0, 64) + " " + unit
	}
	return strconv.FormatFloat(f, 'f', 1, 64) + " " + unit
}

// compact is a number of few characters.
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

// period is a length of time after "per".
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

// sortKey lets ports sort as numbers and all else as text after them.
func sortKey(service string) string {
	port, rest, ok := strings.Cut(service, "/")
	if n, err := strconv.ParseUint(port, 10, 16); ok && err == nil {
		return fmt.Sprintf("%05d/%s", n, text(rest))
	}
	return text(service)
}

// text makes a value from a log fit to be shown: printable, and not long.
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

// sentence is text of the command itself, which may be longer.
func sentence(s string) string {
	return cli.Printable(s[:min(len(s), maxSentence)])
}

func sentences(all []string, n int) []string {
	out := make([]string, 0, n)
	for _, s := range all[:min(n, len(all))] {
		out = append(out, sentence(s))
	}
	return out
}

// lines is text of several lines.
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

// texts returns up to n values, and how many more there are.
func texts(all []string, n int) []string {
	var out []string
	for i, s := range all {
		if i == n {
			return append(out, "and "+cli.Count(int64(len(all)-n))+" more")
		}
		out = append(out, text(s))
	}
	return out
}

func or(s, standard string) string {
	if s == "" {
		return standard
	}
	return s
}
