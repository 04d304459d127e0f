package runtimeapi

import (
	"os/exec"
	"syscall"
)

// endWithParent makes the kernel kill the process of a command when this process
// ends.
func endWithParent(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
}
