package issuer

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"maps"
	"net/http"
	"strconv"
	"time"

	"bonafide.example/internal/web"
)

// ready is an answer that is kept as it is sent: it depends on nothing but what it says, so none is ever out of date.
type ready struct {
	data   []byte
	header http.Header
	length []string // the field Content-Length of an answer with all of it
}

// newReady returns an answer that pages of any site may read.
func newReady(data []byte, contentType, cache string) ready {
	h := http.Header{}
	h.Set("Content-Type", contentType)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("ETag", etagOf(data))
	h.Set("Accept-Ranges", "bytes")
	web.Public(h, cache)
	return ready{data, h, []string{strconv.Itoa(len(data))}}
}

// send answers with it, or that it hasn't changed. modified is when it last became another; the zero time if that isn't
// told.
func (a ready) send(w http.ResponseWriter, r *http.Request, modified time.Time) {
	h := w.Header()
	maps.Copy(h, a.header)
	if conditional(r) {
		http.ServeContent(w, r, "", modified, bytes.NewReader(a.data))
		return
	}
	// Most ask for all of it, which needs none of the copying that serving a part does.
	h["Content-Length"] = a.length
	if !modified.IsZero() {
		h.Set("Last-Modified", modified.UTC().Format(http.TimeFormat))
	}
	w.Write(a.data) // who has gone needs no answer
}

// conditional tells whether a request is for a part of something, or only if it has changed, or for its header (RFC 9110,
// sections 9.3.2, 13 and 14).
func conditional(r *http.Request) bool {
	for _, name := range []string{"Range", "If-Match", "If-None-Match", "If-Modified-Since", "If-Unmodified-Since"} {
		if _, ok := r.Header[name]; ok {
			return true
		}
	}
	return r.Method == http.MethodHead
}

// etagOf returns the entity tag of what is answered with these bytes.
func etagOf(data []byte) string {
	sum := sha256.Sum256(data)
	return `"` + base64.RawURLEncoding.EncodeToString(sum[:16]) + `"`
}
