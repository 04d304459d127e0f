package cli

import (
	"os"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestIsTerminal(t *testing.T) {
	for name, want := range map[string]bool{os.DevNull: false, "/dev/zero": false, "/dev/full": false, "terminal_test.go": false, "/dev/ptmx": true} {
		t.Run(name, func(t *testing.T) {
			f, err := os.OpenFile(name, os.O_RDWR, 0)
			if os.IsNotExist(err) {
				t.Skip("this system has none")
			}
			require.NoError(t, err)
			defer f.Close()
			for _, kind := range []string{"xterm", "dumb"} { // also a terminal that cannot move the cursor
				t.Setenv("TERM", kind)
				assert.Equal(t, want, IsTerminal(f), kind)
				assert.Equal(t, want && kind != "dumb", NewProgress(f) != nil, kind)
				t.Setenv("COLUMNS", "72")
				assert.Equal(t, want, Width(f) == 72)
				t.Setenv("COLUMNS", "")
				assert.Zero(t, Width(f), "nobody has set a size")
			}
		})
	}
}
