package fetch

import (
	"context"
	"net/http"
	"strconv"
	"time"
)

// maxPause is the longest that a peer is waited for within one fetch, in seconds.
const maxPause = 1

// Pause returns how long the peer wants to be left alone before it is asked again: it refused for the moment (429
// or 503), before it did anything, and its Retry-After is within a second. Otherwise there is no point in waiting.
func (a *Answer) Pause() (time.Duration, bool) {
	if a.Status != http.StatusTooManyRequests && a.Status != http.StatusServiceUnavailable {
		return 0, false
	}
	seconds, err := strconv.Atoi(a.Header.Get("Retry-After")) // a date (RFC 9110, section 10.2.3) has no such resolution
	return time.Duration(seconds) * time.Second, err == nil && 0 <= seconds && seconds <= maxPause
}

// Twice asks, and after the pause that the peer wants once more. It waits no longer than ctx lasts.
func Twice(ctx context.Context, ask func() (*Answer, error)) (*Answer, error) {
	answer, err := ask()
	if err != nil {
		return nil, err
	}
	pause, ok := answer.Pause()
	if !ok {
		return answer, nil
	}
	select {
	case <-ctx.Done():
		return answer, nil
	case <-time.After(pause):
		return ask()
	}
}
