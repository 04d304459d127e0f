package cli

import (
	"fmt"
	"io"
	"os"
	"strings"
	"sync"
	"time"
)

// A Progress shows the progress of a command on one line of a terminal. A nil
// Progress shows nothing. It is safe for concurrent use.
type Progress struct {
	w  io.Writer
	mu sync.Mutex

	stage    string    // the stage of the last call of Set
	last     time.Time // when the line was last written
	complete bool      // the line shows 100%
	shown    bool      // the line is not empty
}

const (
	barWidth = 30
	interval = 100 * time.Millisecond
)

// NewProgress returns a Progress that writes to w. It returns nil if w is not a
// terminal, or is a terminal that cannot rewrite a line.
func NewProgress(w io.Writer) *Progress {
	f, ok := w.(*os.File)
	if !ok || !IsTerminal(f) || os.Getenv("TERM") == "dumb" {
		return nil
	}
	return &Progress{w: f}
}

// Set shows the progress of a stage. A total of 0 means that it is unknown. Set
// writes when a stage begins and when it is complete, and otherwise at most every
// 100 milliseconds.
func (p *Progress) Set(stage string, done, total int64) {
	if p == nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	complete := total > 0 && done >= total
	if stage == p.stage && time.Since(p.last) < interval && (p.complete || !complete) {
		return
	}
	p.stage, p.last, p.complete, p.shown = stage, time.Now(), complete, true
	stage = Printable(stage)
	if total <= 0 {
		fmt.Fprintf(p.w, "\r\x1b[K%s", stage)
		if done > 0 {
			fmt.Fprint(p.w, " "+Count(done))
		}
		return
	}
	done = min(done, total)
	full := int(barWidth * done / total)
	fmt.Fprintf(p.w, "\r\x1b[K[%s%s] %3d%% %s", strings.Repeat("=", full), strings.Repeat(" ", barWidth-full), 100*done/total, stage)
}

// Clear erases the line, so that other output can be written.
func (p *Progress) Clear() {
	if p == nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.shown {
		fmt.Fprint(p.w, "\r\x1b[K")
		p.shown, p.complete, p.stage = false, false, ""
	}
}
