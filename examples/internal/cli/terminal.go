package cli

import (
	"io"
	"os"
	"strconv"

	"golang.org/x/term"
)

// notTerminals are character devices that are used as output and that nobody
// looks at.
var notTerminals = []string{os.DevNull, "/dev/zero", "/dev/full"}

// IsTerminal reports whether a file is a terminal, with or without a cursor
// that can be moved.
func IsTerminal(f *os.File) bool {
	st, err := f.Stat()
	if err != nil || st.Mode()&os.ModeCharDevice == 0 {
		return false
	}
	for _, name := range notTerminals {
		if other, err := os.Stat(name); err == nil && os.SameFile(st, other) {
			return false
		}
	}
	return true
}

// Width returns how many characters a line of the terminal holds: what COLUMNS
// says, or the terminal itself. It is 0 if w is no terminal.
func Width(w io.Writer) int {
	f, ok := w.(*os.File)
	if !ok || !IsTerminal(f) {
		return 0
	}
	if n, err := strconv.Atoi(os.Getenv("COLUMNS")); err == nil && n > 0 {
		return n
	}
	n, _, err := term.GetSize(int(f.Fd()))
	if err != nil {
		return 0
	}
	return n
}
