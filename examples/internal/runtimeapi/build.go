package runtimeapi

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"time"
)

// Build compiles the Go package pkg for this machine into dir and returns the
// path of the executable. The go command must be on the PATH, and the current
// directory in the module of the package. The build tag omits code for the
// retired go1.x runtime. The flag -trimpath is not set, so that the build shares
// its cache with ordinary builds.
func Build(ctx context.Context, dir, pkg string) (string, error) {
	command, err := exec.LookPath("go")
	if err != nil {
		return "", errors.New("the go command is needed to build the function, but is not on the PATH")
	}
	dir, err = filepath.Abs(dir)
	if err != nil {
		return "", err
	}
	path := filepath.Join(dir, "bootstrap")
	if runtime.GOOS == "windows" {
		path += ".exe"
	}
	cmd := exec.CommandContext(ctx, command, "build", "-tags", "lambda.norpc", "-ldflags", "-s -w", "-o", path, pkg)
	// An interrupted go command waits for its compilers. If it is killed, its
	// temporary files are left in dir.
	cmd.Env = append(os.Environ(), "GOTMPDIR="+dir)
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	cmd.WaitDelay = 10 * time.Second
	out, err := cmd.CombinedOutput()
	switch {
	case ctx.Err() != nil:
		return "", ctx.Err()
	case err != nil:
		return "", fmt.Errorf("go build %s: %w: %s", pkg, err, bytes.Join(bytes.Fields(out), []byte{' '}))
	}
	return path, nil
}
