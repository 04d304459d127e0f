package term

import "os"

// notTerminals are the character devices that people send output to and that
// nobody looks at.
var notTerminals = []string{os.DevNull, "/dev/zero", "/dev/full"}

// IsTerminal reports whether the file is a terminal, whatever it can show: a
// character device other than those that swallow or refuse what is written.
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
