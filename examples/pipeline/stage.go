package main

import (
	"sync"
	"time"

	"github.com/vpcflow/vpcflow/examples/internal/cli"
)

// longStage is the duration of a stage after which a line is printed, if progress
// cannot be shown.
const longStage = 3 * time.Second

// stage shows the current stage of the command: as progress on a terminal, and
// otherwise as a line for each long stage. It is safe for concurrent use.
type stage struct {
	progress *cli.Progress // nil without a terminal
	cmd      *cli.Command

	mu    sync.Mutex
	name  string
	timer *time.Timer // prints the line
}

func newStage(cmd *cli.Command) *stage {
	return &stage{progress: cli.NewProgress(cmd.Stderr), cmd: cmd}
}

// set shows the progress of a stage. A total of 0 means that it is unknown.
func (s *stage) set(name string, done, total int64) {
	if s.progress != nil {
		s.progress.Set(name, done, total)
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if name == s.name {
		return
	}
	s.stop()
	s.name = name
	s.timer = time.AfterFunc(longStage, func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		if s.name == name {
			s.cmd.Print(name + " ...")
		}
	})
}

// end ends the last stage.
func (s *stage) end() {
	s.progress.Clear()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.stop()
	s.name = ""
}

func (s *stage) stop() {
	if s.timer != nil {
		s.timer.Stop()
	}
}
