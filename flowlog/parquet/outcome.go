package parquet

import "runtime"

// outcome is how a function ended that ran in a goroutine of its own. The zero
// outcome is a normal return. It carries a panic or a runtime.Goexit of the
// caller's io.Reader or io.Writer back to the caller's goroutine.
type outcome struct {
	panicked any  // the value f panicked with, nil if it did not
	exited   bool // f called runtime.Goexit
}

// record runs f and stores how it ended. It recovers a panic of f. Nothing stops
// a runtime.Goexit: after it, only deferred functions see the outcome.
func (o *outcome) record(f func()) {
	returned := false
	defer func() {
		if !returned {
			o.panicked = recover()
			o.exited = o.panicked == nil
		}
	}()
	f()
	returned = true
}

// failed reports whether f did not return.
func (o outcome) failed() bool { return o.panicked != nil || o.exited }

// repeat panics or calls runtime.Goexit if f did.
func (o outcome) repeat() {
	if o.exited {
		runtime.Goexit()
	}
	if o.panicked != nil {
		panic(o.panicked)
	}
}
