package input

import (
	"encoding/json"
	"fmt"
	"io"

	"github.com/vpcflow/vpcflow/cwlogs"
)

// documents is a reader of the messages of subscription documents, one per line.
// It holds one document in memory at a time.
type documents struct {
	src   *limited
	json  *json.Decoder
	dec   cwlogs.Decoder
	lines []byte // lines that Read has not returned
	err   error
}

func newDocuments(r io.Reader) *documents {
	d := &documents{src: &limited{r: r}}
	d.json = json.NewDecoder(d.src)
	return d
}

func (d *documents) Read(p []byte) (int, error) {
	for len(d.lines) == 0 {
		if d.err != nil {
			return 0, d.err
		}
		d.lines = d.lines[:0]
		d.err = d.document()
	}
	n := copy(p, d.lines)
	d.lines = d.lines[n:]
	return n, nil
}

// document reads the next document.
func (d *documents) document() error {
	d.src.left = cwlogs.DefaultMaxBytes
	var raw json.RawMessage
	if err := d.json.Decode(&raw); err != nil {
		return err
	}
	for batch, err := range d.dec.Decode(raw) {
		if err != nil {
			return err
		}
		if batch.Type != cwlogs.DataMessage {
			continue
		}
		if d.lines, err = batch.AppendLines(d.lines); err != nil {
			return err
		}
	}
	return nil
}

// limited limits the bytes that a JSON decoder reads for a document.
type limited struct {
	r    io.Reader
	left int // bytes
}

func (l *limited) Read(p []byte) (int, error) {
	if l.left <= 0 {
		return 0, fmt.Errorf("input: subscription document: %w", cwlogs.ErrTooLarge)
	}
	n, err := l.r.Read(p[:min(len(p), l.left)])
	l.left -= n
	return n, err
}
