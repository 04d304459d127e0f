package main

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/vpcflow/vpcflow/examples/internal/answer"
	"github.com/vpcflow/vpcflow/flowlog"
	"github.com/vpcflow/vpcflow/flowlog/flowlogtest"
)

// inSections parses a log as the command does. It returns the counts, and whether all of
// it was parsed in sections.
func inSections(t *testing.T, src io.Reader, f *flowlog.Format) (text string, l *sectioned, all bool, err error) {
	t.Helper()
	counter := answer.NewCounter(&answer.Options{})
	s := newSections(1, 1, &answer.Options{}, func(p *parser) { counter.Merge(p.counter) })
	l = new(sectioned)
	rest := s.split(t.Context(), l, src, f)
	l.pending.Wait()
	p := newParser(&answer.Options{})
	if rest != nil {
		var first *flowlog.ParseError
		first, err = p.parse(rest.src, rest.format)
		l.done(p.reader.Stats(), first, rest.line)
	}
	s.close()
	counter.Merge(p.counter)
	a, _ := counter.Answer(answer.View{})
	var b bytes.Buffer
	require.NoError(t, a.WriteJSON(&b))
	return b.String(), l, rest == nil, err
}

// A log in sections has the same counts as one that is read from start to end.
func TestSections(t *testing.T) {
	var b bytes.Buffer
	_, err := b.ReadFrom(flowlogtest.NewReader(flowlog.V2, 30_000, 3)) // of three sections
	require.NoError(t, err)
	plain, header := b.String(), flowlog.V2.Header()+"\n"
	other := "dstport srcport protocol srcaddr dstaddr\n443 40000 6 10.0.0.1 52.1.1.1\n"
	for name, tt := range map[string]struct {
		text   string
		format *flowlog.Format
		all    bool
	}{
		"plain":                   {plain, nil, true},
		"given format":            {plain, flowlog.V2, true},
		"header":                  {header + plain, nil, true},
		"no end of line":          {strings.TrimSuffix(plain, "\n"), nil, true},
		"the header again":        {header + plain + header + plain, nil, true},
		"blank lines":             {"\n" + plain + "\r\n\n" + plain, nil, true},
		"blank line in between":   {plain + "\r\n\n" + plain, nil, true},
		"another header":          {header + plain + other, nil, false},
		"another header at first": {other + header + plain, nil, false},
		"bad line":                {plain + "2 bad\n" + plain + "3 bad\n", nil, true},
		"text":                    {plain + "some text\n" + plain, nil, false},
		"a long line":             {plain + "2 " + strings.Repeat("x", 2<<20) + "\n" + plain, nil, false},
		"text first in a line":    {"interface-id srcaddr dstaddr\neni-1 10.0.0.1 52.1.1.1\n", nil, false},
		"a header alone":          {header, nil, true},
		"nothing":                 {"", nil, false},
	} {
		t.Run(name, func(t *testing.T) {
			p := newParser(&answer.Options{})
			first, err := p.parse(strings.NewReader(tt.text), tt.format)
			require.NoError(t, err)
			a, _ := p.counter.Answer(answer.View{})
			var want bytes.Buffer
			require.NoError(t, a.WriteJSON(&want))

			got, l, all, err := inSections(t, iotest.HalfReader(strings.NewReader(tt.text)), tt.format)
			require.NoError(t, err)
			assert.Equal(t, want.String(), got)
			assert.Equal(t, p.reader.Stats(), l.stats)
			assert.Equal(t, tt.all, all)
			if first == nil {
				assert.Nil(t, l.first)
			} else {
				assert.Equal(t, first.Line, l.first.Line)
			}
		})
	}

	cause := errors.New("cause")
	_, l, _, err := inSections(t, io.MultiReader(strings.NewReader(plain), iotest.ErrReader(cause)), nil)
	assert.ErrorIs(t, err, cause)
	assert.EqualValues(t, 30_000, l.stats.Records, "what was read before is counted")
}
