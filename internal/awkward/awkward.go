package awkward

import (
	"net/http"
	"time"

	"bonafide.example"
	"bonafide.example/site"
)

// Warning is what whoever starts an awkward site must know.
const Warning = "awkward, for authors of clients and nothing else: it refuses now and then, and what it signs with further keys holds only as long as it stays awkward"

// openLists is how many status lists entries are spread over.
const openLists = 3

// Config returns the Config of the same site, awkward in what it signs: with several keys, of which those it hasn't
// are made in the folder, and with its status entries spread over several lists.
func Config(config site.Config, folder string) (site.Config, error) {
	now := config.Now
	if now == nil {
		now = time.Now
	}
	var err error
	config.Keys, err = withOthers(config.Keys, folder, now)
	config.OpenLists = openLists
	return config, err
}

// Handler serves the site, awkward in how it answers.
func Handler(s *site.Site) http.Handler {
	return &handler{site: s, next: s.Handler()}
}

type handler struct {
	site *site.Site
	next http.Handler
	refusals
}

// ServeHTTP answers, or refuses before anything is done. Who watches over the server is answered always.
func (h *handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	a := &answer{ResponseWriter: w, site: h.site}
	path := r.URL.Path
	watched := path == "/livez" || path == "/readyz"
	if refusal, due := h.due(path); due && !watched {
		h.refuse(a, r, refusal)
	} else {
		r.Header.Del("Range") // may be passed over (RFC 9110, section 14.2), and can't be met for what is spelt anew
		h.next.ServeHTTP(a, r)
	}
	a.end() // not when the handler panics: half an answer must not pass for a whole one
}

// refuse answers as the site does when it can't answer just now.
func (h *handler) refuse(a *answer, r *http.Request, refusal refusal) {
	a.retryAfter = refusal.after
	a.Header().Set("X-Content-Type-Options", "nosniff")
	h.site.Fail(a, r, bonafide.Errorf(refusal.code, "", "is awkward on purpose; ask again"))
}
