package pack

import "errors"

// The causes of errors in files. Package parquet exports and documents them.
var (
	ErrCorrupt     = errors.New("corrupt file")
	ErrUnsupported = errors.New("unsupported file")
)
