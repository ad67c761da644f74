package fetch

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"time"
)

// maxPause is the longest that a peer is waited for within one fetch, in seconds.
const maxPause = 1

// Pause returns how long a peer that answered so wants to be left alone before it is asked again: it refused for the
// moment (429 or 503), before it did anything, and its Retry-After is within a second. Otherwise there is no point in waiting.
func Pause(status int, header http.Header) (time.Duration, bool) {
	if status != http.StatusTooManyRequests && status != http.StatusServiceUnavailable {
		return 0, false
	}
	seconds, ok := retryAfter(header)
	return time.Duration(seconds) * time.Second, ok && seconds <= maxPause
}

// retryAfter returns the seconds that Retry-After says. A date (RFC 9110, section 10.2.3) hasn't the resolution for a
// pause, and nobody sends one.
func retryAfter(header http.Header) (seconds int, ok bool) {
	seconds, err := strconv.Atoi(header.Get("Retry-After"))
	return seconds, err == nil && 0 <= seconds
}

// maxPutOff is the longest that a peer's word on when to ask again is followed.
const maxPutOff = 24 * time.Hour

// putOff is how long a peer that can't answer just now wants to be left alone: the cause of an error.
type putOff time.Duration

func (p putOff) Error() string { return "asks to be left alone for " + time.Duration(p).String() }

// PutOff returns the cause for an error about a peer that refused for the moment: for how long, if it says so; otherwise nil.
func PutOff(header http.Header) error {
	seconds, ok := retryAfter(header)
	if !ok {
		return nil
	}
	return putOff(time.Duration(min(seconds, int(maxPutOff/time.Second))) * time.Second)
}

// PutOffFor returns how long the peer that err is about wants to be left alone; 0: it doesn't say.
func PutOffFor(err error) time.Duration {
	var p putOff
	errors.As(err, &p)
	return time.Duration(p)
}

// Twice asks, and after the pause that the peer wants once more. It waits no longer than ctx lasts.
func Twice(ctx context.Context, ask func() (*Answer, error)) (*Answer, error) {
	answer, err := ask()
	if err != nil {
		return nil, err
	}
	pause, ok := Pause(answer.Status, answer.Header)
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
