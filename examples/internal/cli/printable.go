package cli

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Printable returns s with escapes, such as \x1b, in place of all that is not
// printable: control characters, those that change the direction of text,
// invalid UTF-8. Text that goes to a terminal and comes from elsewhere (file
// names, values of a log) is passed through it.
func Printable(s string) string {
	clean := true
	for _, r := range s {
		clean = clean && strconv.IsPrint(r) && r != utf8.RuneError
	}
	if clean {
		return s
	}
	var b strings.Builder
	for len(s) > 0 {
		r, n := utf8.DecodeRuneInString(s)
		switch {
		case r == utf8.RuneError && n == 1:
			fmt.Fprintf(&b, `\x%02x`, s[0])
		case strconv.IsPrint(r):
			b.WriteString(s[:n])
		default:
			q := strconv.QuoteRune(r)
			b.WriteString(q[1 : len(q)-1])
		}
		s = s[n:]
	}
	return b.String()
}

// Quote returns a file name as messages show it: in quotes if it is not
// printable, empty, or has a blank at an end.
func Quote(name string) string {
	if name == "" || strings.TrimSpace(name) != name || Printable(name) != name {
		return strconv.Quote(name)
	}
	return name
}

// PathError names a file, as the user knows it, in an error of the os package
// about it. Which call failed, and under which other name, is left out.
func PathError(path string, err error) error {
	if pe, ok := errors.AsType[*fs.PathError](err); ok {
		err = pe.Err
	} else if le, ok := errors.AsType[*os.LinkError](err); ok {
		err = le.Err
	}
	return fmt.Errorf("%s: %w", Quote(path), err)
}
