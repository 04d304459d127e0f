package engines

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// pythonCommand returns the command that runs one of the scripts in the folder
// python with the installed interpreter.
func pythonCommand(t testing.TB, script string, args ...string) *exec.Cmd {
	t.Helper()
	python := filepath.Join(need(t, "python"), "bin", "python")
	path, err := filepath.Abs(filepath.Join("python", script))
	require.NoError(t, err)
	cmd := exec.Command(python, append([]string{"-u", path}, args...)...)
	// Two cores are what these tests are made for.
	cmd.Env = append(os.Environ(), "POLARS_MAX_THREADS=2", "OMP_NUM_THREADS=2", "PYTHONDONTWRITEBYTECODE=1")
	return cmd
}
