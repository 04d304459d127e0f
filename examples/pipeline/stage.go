package main

import (
	"sync"
	"time"

	"github.com/vpcflow/vpcflow/examples/internal/cli"
)

// longStage is how long a stage takes before it is worth a line where no
// progress can be shown.
const longStage = 3 * time.Second

// stage says what the command is doing: as progress on a terminal, otherwise in
// a line for each stage that takes long. It is safe for concurrent use.
type stage struct {
	progress *cli.Progress // nil where there is no terminal
	cmd      *cli.Command

	mu    sync.Mutex
	name  string
	timer *time.Timer // prints the line
}

func newStage(cmd *cli.Command) *stage {
	return &stage{progress: cli.NewProgress(cmd.Stderr), cmd: cmd}
}

// set says how much of a stage is done; a total of 0 is not known.
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

// end is the end of the last stage.
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
