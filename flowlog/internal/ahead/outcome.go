package ahead

import "runtime"

// Outcome is how a function ended that ran in a goroutine of its own. The zero
// Outcome is a normal return. It carries a panic or a runtime.Goexit of the
// caller's io.Reader or io.Writer back to the caller's goroutine.
type Outcome struct {
	panicked any  // the value f panicked with, nil if it did not
	exited   bool // f called runtime.Goexit
}

// Record runs f and stores how it ended. It recovers a panic of f. Nothing stops
// a runtime.Goexit: after it, only deferred functions see the Outcome.
func (o *Outcome) Record(f func()) {
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

// Failed reports whether f did not return.
func (o Outcome) Failed() bool { return o.panicked != nil || o.exited }

// Repeat panics or calls runtime.Goexit if f did.
func (o Outcome) Repeat() {
	if o.exited {
		runtime.Goexit()
	}
	if o.panicked != nil {
		panic(o.panicked)
	}
}
