package cli

import "os"

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
