package athena

import (
	"regexp"
	"slices"
	"strings"
)

// defaultPrefix is the prefix that Firehose adds to one without a time.
const defaultPrefix = "!{timestamp:yyyy/MM/dd/HH}/"

// maxPrefix is the longest prefix Firehose takes, in characters.
const maxPrefix = 1024

// piece is one part of a prefix: a literal, or a unit of the time.
type piece struct {
	literal string
	unit    unit // if literal is ""
}

// parsePrefix reads a prefix in Firehose's syntax into steps and columns.
// See https://docs.aws.amazon.com/firehose/latest/dev/s3-prefixes.html.
func parsePrefix(s string) ([]step, []partitionColumn, error) {
	refuse := func(rule string) ([]step, []partitionColumn, error) {
		return nil, nil, broken(ErrLayout, "prefix", s, rule)
	}
	if len(s) > maxPrefix {
		return refuse("must not be longer than 1024 characters")
	}
	pieces, rule := splitPrefix(s)
	if rule != "" {
		return refuse(rule)
	}
	if err := checkPath(ErrLayout, "prefix", s, prefixShape(pieces)); err != nil {
		return nil, nil, err
	}
	steps, cols, rule := segment(pieces)
	if rule != "" {
		return refuse(rule)
	}
	return steps, cols, nil
}

// prefixShape returns the prefix with each unit as one letter and without the
// final slash, for checkPath.
func prefixShape(pieces []piece) string {
	var b strings.Builder
	for _, p := range pieces {
		if p.literal == "" {
			b.WriteByte('t')
		}
		b.WriteString(p.literal)
	}
	return strings.TrimSuffix(b.String(), "/")
}

// splitPrefix evaluates the expressions of a prefix. A prefix without a time
// gets Firehose's default one; a random string at the end is cut off with its
// folder, because Athena reads a partition's folders to any depth.
func splitPrefix(s string) ([]piece, string) {
	var pieces []piece
	timed, random := false, false
	for rest := s; rest != ""; {
		before, after, ok := strings.Cut(rest, "!{")
		if before != "" && !random {
			pieces = append(pieces, piece{literal: before})
		}
		if !ok {
			break
		}
		expr, tail, ok := strings.Cut(after, "}")
		if !ok {
			return nil, "has an expression without an end"
		}
		rest = tail
		space, value, _ := strings.Cut(expr, ":")
		switch {
		case space == "timestamp":
			if random {
				return nil, "must not hold a random string before the time: Athena cannot compute it"
			}
			if value == "" {
				return nil, "must give !{timestamp:...} a pattern"
			}
			p, rule := splitTimestamp(value)
			if rule != "" {
				return nil, rule
			}
			timed = true
			pieces = append(pieces, p...)
		case expr == "firehose:random-string":
			if !timed {
				return nil, "must not hold a random string before the time: Athena cannot compute it"
			}
			random = true
		case strings.HasPrefix(space, "partitionKeyFrom"):
			return nil, "must not hold keys of dynamic partitioning"
		default:
			return nil, "may hold the expressions !{timestamp:...} and !{firehose:random-string} only"
		}
	}
	if !timed {
		p, _ := splitTimestamp("yyyy/MM/dd/HH")
		pieces = append(append(pieces, p...), piece{literal: "/"})
	}
	if !slices.ContainsFunc(pieces, func(p piece) bool { return p.literal == "" }) {
		return nil, "must name a part of the time, as !{timestamp:yyyy} does"
	}
	pieces = joinLiterals(pieces)
	last := &pieces[len(pieces)-1]
	end := strings.LastIndexByte(last.literal, '/')
	if end < 0 || !random && end != len(last.literal)-1 {
		return nil, "must end in a slash after the time"
	}
	last.literal = last.literal[:end+1]
	return pieces, ""
}

// splitTimestamp reads the pattern of a timestamp expression, in which quotes
// enclose literal text.
func splitTimestamp(s string) ([]piece, string) {
	var pieces []piece
	for s != "" {
		if s[0] == '\'' {
			lit, tail, ok := strings.Cut(s[1:], "'")
			if !ok {
				return nil, "has a quote without an end"
			}
			if lit == "" {
				return nil, "must not hold a quote as such"
			}
			pieces = append(pieces, piece{literal: lit})
			s = tail
			continue
		}
		run, _, _ := strings.Cut(s, "'")
		s = s[len(run):]
		p, rule := parsePattern(run)
		if rule != "" && strings.Trim(run, "/-_.") != "" {
			return nil, rule
		}
		if rule != "" {
			pieces = append(pieces, piece{literal: run})
		}
		for _, item := range p {
			pieces = append(pieces, piece(item))
		}
	}
	return pieces, ""
}

// joinLiterals joins neighbouring literals.
func joinLiterals(pieces []piece) []piece {
	var out []piece
	for _, p := range pieces {
		if n := len(out); p.literal != "" && n > 0 && out[n-1].literal != "" {
			out[n-1].literal += p.literal
			continue
		}
		out = append(out, p)
	}
	return out
}

var (
	hiveKey    = regexp.MustCompile(`(?:^|/)([^/=]*)=$`)
	columnName = regexp.MustCompile(`^[a-z][a-z0-9_]{0,63}$`)
)

// segment finds the columns: name= folders are columns of that name, the rest
// of the time is one run, named for how fine it is.
func segment(pieces []piece) ([]step, []partitionColumn, string) {
	var steps []step
	var cols []partitionColumn
	for i := 0; i < len(pieces); {
		if pieces[i].literal != "" {
			steps = append(steps, step{literal: pieces[i].literal})
			i++
			continue
		}
		key := ""
		if i > 0 {
			if m := hiveKey.FindStringSubmatch(pieces[i-1].literal); m != nil {
				if key = m[1]; !columnName.MatchString(key) {
					return nil, nil, "must name a name= folder in lower-case letters, digits and underscores, a letter first"
				}
			}
		}
		p, n := run(pieces[i:], key != "")
		i += n
		if key != "" && (i == len(pieces) || !strings.HasPrefix(pieces[i].literal, "/")) {
			return nil, nil, "must end a name= folder after the time"
		}
		steps = append(steps, step{col: len(cols), isCol: true})
		cols = append(cols, partitionColumn{name: columnFor(key, p), kind: timeColumn, pattern: p, hive: key != ""})
	}
	next := year
	for i, c := range cols {
		for _, d := range cols[:i] {
			if d.name == c.name {
				return nil, nil, "must not need two columns named " + c.name
			}
		}
		for _, item := range c.pattern {
			if item.literal == "" {
				if item.unit != next {
					return nil, nil, "must name year, month, day and hour in that order, once and without gaps, so that it sorts as time does"
				}
				next++
			}
		}
	}
	return steps, cols, ""
}

// run takes the units at the start of pieces with the separators between them,
// within one folder if asked to.
func run(pieces []piece, oneFolder bool) (pattern, int) {
	p := pattern{{unit: pieces[0].unit}}
	n := 1
	for n < len(pieces) {
		if pieces[n].literal == "" {
			p = append(p, patternItem{unit: pieces[n].unit})
			n++
			continue
		}
		lit := pieces[n].literal
		if n+1 == len(pieces) || strings.Trim(lit, "/-_.") != "" || oneFolder && strings.Contains(lit, "/") {
			break
		}
		p = append(p, patternItem{literal: lit}, patternItem{unit: pieces[n+1].unit})
		n += 2
	}
	return p, n
}

// columnFor names a column of the time.
func columnFor(key string, p pattern) string {
	if key != "" {
		return key
	}
	last, _ := p.last()
	if p.first() == year && last == hour {
		return "datehour"
	}
	return units[last].name
}
