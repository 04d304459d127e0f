package runtimeapi

import (
	"os/exec"
	"syscall"
)

// endWithParent has the process of a command killed when this one ends, however
// it ends.
func endWithParent(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
}
