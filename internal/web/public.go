package web

import "net/http"

// Public says of an answer that it is the same for everybody: how caches may keep it, and that pages of any
// site may read it (Fetch Standard, CORS protocol). Credentials play no part in it.
func Public(h http.Header, cache string) {
	h.Set("Cache-Control", cache)
	h.Set("Access-Control-Allow-Origin", "*")
}
