package input

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/vpcflow/vpcflow/examples/internal/cli"
)

// ErrSkipped is the error of [Log.Open] for what is no log and is to be left
// out without a failure. It has been counted.
var ErrSkipped = errors.New("input: skipped")

func (e *skipError) Unwrap() error { return ErrSkipped }

// A Content is a log that is open. If Parquet is set it is read at offsets, else
// from start to end: text, decompressed, one record in a line. Reads fail when
// the context that Open was given is done.
type Content struct {
	io.Reader             // text; nil for Parquet
	Parquet   io.ReaderAt // nil for text
	Size      int64       // of Parquet, in bytes

	close []func() error
}

// Close ends the reading.
func (c *Content) Close() error {
	var errs []error
	for i := len(c.close) - 1; i >= 0; i-- {
		errs = append(errs, c.close[i]())
	}
	c.close = nil
	return errors.Join(errs...)
}

// Open opens the log and finds out what it is. The error is ErrSkipped if it is
// none. Errors name the log.
func (l *Log) Open(ctx context.Context) (*Content, error) {
	c, err := l.content(ctx)
	if err == nil {
		return c, nil
	}
	if why, ok := errors.AsType[*skipError](err); ok {
		l.source.skipped.add(why.why)
		return nil, err
	}
	return nil, l.Error(err)
}

// Unpack opens what is read from r as Open does a log that is an argument.
// Closing the Content closes r, and so does an error.
func Unpack(ctx context.Context, r io.ReadCloser) (*Content, error) {
	l := &Log{open: func(context.Context) (io.ReadCloser, error) { return r, nil }}
	return l.content(ctx)
}

// Error names the log in an error about it.
func (l *Log) Error(err error) error {
	if api := apiError(err); api != nil {
		err = api
	}
	return cli.PathError(l.Name, err)
}

func (l *Log) content(ctx context.Context) (_ *Content, err error) {
	raw, err := l.open(ctx)
	if err != nil {
		return nil, err
	}
	c := &Content{close: []func() error{raw.Close}}
	defer func() {
		if err != nil {
			_ = c.Close()
		}
	}()
	text, err := c.unpack(bufio.NewReaderSize(&watched{ctx, raw, l.OnRead}, peeked))
	if err != nil {
		return nil, err
	}
	head, err := text.Peek(peeked)
	if err != nil && err != io.EOF && len(head) == 0 {
		return nil, err
	}
	switch kind := kindOf(head); kind {
	case isParquet:
		return c, c.parquet(ctx, l, raw, text)
	case isSubscription:
		c.Reader = newDocuments(&watched{ctx, text, nil})
	case isText:
		// A few bytes can be much text.
		c.Reader = &watched{ctx, text, nil}
	case isOther:
		if l.Found {
			return nil, &skipError{otherJSON}
		}
		c.Reader = &watched{ctx, text, nil} // whoever reads it says what is wrong with it
	case isTest:
		return nil, &skipError{marker}
	case isNothing:
		if l.Found {
			return nil, &skipError{isEmpty}
		}
		c.Reader = text
	}
	return c, nil
}

// maxSpool is how many bytes of Parquet that cannot be read at offsets are
// written to a temporary file.
const maxSpool = 16 << 30

// parquet prepares a file to be read at offsets. What is no plain file is first
// written to one, which has no name any more.
func (c *Content) parquet(ctx context.Context, l *Log, raw io.ReadCloser, text *bufio.Reader) error {
	f, ok := raw.(*os.File)
	if ok && len(c.close) == 1 { // not compressed
		st, err := f.Stat()
		if err != nil {
			return err
		}
		if st.Mode().IsRegular() {
			c.Parquet, c.Size = &watchedAt{ctx, f, l.OnRead}, st.Size()
			return nil
		}
	}
	temp, err := os.CreateTemp("", "log-*.parquet")
	if err != nil {
		return err
	}
	removed := os.Remove(temp.Name()) == nil // not on Windows, while it is open
	c.close = append(c.close, func() error {
		err := temp.Close()
		if !removed {
			err = errors.Join(err, os.Remove(temp.Name()))
		}
		return err
	})
	c.Size, err = io.Copy(temp, io.LimitReader(&watched{ctx, text, nil}, maxSpool+1))
	switch {
	case err != nil:
		return err
	case c.Size > maxSpool:
		return fmt.Errorf("input: more than %d GiB of Parquet in a stream", maxSpool>>30)
	}
	c.Parquet = &watchedAt{ctx, temp, nil}
	return nil
}

// kind is what a log is, by its first bytes.
type kind uint8

const (
	isText kind = iota
	isParquet
	isSubscription
	isOther   // JSON of another service
	isTest    // what CloudWatch Logs writes to test permissions
	isNothing // blank
)

// peeked is how much of a log is looked at.
const peeked = 64 << 10

func kindOf(head []byte) kind {
	if bytes.HasPrefix(head, []byte("PAR1")) {
		return isParquet
	}
	text := bytes.TrimLeft(bytes.TrimPrefix(head, []byte("\ufeff")), " \t\r\n")
	switch {
	case len(head) == 0:
		return isNothing
	case bytes.HasPrefix(text, []byte("Permission Check Successful")):
		return isTest
	case len(text) == 0 || text[0] != '{' && text[0] != '[':
		return isText
	case text[0] == '[':
		return isOther
	}
	return kindOfObject(text)
}

// kindOfObject looks for a key that tells what kind of document a JSON object
// is.
func kindOfObject(text []byte) kind {
	d := json.NewDecoder(bytes.NewReader(text))
	if _, err := d.Token(); err != nil { // the brace
		return isText
	}
	for d.More() {
		key, err := d.Token()
		if err != nil {
			break
		}
		switch key {
		case "messageType", "owner", "logGroup", "logStream", "subscriptionFilters", "policyLevel", "logEvents":
			return isSubscription
		case "message":
			return isText
		}
		var value json.RawMessage
		if d.Decode(&value) != nil {
			break
		}
	}
	return isOther
}

// What compressed streams begin with.
const (
	gzipMagic  = "\x1f\x8b"
	zstdMagic  = "\x28\xb5\x2f\xfd"
	bzip2Magic = "BZh"
)

// maxLayers is how often a log may be compressed, one time around another.
const maxLayers = 4

// unpack decompresses a stream.
func (c *Content) unpack(src *bufio.Reader) (*bufio.Reader, error) {
	for layer := 0; ; layer++ {
		magic, err := src.Peek(4)
		if err != nil && err != io.EOF {
			return nil, err
		}
		open := decompressor(string(magic))
		switch {
		case open == nil:
			return src, nil
		case layer == maxLayers:
			return nil, fmt.Errorf("compressed more than %d times", maxLayers)
		}
		r, err := open(src)
		if err != nil {
			if err == io.EOF {
				err = io.ErrUnexpectedEOF
			}
			return nil, err
		}
		c.close = append(c.close, r.Close)
		src = bufio.NewReaderSize(r, peeked)
	}
}

func decompressor(magic string) func(*bufio.Reader) (io.ReadCloser, error) {
	switch {
	case strings.HasPrefix(magic, gzipMagic):
		return newGunzip
	case strings.HasPrefix(magic, zstdMagic):
		return newUnzstd
	case strings.HasPrefix(magic, bzip2Magic):
		return newBunzip2
	}
	return nil
}
