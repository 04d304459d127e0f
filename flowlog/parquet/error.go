package parquet

import (
	"errors"

	"github.com/vpcflow/vpcflow/flowlog/parquet/internal/pack"
)

// The causes of errors. Test for them with errors.Is.
var (
	// ErrOptions is the cause when an option cannot be meant.
	ErrOptions = errors.New("bad option")
	// ErrCorrupt is the cause when a file is no Parquet file, is cut short, or
	// contradicts itself.
	ErrCorrupt = pack.ErrCorrupt
	// ErrUnsupported is the cause when a file is sound but holds what a flow
	// log cannot: nested columns, encryption, a codec or a type out of use.
	ErrUnsupported = pack.ErrUnsupported
	// ErrColumn is the cause when a record or a log has a column that the file
	// to be written does not have.
	ErrColumn = errors.New("no such column in the file")
	// ErrUTF8 is the cause when a record has text that is not UTF-8: there are
	// readers that would refuse the whole file for it.
	ErrUTF8 = errors.New("not UTF-8")
	// ErrClosed is the cause when a Writer or Reader is used after Close.
	ErrClosed = errors.New("parquet: already closed")
)
