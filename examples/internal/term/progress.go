package term

import (
	"fmt"
	"io"
	"os"
	"strings"
	"sync"
	"time"
)

// A Progress shows how far something has come, on one line that it writes over
// and over. A nil Progress shows nothing. It is safe for concurrent use.
type Progress struct {
	w  io.Writer
	mu sync.Mutex

	stage    string
	last     time.Time
	complete bool // what is shown of the stage
	shown    bool
}

const (
	barWidth = 30
	interval = 100 * time.Millisecond
)

// NewProgress returns a Progress on the file, nil if that is not a terminal or
// one that cannot write a line over.
func NewProgress(f *os.File) *Progress {
	if !IsTerminal(f) || os.Getenv("TERM") == "dumb" {
		return nil
	}
	return &Progress{w: f}
}

// Set shows that done of total is done of a stage. A total of 0 is not known.
// It writes when a stage begins, once when all of it is done, and otherwise no
// more often than every 100 milliseconds, however often it is called.
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
	if total <= 0 {
		fmt.Fprintf(p.w, "\r\x1b[K%s %s", stage, Count(done))
		return
	}
	done = min(done, total)
	full := int(barWidth * done / total)
	fmt.Fprintf(p.w, "\r\x1b[K[%s%s] %3d%% %s", strings.Repeat("=", full), strings.Repeat(" ", barWidth-full), 100*done/total, stage)
}

// Clear takes the line away, so that something else can be written.
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
