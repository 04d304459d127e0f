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

// Printable returns s with everything that is not printable replaced by escapes
// such as \x1b: control characters, characters that change the direction of text,
// and invalid UTF-8. Use it for text from file names and logs that is written to
// a terminal.
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

// Quote returns a file name for a message. It is in quotes if it is empty, is not
// printable, or begins or ends with a space.
func Quote(name string) string {
	if name == "" || strings.TrimSpace(name) != name || Printable(name) != name {
		return strconv.Quote(name)
	}
	return name
}

// PathError returns an error of the os package with the name of the file as the
// user gave it. It omits the name of the call and other file names.
func PathError(path string, err error) error {
	if pe, ok := errors.AsType[*fs.PathError](err); ok {
		err = pe.Err
	} else if le, ok := errors.AsType[*os.LinkError](err); ok {
		err = le.Err
	}
	return fmt.Errorf("%s: %w", Quote(path), err)
}
