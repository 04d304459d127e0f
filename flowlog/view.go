package flowlog

import "unsafe"

// view returns b as a string, which changes when b does.
func view(b []byte) string { return unsafe.String(unsafe.SliceData(b), len(b)) }
