package web

import (
	"net/http"
	"net/netip"
	"sync/atomic"
	"time"

	"bonafide.example"
)

// Limits bound what a server does at once, and for whom. A function that is nil knows nobody.
type Limits struct {
	AtWork     int // requests that are answered at once; 0: [UsualAtWork]
	PerNetwork int // requests a second of all those in one network who aren't signed in; 0: any number
	PerAccount int // requests a second of one member; 0: any number

	// Light tells which requests are answered from memory. They have places of their own, and go on being answered when
	// those for others are all taken.
	Light func(*http.Request) bool
	// Client returns the address that a request comes from; see [ClientAddress].
	Client func(*http.Request) (netip.Addr, bool)
	// Account returns the id of who is signed in.
	Account func(*http.Request) (string, bool)
}

// UsualAtWork is how many requests are answered at once. With [MaxBody] it bounds the memory that they take.
const UsualAtWork = 256

const (
	spell       = 10 // seconds: whoever asked nothing for so long may ask at once for as much as that time allows
	lightByWork = 4  // places for light requests, for each of the others
)

// Refusals says how many requests were refused before they were looked at, and why.
type Refusals struct {
	Busy    int64 // all places were taken
	Network int64 // too many came from one network
	Account int64 // too many came from one member
}

// limits are the Limits in force.
type limits struct {
	Limits
	places, lightPlaces    chan struct{} // each taken by one request
	networks, accounts     *Quotas
	busy, network, account atomic.Int64 // see Refusals
}

func newLimits(l Limits) *limits {
	if l.AtWork == 0 {
		l.AtWork = UsualAtWork
	}
	return &limits{
		Limits: l, places: make(chan struct{}, l.AtWork), lightPlaces: make(chan struct{}, lightByWork*l.AtWork),
		networks: NewQuotas(l.PerNetwork, spell*l.PerNetwork), accounts: NewQuotas(l.PerAccount, spell*l.PerAccount),
	}
}

// Limit sets what bounds the handlers that [Pages.Harden] wraps from then on.
func (p *Pages) Limit(l Limits) { p.limits = newLimits(l) }

// Apart returns the same pages with places of their own: what they answer has room whatever else is going on.
func (p *Pages) Apart() *Pages {
	apart := *p
	apart.limits = newLimits(Limits{})
	return &apart
}

// Refusals returns what the limits refused so far.
func (p *Pages) Refusals() Refusals {
	l := p.limits
	return Refusals{l.busy.Load(), l.network.Load(), l.account.Load()}
}

// AtWork returns how many requests are being answered, and how many light ones.
func (p *Pages) AtWork() (usual, light int) { return len(p.limits.places), len(p.limits.lightPlaces) }

// enter gives a request a place among places, to be taken from there again when it is answered, or says why there is none.
// charged tells whether it counts already as one of a member's.
func (l *limits) enter(r *http.Request) (places chan struct{}, charged bool, err error) {
	places = l.places
	if l.Light != nil && l.Light(r) {
		places = l.lightPlaces
	} else if charged, err = l.allow(r); err != nil {
		return nil, false, err
	}
	select {
	case places <- struct{}{}:
		return places, charged, nil
	default:
		l.busy.Add(1)
		return nil, false, bonafide.Errorf(bonafide.Unavailable, "this server", "answers as many requests as it can, %d", cap(places))
	}
}

// allow charges a request to its network, or where that has had its share to the member whose it is: one isn't
// refused for what others do who come from the same address.
func (l *limits) allow(r *http.Request) (charged bool, err error) {
	if l.Client == nil || l.PerNetwork == 0 {
		return false, nil
	}
	address, known := l.Client(r)
	if !known || l.networks.Allow(network(address).String(), time.Now()) {
		return false, nil
	}
	if l.Account != nil {
		if id, ok := l.Account(r); ok {
			return true, l.allowMember(id)
		}
	}
	l.network.Add(1)
	return false, bonafide.Errorf(bonafide.RateLimited, "your network", "asks more than %d times a second", l.PerNetwork)
}

// allowMember charges a request to a member.
func (l *limits) allowMember(id string) error {
	if l.PerAccount == 0 || l.accounts.Allow(id, time.Now()) {
		return nil
	}
	l.account.Add(1)
	return bonafide.Errorf(bonafide.RateLimited, "your account", "asks more than %d times a second", l.PerAccount)
}

// Charge counts the request that w answers as one of the member's, once, and tells whether that was one too many.
// Outside a hardened handler there is no limit.
func Charge(w http.ResponseWriter, member string) error {
	a, hardened := w.(*answer)
	if !hardened || a.charged {
		return nil
	}
	a.charged = true
	return a.limits.allowMember(member)
}
