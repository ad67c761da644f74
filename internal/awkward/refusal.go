package awkward

import (
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
	last     [2]struct {
		path string
		at   int // that request
	}
}

// due tells whether the next request, for the path, is refused. One for a path that was refused a short while ago
// isn't, so that asking again once suffices.
func (r *refusals) due(path string) (refusal, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.requests++
	if r.requests%oneIn != 0 {
		return refusal{}, false
	}
	for _, last := range r.last {
		if last.path == path && r.requests-last.at <= len(r.last)*oneIn {
			return refusal{}, false
		}
	}
	r.last[1] = r.last[0]
	r.last[0].path, r.last[0].at = path, r.requests
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
