package subject

import "strings"

// NoSniff checks that the answer's media type may not be guessed at.
func (x *Exchange) NoSniff() error {
	if got := x.Header.Get("X-Content-Type-Options"); !strings.EqualFold(got, "nosniff") {
		return Wrong("X-Content-Type-Options: nosniff", "%q", got)
	}
	return nil
}

// Open checks that pages of any site may read the answer (Fetch Standard, CORS protocol).
func (x *Exchange) Open() error {
	if got := x.Header.Get("Access-Control-Allow-Origin"); got != "*" {
		return Wrong("Access-Control-Allow-Origin: *", "%q", got)
	}
	return x.NoSniff()
}
