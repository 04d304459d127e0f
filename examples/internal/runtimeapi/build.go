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

// Build compiles the Go package pkg, for this machine, into dir and returns the
// path of the executable. The build tag leaves out what only the retired go1.x
// runtime needs. It uses the go command, which has to be on the PATH; the
// current directory has to be in the package's module. The result is not
// stripped of its path names, because it would then share nothing with the
// build cache of ordinary builds.
func Build(ctx context.Context, dir, pkg string) (string, error) {
	command, err := exec.LookPath("go")
	if err != nil {
		return "", errors.New("the go command is needed to build the function, and is not on the PATH")
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
	// An interrupted go command waits for the compilers it has started. What it
	// leaves behind if it is killed is in dir, too.
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
