package flowlog

import "unsafe"

// view returns b as a string without a copy. The string changes whenever b does.
func view(b []byte) string { return unsafe.String(unsafe.SliceData(b), len(b)) }
