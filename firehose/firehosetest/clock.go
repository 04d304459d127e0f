package firehosetest

import (
	"sync"
	"time"
)

// Clock is time that stands still until a test moves it. A Server that has one
// stamps records and objects with it and delivers what its buffers have held
// for long enough before Advance or Set returns. The zero Clock stands at the
// zero time; a Clock is safe for concurrent use.
type Clock struct {
	mu       sync.Mutex
	now      time.Time
	watchers []func()
}

// NewClock returns a Clock that stands at now.
func NewClock(now time.Time) *Clock { return &Clock{now: now} }

// Now returns the time the Clock stands at.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

// Advance moves the Clock forward by d.
func (c *Clock) Advance(d time.Duration) { c.Set(c.Now().Add(d)) }

// Set moves the Clock to t.
func (c *Clock) Set(t time.Time) {
	c.mu.Lock()
	c.now = t
	watchers := c.watchers
	c.mu.Unlock()
	for _, w := range watchers {
		w()
	}
}

func (c *Clock) watch(fn func()) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.watchers = append(c.watchers[:len(c.watchers):len(c.watchers)], fn)
}
