package flowlog

import (
	"bytes"
	"context"
	"io"
	"os"
	"strings"

	"github.com/vpcflow/vpcflow/flowlog/internal/ahead"
)

// aheadBlocks is how many blocks are decompressed ahead, 1 MiB of text.
const aheadBlocks = 8

// readAhead decompresses a log in a goroutine while a loop of Reader.All runs. Most logs
// that fit into one block are not worth a goroutine, so it begins with the second.
type readAhead struct {
	reader *ahead.Reader // nil before the first use
	opened bool          // reader reads the current log
	useful bool          // reader may read the current log
	loop   bool          // a loop runs
}

// start is called when a loop begins.
func (a *readAhead) start() {
	a.loop = true
	if a.opened {
		a.reader.Start()
	}
}

// stop is called when a loop ends. No goroutine is left.
func (a *readAhead) stop() {
	a.loop = false
	if a.opened {
		a.reader.Stop()
	}
}

// open makes the goroutine read text, and returns the reader that replaces text.
func (a *readAhead) open(text io.Reader) io.Reader {
	if a.reader == nil {
		a.reader = ahead.New(context.Background(), text, aheadBlocks)
	} else {
		a.reader.Reset(text)
	}
	a.opened, a.useful = true, false
	a.reader.Start()
	return a.reader
}

// close drops the log and keeps the blocks.
func (a *readAhead) close() {
	if a.reader != nil {
		a.reader.Reset(nil)
	}
	*a = readAhead{reader: a.reader}
}

// isQuick reports whether a Read of src waits for nothing but a disk.
func isQuick(src io.Reader) bool {
	switch src := src.(type) {
	case *bytes.Reader, *strings.Reader:
		return true
	case *os.File:
		info, err := src.Stat()
		return err == nil && info.Mode().IsRegular()
	}
	return false
}
