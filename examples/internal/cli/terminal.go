package cli

import (
	"io"
	"os"
	"strconv"

	"golang.org/x/term"
)

// notTerminals are character devices that are not terminals.
var notTerminals = []string{os.DevNull, "/dev/zero", "/dev/full"}

// IsTerminal reports whether a file is a terminal, including terminals that
// cannot move the cursor.
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

// Width returns the width of the terminal w in characters. The variable COLUMNS
// overrides it. It is 0 if w is not a terminal or its width is unknown.
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
