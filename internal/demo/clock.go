package demo

import (
	"sync/atomic"
	"time"
)

// Clock is the world's time: this machine's, moved on.
type Clock struct {
	ahead atomic.Int64        // nanoseconds
	moved func(time.Duration) // is told how far ahead it is, whenever it was moved
}

// Now returns the world's time.
func (c *Clock) Now() time.Time { return time.Now().Add(time.Duration(c.ahead.Load())).UTC() }

// Advance moves the clock on.
func (c *Clock) Advance(by time.Duration) {
	if ahead := c.ahead.Add(int64(by)); c.moved != nil {
		c.moved(time.Duration(ahead))
	}
}
