package firehosetest

import (
	"sync"
	"time"
)

// Clock is a time that changes only when a test changes it. A Server with a Clock uses
// it for the times of records and objects. Advance and Set deliver the buffers that are
// then old enough before they return. The zero Clock has the zero time.
// A Clock is safe for concurrent use.
type Clock struct {
	mu       sync.Mutex
	now      time.Time
	watchers []func()
}

// NewClock returns a Clock whose time is now.
func NewClock(now time.Time) *Clock { return &Clock{now: now} }

// Now returns the time of the Clock.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

// Advance adds d to the time of the Clock.
func (c *Clock) Advance(d time.Duration) { c.Set(c.Now().Add(d)) }

// Set sets the time of the Clock to t.
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
