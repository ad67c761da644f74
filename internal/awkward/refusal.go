package awkward

import (
	"slices"
	"sync"

	"bonafide.example"
)

// oneIn is how many requests there are for one that is refused.
const oneIn = 20

// refusal is one that a client gets over by asking again.
type refusal struct {
	code  bonafide.Code
	after string // Retry-After, in seconds
}

// refusals counts requests.
type refusals struct {
	mu       sync.Mutex
	requests int
	last     [2]string // the paths refused last
}

// due tells whether the next request, for the path, is refused. One for a path that was refused a short while ago
// isn't, so that asking again once suffices.
func (r *refusals) due(path string) (refusal, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.requests++
	if r.requests%oneIn != 0 || slices.Contains(r.last[:], path) {
		return refusal{}, false
	}
	r.last = [2]string{path, r.last[0]}
	made := refusal{bonafide.Unavailable, "0"}
	turn := r.requests / oneIn
	if turn%2 == 0 {
		made.code = bonafide.RateLimited
	}
	if turn%4 == 0 {
		made.after = "1"
	}
	return made, true
}
