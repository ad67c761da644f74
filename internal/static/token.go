package static

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"time"

	"bonafide.example"
)

// said returns what a token of the site's own says. Its signature isn't looked at: it comes from the site's handler.
func said[T any](token []byte) (what T, err error) {
	parts := bytes.Split(bytes.TrimSpace(token), []byte("."))
	if len(parts) != 3 {
		return what, errors.New("a token of the site's own hasn't three parts")
	}
	payload, err := base64.RawURLEncoding.DecodeString(string(parts[1]))
	if err != nil {
		return what, fmt.Errorf("reading a token of the site's own: %w", err)
	}
	return bonafide.ParsePeer[T](payload)
}

// endOf returns when a token of the site's own ends: by exp, or by validUntil as status lists have it.
func endOf(token []byte) (time.Time, bool) {
	dates, err := said[struct {
		Exp   bonafide.Seconds `json:"exp"`
		Until time.Time        `json:"validUntil"`
	}](token)
	switch {
	case err != nil:
		return time.Time{}, false
	case !dates.Until.IsZero():
		return dates.Until, true
	}
	return dates.Exp.Time(), dates.Exp != 0
}
