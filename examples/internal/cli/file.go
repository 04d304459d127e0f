package cli

import (
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
)

// CreateTemp creates a hidden file in the folder of path, to be renamed to path
// when it is complete. Its name is short even if that of path is long.
func CreateTemp(path string) (*os.File, error) {
	name := filepath.Join(filepath.Dir(path), fmt.Sprintf(".tmp-%016x", rand.Uint64()))
	return os.OpenFile(name, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o666)
}

// WriteFile writes a file, or Stdout if the path is "-". The file appears under
// its name when it is complete, and replaces an existing one.
func (c *Command) WriteFile(path string, write func(io.Writer) error) error {
	if path == "-" {
		return write(c.Stdout)
	}
	if st, err := os.Stat(path); err == nil && !st.Mode().IsRegular() {
		return writeDevice(path, write)
	}
	f, err := CreateTemp(path)
	if err != nil {
		return PathError(path, err)
	}
	err = write(f)
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		_ = os.Remove(f.Name())
		return PathError(path, err)
	}
	return nil
}

// writeDevice writes to an existing file that is not regular, such as a pipe.
func writeDevice(path string, write func(io.Writer) error) error {
	f, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		return PathError(path, err)
	}
	err = write(f)
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	if err != nil {
		return PathError(path, err)
	}
	return nil
}
