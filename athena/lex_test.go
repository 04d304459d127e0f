package athena

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// The tests read statements back with the small lexers and the parser below,
// which follow the rules of Hive's and Trino's grammars and know nothing of
// how this package writes.

// token is a token of a statement. Quoted text is given as it would be read.
type token struct {
	kind byte // 'w' word, 'n' number, 's' string, 'i' quoted identifier, 'p' punctuation
	text string
}

// lex splits a statement: DDL has backtick identifiers and backslash escapes,
// SQL has double-quoted identifiers and none. Comments are an error.
func lex(s string, ddl bool) ([]token, error) {
	var out []token
	for i := 0; i < len(s); {
		c := s[i]
		switch {
		case c == ' ' || c == '\n' || c == '\t' || c == '\r':
			i++
		case strings.HasPrefix(s[i:], "--") || strings.HasPrefix(s[i:], "/*"):
			return nil, fmt.Errorf("comment at %d", i)
		case c == '\'' || c == '"' || c == '`':
			text, n, err := unquote(s[i:], ddl)
			if err != nil {
				return nil, err
			}
			kind := byte('s')
			if c == '`' || c == '"' && !ddl {
				kind = 'i'
			}
			if c == '`' && !ddl {
				return nil, errors.New("backtick in SQL")
			}
			out = append(out, token{kind, text})
			i += n
		case 'a' <= c|0x20 && c|0x20 <= 'z' || c == '_':
			n := i
			for n < len(s) && ('a' <= s[n]|0x20 && s[n]|0x20 <= 'z' || s[n] == '_' || '0' <= s[n] && s[n] <= '9') {
				n++
			}
			out = append(out, token{'w', s[i:n]})
			i = n
		case '0' <= c && c <= '9':
			n := i
			for n < len(s) && ('0' <= s[n] && s[n] <= '9' || s[n] == 'e') {
				n++
			}
			out = append(out, token{'n', s[i:n]})
			i = n
		case strings.HasPrefix(s[i:], "||") || strings.HasPrefix(s[i:], ">=") || strings.HasPrefix(s[i:], "<=") || strings.HasPrefix(s[i:], "<>"):
			out = append(out, token{'p', s[i : i+2]})
			i += 2
		case strings.IndexByte("(),.=*<>/[]-+{}:&", c) >= 0:
			out = append(out, token{'p', s[i : i+1]})
			i++
		default:
			return nil, fmt.Errorf("unexpected %q at %d", c, i)
		}
	}
	return out, nil
}

// unquote reads the quoted text at the start of s.
func unquote(s string, ddl bool) (string, int, error) {
	var b strings.Builder
	q := s[0]
	for i := 1; i < len(s); i++ {
		switch {
		case ddl && q != '`' && s[i] == '\\':
			i++
			if i == len(s) {
				return "", 0, errors.New("escape at the end")
			}
			b.WriteByte(s[i])
		case s[i] == q && i+1 < len(s) && s[i+1] == q && !(ddl && q != '`'):
			b.WriteByte(q)
			i++
		case s[i] == q:
			return b.String(), i + 1, nil
		default:
			b.WriteByte(s[i])
		}
	}
	return "", 0, errors.New("quote without an end")
}

// shape is a statement with what is quoted left out: if it is the same, the
// quoted values changed nothing but themselves.
func shape(t testing.TB, sql string, ddl bool) string {
	t.Helper()
	tokens, err := lex(sql, ddl)
	require.NoError(t, err, sql)
	var b strings.Builder
	for _, tok := range tokens {
		if tok.kind == 's' || tok.kind == 'i' {
			b.WriteByte(tok.kind)
		} else {
			b.WriteString(tok.text)
		}
		b.WriteByte(' ')
	}
	return b.String()
}

// created is what a CREATE EXTERNAL TABLE statement says.
type created struct {
	name       []string
	columns    [][2]string
	partitions [][2]string
	delimiter  string
	serde      string
	serdeProps [][2]string
	formats    []string
	location   string
	props      [][2]string
}

func (c *created) prop(name string) (string, bool) {
	i := slices.IndexFunc(c.props, func(p [2]string) bool { return p[0] == name })
	if i < 0 {
		return "", false
	}
	return c.props[i][1], true
}

func (c *created) columnNames() []string {
	var s []string
	for _, col := range c.columns {
		s = append(s, col[0])
	}
	return s
}

// parser reads tokens; it panics with an error where they are not as expected.
type parser struct{ tokens []token }

func (p *parser) peek() token {
	if len(p.tokens) == 0 {
		return token{}
	}
	return p.tokens[0]
}

func (p *parser) take(kind byte, text string) string {
	tok := p.peek()
	if tok.kind != kind || text != "" && tok.text != text {
		panic(fmt.Errorf("want %c %q, have %c %q", kind, text, tok.kind, tok.text))
	}
	p.tokens = p.tokens[1:]
	return tok.text
}

func (p *parser) try(kind byte, text string) bool {
	if tok := p.peek(); tok.kind != kind || tok.text != text {
		return false
	}
	p.tokens = p.tokens[1:]
	return true
}

func (p *parser) words(s string) {
	for w := range strings.FieldsSeq(s) {
		p.take('w', w)
	}
}

// list reads "(a, b, ...)".
func (p *parser) list(item func()) {
	p.take('p', "(")
	for {
		item()
		if !p.try('p', ",") {
			break
		}
	}
	p.take('p', ")")
}

func (p *parser) pairs(into *[][2]string) {
	p.list(func() {
		k := p.take('s', "")
		p.take('p', "=")
		*into = append(*into, [2]string{k, p.take('s', "")})
	})
}

func (p *parser) name() []string {
	s := []string{p.take('i', "")}
	for len(s) < 3 && p.try('p', ".") {
		s = append(s, p.take('i', ""))
	}
	return s
}

// parse calls read to read a statement. Text after the statement is an error.
func parse(sql string, ddl bool, read func(p *parser)) (err error) {
	tokens, err := lex(sql, ddl)
	if err != nil {
		return err
	}
	defer func() {
		if r := recover(); r != nil {
			err = r.(error)
		}
	}()
	p := parser{tokens}
	read(&p)
	if len(p.tokens) > 0 {
		return fmt.Errorf("%d tokens after the statement", len(p.tokens))
	}
	return nil
}

// parseCreate reads a CREATE EXTERNAL TABLE statement.
func parseCreate(sql string) (c created, err error) {
	err = parse(sql, true, func(p *parser) {
		p.words("CREATE EXTERNAL TABLE IF NOT EXISTS")
		c.name = p.name()
		column := func(into *[][2]string) func() {
			return func() { *into = append(*into, [2]string{p.take('i', ""), p.take('w', "")}) }
		}
		p.list(column(&c.columns))
		if p.try('w', "PARTITIONED") {
			p.words("BY")
			p.list(column(&c.partitions))
		}
		p.words("ROW FORMAT")
		if p.try('w', "DELIMITED") {
			p.words("FIELDS TERMINATED BY")
			c.delimiter = p.take('s', "")
		} else {
			p.words("SERDE")
			c.serde = p.take('s', "")
			if p.try('w', "WITH") {
				p.words("SERDEPROPERTIES")
				p.pairs(&c.serdeProps)
			}
		}
		p.words("STORED AS")
		if !p.try('w', "TEXTFILE") {
			p.words("INPUTFORMAT")
			c.formats = append(c.formats, p.take('s', ""))
			p.words("OUTPUTFORMAT")
			c.formats = append(c.formats, p.take('s', ""))
		}
		p.words("LOCATION")
		c.location = p.take('s', "")
		if p.try('w', "TBLPROPERTIES") {
			p.pairs(&c.props)
		}
	})
	return c, err
}

// mustCreate creates a table and reads the statement back.
func mustCreate(t testing.TB, table *Table) created {
	t.Helper()
	sql, err := table.Create()
	require.NoError(t, err)
	c, err := parseCreate(sql)
	require.NoError(t, err, sql)
	return c
}

// altered is one PARTITION clause of an ALTER TABLE statement.
type altered struct {
	spec     [][2]string
	location string
}

// parseAlter reads ALTER TABLE ADD or DROP PARTITION.
func parseAlter(sql string) (parts []altered, err error) {
	tokens, err := lex(sql, true)
	if err != nil {
		return nil, err
	}
	defer func() {
		if r := recover(); r != nil {
			err = r.(error)
		}
	}()
	p := parser{tokens}
	p.words("ALTER TABLE")
	p.name()
	add := p.try('w', "ADD")
	if add {
		p.words("IF NOT EXISTS")
	} else {
		p.words("DROP IF EXISTS")
	}
	for {
		var a altered
		p.words("PARTITION")
		p.list(func() {
			k := p.take('i', "")
			p.take('p', "=")
			a.spec = append(a.spec, [2]string{k, p.take('s', "")})
		})
		if add {
			p.words("LOCATION")
			a.location = p.take('s', "")
		}
		parts = append(parts, a)
		if len(p.tokens) == 0 {
			return parts, nil
		}
		if !add {
			p.take('p', ",")
		}
	}
}

func TestLexer(t *testing.T) {
	for _, s := range []string{"SELECT 1; SELECT 2", "a -- b", "a /* b", "'a", `"a`, "`a"} {
		_, err := lex(s, false)
		assert.Error(t, err, s)
	}
	got, err := lex("`a``b` 'c\\'d' \"e\"", true)
	require.NoError(t, err)
	assert.Equal(t, []token{{'i', "a`b"}, {'s', "c'd"}, {'s', "e"}}, got)
	got, err = lex(`"a""b" 'c''d\'`, false)
	require.NoError(t, err)
	assert.Equal(t, []token{{'i', `a"b`}, {'s', `c'd\`}}, got)
}

// TestQuote checks the four quoting functions with the lexers: what goes in comes
// out, as one token.
func TestQuote(t *testing.T) {
	for _, s := range []string{"", "a", "it's", `back\slash`, `\`, `\'`, "`", "``", `"`, "; DROP TABLE x --", "a\nb", "é"} {
		for _, c := range []struct {
			name string
			ddl  bool
			kind byte
			f    func(string) string
		}{
			{"ddlIdent", true, 'i', ddlIdent}, {"ddlString", true, 's', ddlString},
			{"sqlIdent", false, 'i', sqlIdent}, {"sqlString", false, 's', sqlString},
		} {
			got, err := lex(c.f(s), c.ddl)
			require.NoError(t, err, "%s %q", c.name, s)
			assert.Equal(t, []token{{c.kind, s}}, got, c.name)
		}
	}
}
