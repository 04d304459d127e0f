package pack

import "errors"

// The causes of errors of files. Package parquet exports them under the same names.
var (
	ErrCorrupt     = errors.New("corrupt file")
	ErrUnsupported = errors.New("unsupported file")
)
