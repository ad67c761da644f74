package awkward

import (
	"bytes"
	"mime"
	"net/http"
	"strings"

	"bonafide.example/site"
)

// answer says what a handler answers in an awkward form.
type answer struct {
	http.ResponseWriter
	site       *site.Site
	retryAfter string        // in place of the handler's; "": as it says
	status     int           // 0: the handler has said nothing yet
	whole      *bytes.Buffer // JSON, which is spelt anew at the end; nil: anything else
	pieces     bool          // whether the body comes in pieces
}

// Unwrap is for [http.ResponseController].
func (a *answer) Unwrap() http.ResponseWriter { return a.ResponseWriter }

func (a *answer) WriteHeader(status int) {
	switch {
	case status < http.StatusOK:
		a.ResponseWriter.WriteHeader(status)
		return
	case a.status != 0:
		return
	}
	a.status = status
	h := a.Header()
	media, _, _ := mime.ParseMediaType(h.Get("Content-Type"))
	switch {
	case media == "application/json" || strings.HasSuffix(media, "+json"):
		a.whole, a.pieces = new(bytes.Buffer), true
		h.Set("Content-Type", media+` ; charset="utf-8"`)
		if tag := h.Get("ETag"); tag != "" && !strings.HasPrefix(tag, "W/") {
			h.Set("ETag", "W/"+tag) // the bytes differ each time (RFC 9110, section 8.8.1)
		}
		return
	case strings.HasSuffix(media, "+jwt"):
		a.pieces = true
		h.Set("Content-Type", strings.ToUpper(media))
	}
	a.send()
}

func (a *answer) Write(data []byte) (int, error) {
	if a.status == 0 {
		a.WriteHeader(http.StatusOK)
	}
	if a.whole != nil {
		return a.whole.Write(data)
	}
	return a.write(data)
}

// end sends what was held back.
func (a *answer) end() {
	if a.whole == nil {
		return
	}
	text := a.whole.Bytes()
	if len(text) > 0 { // HEAD may have none
		spelt, err := Spell(text)
		if err != nil {
			a.site.Log.Error("an answer stays as it was", "error", err)
			spelt = text
		}
		text = spelt
	}
	a.send()
	if _, err := a.write(text); err != nil {
		a.site.Log.Debug("an answer broke off", "error", err)
	}
}

// send sends the header.
func (a *answer) send() {
	h := a.Header()
	if a.pieces {
		h.Del("Content-Length")
	}
	if a.retryAfter != "" {
		h.Set("Retry-After", a.retryAfter)
	}
	if path := h.Get("Location"); strings.HasPrefix(path, "/") {
		h.Set("Location", string(a.site.Origin)+path)
	}
	if cache := h.Get("Cache-Control"); a.pieces && strings.HasPrefix(cache, "public, max-age=") {
		h.Set("Cache-Control", "MAX-AGE=1, public")
	}
	h.Set("X-Awkward", strings.Repeat("long, ", 500))
	for name, values := range h {
		if lower := strings.ToLower(name); name != "Content-Type" && name != "Content-Length" && lower != name {
			delete(h, name)
			h[lower] = values
		}
	}
	a.ResponseWriter.WriteHeader(a.status)
}

// write writes a part of the body, where that may be in two pieces, so that nobody is told its length before.
func (a *answer) write(data []byte) (int, error) {
	if !a.pieces || len(data) < 2 {
		return a.ResponseWriter.Write(data)
	}
	n, err := a.ResponseWriter.Write(data[:len(data)/2])
	if err != nil {
		return n, err
	}
	// A writer that can't flush sends both pieces as one.
	_ = http.NewResponseController(a.ResponseWriter).Flush()
	m, err := a.ResponseWriter.Write(data[n:])
	return n + m, err
}
