package traffic

import (
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"strings"
)

// ReadNames reads names from CSV. Each line has an address or a prefix and its name.
// Further columns are ignored.
//
//	# our networks
//	10.0.0.0/16,production
//	10.0.3.7,"build server, old"
//	2001:db8:1::/48,production
//
// Empty lines, lines that start with "#", a byte-order mark, and spaces around values are
// ignored, but spaces after a closing quote are invalid. A first line with titles instead
// of an address is ignored too. If a prefix occurs more than once, the last name is used.
//
// The error is a *ParseError, or wraps the error of r. It wraps ErrFormat for invalid CSV,
// ErrAddr, ErrName, or ErrTooLarge if the input has more than MaxInput bytes.
func ReadNames(r io.Reader) (*Networks, error) {
	data, err := readAll(r)
	if err != nil {
		return nil, err
	}
	c := csv.NewReader(bytes.NewReader(data))
	c.FieldsPerRecord = -1
	c.TrimLeadingSpace = true
	c.ReuseRecord = true
	c.Comment = '#'
	n := new(Networks)
	for first := true; ; {
		row, err := c.Read()
		if err == io.EOF {
			return n, nil
		}
		if err != nil {
			pe := &ParseError{Err: wrap(ErrFormat, err.Error())}
			if e, ok := errors.AsType[*csv.ParseError](err); ok {
				pe.Line, pe.Err = e.Line, wrap(ErrFormat, e.Err.Error())
			}
			return nil, pe
		}
		for i := range row {
			row[i] = strings.TrimSpace(row[i])
		}
		if strings.HasPrefix(row[0], "#") || len(strings.Join(row, "")) == 0 {
			continue
		}
		isTitles := first && titles(row)
		first = false
		if isTitles {
			continue
		}
		line, _ := c.FieldPos(0)
		p, err := parsePrefix(row[0])
		if err != nil {
			return nil, &ParseError{Line: line, Value: clip(row[0]), Err: err}
		}
		if len(row) < 2 || row[1] == "" {
			return nil, &ParseError{Line: line, Value: clip(row[0]), Err: ErrName}
		}
		n.Add(p, strings.Clone(row[1]))
	}
}

// titles reports whether a row holds the titles of the columns: it has at least two
// values, none of them is an address, and the first does not start with a digit or a colon.
func titles(row []string) bool {
	if len(row) < 2 || row[0] == "" || strings.ContainsAny(row[0][:1], "0123456789:") {
		return false
	}
	for _, s := range row {
		if _, err := parsePrefix(s); err == nil {
			return false
		}
	}
	return true
}
