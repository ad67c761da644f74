package site

import (
	"net/http"
	"strings"

	"bonafide.example/internal/web"
	"bonafide.example/issuer"
)

// Limits bound what a site answers at once, and whom. What is over them is refused with Retry-After: 503 unavailable
// where the site is busy, 429 rate-limited where somebody asks too much. A number that is 0 is the usual one.
type Limits struct {
	// AtWork is how many requests are answered at once, usually 256. Four times as many may be answered from memory
	// beside them: pictures, signed badges, status lists, keys and scripts.
	AtWork int
	// PerNetwork is how many requests a second may come from one network, a /24 of IPv4 or a /64 of IPv6, usually 50,
	// and ten times as many at once; what is answered from memory aside. Who is signed in isn't refused for it. A Local site
	// has no such limit unless one is set: there sites and members share one address. Negative: no limit.
	PerNetwork int
	// PerAccount is how many requests a second one member may send, usually 20, and ten times as many at once. A Local
	// site has none either: there programs play its members. Negative: no limit.
	PerAccount int
}

const (
	usualPerNetwork = 50
	usualPerAccount = 20
)

// limit puts the limits in force.
func (s *Site) limit() {
	perNetwork, perAccount := usualPerNetwork, usualPerAccount
	if s.Local {
		perNetwork, perAccount = 0, 0
	}
	s.pages.Limit(web.Limits{
		AtWork: max(0, s.Limits.AtWork), PerNetwork: orUsual(s.Limits.PerNetwork, perNetwork), PerAccount: orUsual(s.Limits.PerAccount, perAccount),
		Light: light, Client: web.ClientAddress(s.Proxies), Account: func(r *http.Request) (string, bool) {
			account, ok := s.SignIn.Account(r)
			return account.ID, ok
		},
	})
}

func orUsual(set, usual int) int {
	if set == 0 {
		return usual
	}
	return max(0, set)
}

// light tells whether a request is answered from memory, and so still when the site is busy.
func light(r *http.Request) bool {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		return false
	}
	path := r.URL.Path
	return path == "/livez" || path == "/readyz" || strings.HasPrefix(path, "/.well-known/") || strings.HasPrefix(path, "/js/") || issuer.Light(path)
}
