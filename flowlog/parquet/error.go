package parquet

import (
	"errors"

	"github.com/vpcflow/vpcflow/flowlog/parquet/internal/pack"
)

// The causes of errors. Test for them with errors.Is.
var (
	// ErrOptions is the cause when an option is invalid.
	ErrOptions = errors.New("bad option")
	// ErrCorrupt is the cause when a file is not a Parquet file, is truncated,
	// or contradicts itself.
	ErrCorrupt = pack.ErrCorrupt
	// ErrUnsupported is the cause when a file is valid but has something that
	// the Reader does not support, such as nested columns, encryption, or an
	// unusual codec or type.
	ErrUnsupported = pack.ErrUnsupported
	// ErrColumn is the cause when a record or a log has a column that the file
	// being written does not have.
	ErrColumn = errors.New("no such column in the file")
	// ErrUTF8 is the cause when a record has text that is not UTF-8. Some
	// readers would refuse a file with such text.
	ErrUTF8 = errors.New("not UTF-8")
	// ErrClosed is the cause when a Writer or Reader is used after Close.
	ErrClosed = errors.New("parquet: already closed")
)
