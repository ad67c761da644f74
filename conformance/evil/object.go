package evil

import (
	"encoding/json"
	"fmt"
	"net/http"
	"sync/atomic"

	"bonafide.example/conformance/peer"
	"bonafide.example/conformance/wire"
)

const media = "application/vc+jwt"

// header returns the header that the site's tokens have.
func (s *site) header() string {
	return fmt.Sprintf(`{"alg":"ES256","kid":%q,"typ":"vc+jwt"}`, s.KID())
}

// payload returns the JSON of the badge.
func (s *site) payload() string { return text(s.Credential()) }

// token signs two texts by the site's key.
func (s *site) token(header, payload string) string { return signed(s.signer(), header, payload) }

// signer is the site's key for credentials.
func (s *site) signer() *wire.Key { return s.Site.Credential }

func signed(key *wire.Key, header, payload string) string {
	token, err := key.SignRaw(header, payload)
	if err != nil {
		panic(err) // the key is whole
	}
	return token
}

func text(value any) string {
	data, err := json.Marshal(value)
	if err != nil {
		panic(err) // values are the suite's own
	}
	return string(data)
}

// tokenOf answers with the token that make makes for each request.
func tokenOf(make func() string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) { peer.Text(media, make())(w, r) }
}

// badgeHas signs the badge after alter changed it.
func (s *site) badgeHas(alter func(badge wire.Object)) {
	s.badge(tokenOf(func() string {
		badge := s.Credential()
		alter(badge)
		return s.token(s.header(), text(badge))
	}))
}

// badgeSays signs what alter makes of the badge's JSON, whatever that is.
func (s *site) badgeSays(alter func(payload string) string) {
	s.badge(tokenOf(func() string { return s.token(s.header(), alter(s.payload())) }))
}

// badgeUnder signs the badge under another header.
func (s *site) badgeUnder(header func() string) {
	s.badge(tokenOf(func() string { return s.token(header(), s.payload()) }))
}

// badgeIs serves what alter makes of the badge's token.
func (s *site) badgeIs(alter func(token string) string) {
	s.badge(tokenOf(func() string { return alter(s.token(s.header(), s.payload())) }))
}

// listHas signs the status list after alter changed it.
func (s *site) listHas(alter func(list wire.Object)) { s.list(s.listThat(alter)) }

func (s *site) listThat(alter func(list wire.Object)) http.HandlerFunc {
	return tokenOf(func() string {
		list := s.Badges().Credential()
		alter(list)
		return s.token(s.header(), text(list))
	})
}

// documentHas serves the DID document after alter changed it.
func (s *site) documentHas(alter func(document wire.Object)) { s.keys(s.documentThat(alter)) }

func (s *site) documentThat(alter func(document wire.Object)) http.HandlerFunc {
	return s.JSON(func() any {
		document := wire.DIDDocument(s.Origin, s.signer())
		alter(document)
		return document
	})
}

// documentSays serves what alter makes of the DID document's JSON.
func (s *site) documentSays(alter func(document string) string) {
	s.keys(func(w http.ResponseWriter, r *http.Request) {
		peer.Text("application/json", alter(text(wire.DIDDocument(s.Origin, s.signer()))))(w, r)
	})
}

// newKey makes a key that nobody published.
func newKey() *wire.Key {
	key, err := wire.NewES256()
	if err != nil {
		panic(err) // the system has random numbers
	}
	return key
}

// turns answers the first request by first, and all others by then.
func turns(first, then http.HandlerFunc) http.HandlerFunc {
	var asked atomic.Int64
	return func(w http.ResponseWriter, r *http.Request) {
		if asked.Add(1) == 1 {
			first(w, r)
			return
		}
		then(w, r)
	}
}

// in returns the object that stands in another under these names and positions.
func in(value any, path ...any) wire.Object {
	object, ok := wire.At(value, path...).(wire.Object)
	if !ok {
		panic(fmt.Sprint("there is no object at ", path)) // objects are the suite's own
	}
	return object
}
