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

// ErrSkipped is the error of [Log.Open] for a file that is not a log and is
// skipped. It is counted, and should not fail the command.
var ErrSkipped = errors.New("input: skipped")

func (e *skipError) Unwrap() error { return ErrSkipped }

// A Content is an open log. If Parquet is not nil, it is a Parquet file. Otherwise
// Reader is its decompressed text, with one record per line. Reads fail when the
// context of Open is done.
type Content struct {
	io.Reader             // text; nil for Parquet
	Parquet   io.ReaderAt // nil for text
	Size      int64       // of Parquet, in bytes

	close []func() error
}

// Close closes the log.
func (c *Content) Close() error {
	var errs []error
	for i := len(c.close) - 1; i >= 0; i-- {
		errs = append(errs, c.close[i]())
	}
	c.close = nil
	return errors.Join(errs...)
}

// Open opens the log and detects its kind. It returns an error that wraps
// ErrSkipped if it is not a log. Other errors have the name of the log.
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

// Unpack opens a log that is read from r, as Open does for an argument. Close of
// the Content closes r. If Unpack returns an error, it has closed r.
func Unpack(ctx context.Context, r io.ReadCloser) (*Content, error) {
	l := &Log{open: func(context.Context) (io.ReadCloser, error) { return r, nil }}
	return l.content(ctx)
}

// Error returns an error with the name of the log.
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
		// A few compressed bytes can be much text, so check the context again.
		c.Reader = &watched{ctx, text, nil}
	case isOther:
		if l.Found {
			return nil, &skipError{otherJSON}
		}
		c.Reader = &watched{ctx, text, nil} // its reader returns a better error
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

// maxSpool is the maximum size of a Parquet file that is copied to a temporary
// file because it cannot be read at offsets.
const maxSpool = 16 << 30

// parquet prepares a Parquet file to be read at offsets. It copies a stream to a
// temporary file, and removes the name of that file at once.
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
	removed := os.Remove(temp.Name()) == nil // fails on Windows while the file is open
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
		return fmt.Errorf("input: Parquet stream of more than %d GiB", maxSpool>>30)
	}
	c.Parquet = &watchedAt{ctx, temp, nil}
	return nil
}

// kind is the kind of a log, detected by its first bytes.
type kind uint8

const (
	isText kind = iota
	isParquet
	isSubscription
	isOther   // JSON of another service
	isTest    // the file with which CloudWatch Logs tests permissions
	isNothing // blank
)

// peeked is the number of bytes by which the kind of a log is detected.
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

// kindOfObject detects the kind of a JSON object by its keys.
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

// The first bytes of compressed streams.
const (
	gzipMagic  = "\x1f\x8b"
	zstdMagic  = "\x28\xb5\x2f\xfd"
	bzip2Magic = "BZh"
)

// maxLayers is the maximum number of layers of compression.
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
