package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"time"
)

// usage is what a process took.
type usage struct {
	time time.Duration
	rss  int64 // peak memory in KiB
}

// measuring is set in the environment of a process that only runs measure.
const measuring = "RACE_MEASURE"

// command returns a command that runs a program on some cores in a new process of this
// program that does nothing else. Linux counts the memory of a process also for one that
// it starts, and this process may hold a log.
func command(ctx context.Context, cores string, args []string) (*exec.Cmd, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	cmd := exec.CommandContext(ctx, self, append([]string{"taskset", "-c", cores}, args...)...)
	cmd.Env = append(os.Environ(), measuring+"=1")
	return cmd, nil
}

// measure runs a program and writes its usage to descriptor 3. It returns the exit status.
func measure(args []string) int {
	cmd := exec.Command(args[0], args[1:]...)
	cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
	begin := time.Now()
	err := cmd.Run()
	took := time.Since(begin)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	rss := cmd.ProcessState.SysUsage().(*syscall.Rusage).Maxrss
	if _, err := fmt.Fprint(os.NewFile(3, "usage"), int64(took), rss); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return 0
}

// run runs a command made by command and returns its usage.
func run(cmd *exec.Cmd) (u usage, err error) {
	r, w, err := os.Pipe()
	if err != nil {
		return u, err
	}
	defer r.Close()
	cmd.ExtraFiles = []*os.File{w}
	err = cmd.Run()
	w.Close()
	if err != nil {
		return u, fmt.Errorf("%s: %w", strings.Join(cmd.Args[1:], " "), err)
	}
	_, err = fmt.Fscan(r, (*int64)(&u.time), &u.rss)
	return u, err
}
