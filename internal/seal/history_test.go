package seal_test

import (
	"testing"
	"time"

	"bonafide.example"
	"bonafide.example/internal/seal"
	"github.com/stretchr/testify/require"
)

var noon = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

// past is a history of keys whose private halves are at hand.
type past struct {
	t *testing.T
	bonafide.KeyHistory
	private []*seal.PrivateKey
}

// newPast has a federation key, which signs it, then two credential keys, the second by the word of the first.
func newPast(t *testing.T) *past {
	p := &past{t: t, KeyHistory: bonafide.KeyHistory{Issuer: bazar, IssuedAt: bonafide.SecondsOf(noon), Expires: bonafide.SecondsOf(noon.Add(time.Hour))}}
	p.add(bonafide.UseFederation, -1)
	p.add(bonafide.UseCredential, -1)
	p.add(bonafide.UseCredential, 1)
	return p
}

// add appends a key by the word of the one at that index, -1 for nobody's.
func (p *past) add(use bonafide.KeyUse, by int) {
	private := generate(p.t)
	jwk, err := seal.PublicJWK(private.Public())
	require.NoError(p.t, err)
	key := bonafide.HistoricalKey{Use: use, Key: jwk, From: bonafide.SecondsOf(noon) + bonafide.Seconds(len(p.Keys))}
	p.private = append(p.private, private)
	p.Keys = append(p.Keys, key)
	if by >= 0 {
		p.vouch(by, len(p.Keys)-1)
	}
}

// vouch has one key say that another is the site's.
func (p *past) vouch(by, of int) {
	token, err := seal.SealSuccession(p.t.Context(), p.private[by], p.Keys[of].Use, p.private[of].Public(), noon)
	require.NoError(p.t, err)
	p.Keys[of].Succession = token
}

func (p *past) end(index int, reason bonafide.KeyEnd) {
	p.Keys[index].Until, p.Keys[index].Reason = p.Keys[index].From+1, reason
}

func (p *past) open(signer int) (*seal.History, error) {
	sealer, err := seal.ForKeySet(p.private[signer])
	require.NoError(p.t, err)
	token, err := sealer.Seal(p.t.Context(), bonafide.TypeKeyHistory, &p.KeyHistory)
	require.NoError(p.t, err)
	return seal.OpenKeyHistory(token, bazar, noon)
}

func (p *past) print(index int) string { return p.Keys[index].Key.Kid }

// BF-KEY-11, BF-KEY-12, BF-KEY-13, BF-KEY-16
func TestKeyHistory(t *testing.T) {
	for name, c := range map[string]struct {
		spoil  func(*past)
		signer int
		want   bonafide.Code
	}{
		"good":                       {func(*past) {}, 0, ""},
		"by the federation key":      {func(p *past) { p.vouch(0, 2) }, 0, ""},
		"of another site":            {func(p *past) { p.Issuer = "https://other.example" }, 0, bonafide.WrongIssuer},
		"over":                       {func(p *past) { p.IssuedAt -= 9000; p.Expires -= 9000 }, 0, bonafide.Expired},
		"signed by a credential key": {func(*past) {}, 1, bonafide.UnknownKey},
		"signed by a compromised key": {func(p *past) {
			p.add(bonafide.UseFederation, 1)
			p.end(0, bonafide.Compromised)
		}, 0, bonafide.UnknownKey},
		"signed by a key not in it": {func(p *past) {
			p.Keys = p.Keys[1:]
			p.Keys[0].Use, p.Keys[1].Use = bonafide.UseFederation, bonafide.UseFederation
		}, 0, bonafide.UnknownKey},
		"no keys": {func(p *past) { p.Keys = nil }, 0, bonafide.UnknownKey},
		"too many keys": {func(p *past) {
			for len(p.Keys) <= bonafide.MaxHistory {
				p.add(bonafide.UseCredential, -1)
			}
		}, 0, bonafide.BadKeySet},
		"a key twice":                {func(p *past) { p.Keys = append(p.Keys, p.Keys[2]) }, 0, bonafide.BadKeySet},
		"a key under another's name": {func(p *past) { p.Keys[2].Key.Kid = "another" }, 0, bonafide.BadKeySet},
		"wrong order":                {func(p *past) { p.Keys[2].From = p.Keys[1].From - 1 }, 0, bonafide.BadKeySet},
		"without succession":         {func(p *past) { p.Keys[2].Succession = "" }, 0, bonafide.BadKeySet},
		"the first with one":         {func(p *past) { p.vouch(0, 1) }, 0, bonafide.BadKeySet},
		"by itself":                  {func(p *past) { p.vouch(2, 2) }, 0, bonafide.BadKeySet},
		"by a client key": {func(p *past) {
			p.add(bonafide.UseClient, -1)
			p.vouch(3, 2)
		}, 0, bonafide.BadKeySet},
		"by a key not in it": {func(p *past) {
			p.add(bonafide.UseCredential, 2)
			p.vouch(3, 2)
			p.Keys = p.Keys[:3]
		}, 0, bonafide.UnknownKey},
		"a broken chain": {func(p *past) {
			token := []byte(p.Keys[2].Succession)
			was := token[len(token)-20]
			if token[len(token)-20] = 'A'; was == 'A' {
				token[len(token)-20] = 'B'
			}
			p.Keys[2].Succession = string(token)
		}, 0, bonafide.BadSignature},
		"the succession of another": {func(p *past) {
			p.add(bonafide.UseCredential, 1)
			p.Keys[3].Succession = p.Keys[2].Succession
		}, 0, bonafide.BadKeySet},
		"another token":        {func(p *past) { p.Keys[2].Succession = "a.b.c" }, 0, bonafide.BadToken},
		"an unknown use":       {func(p *past) { p.Keys[2].Use = "badges" }, 0, bonafide.BadKeySet},
		"an unknown reason":    {func(p *past) { p.end(1, "lost") }, 0, bonafide.BadKeySet},
		"a reason without end": {func(p *past) { p.Keys[1].Reason = bonafide.Superseded }, 0, bonafide.BadKeySet},
		"an end before the beginning": {func(p *past) {
			p.end(1, bonafide.Superseded)
			p.Keys[1].Until = p.Keys[1].From - 1
		}, 0, bonafide.BadKeySet},
	} {
		t.Run(name, func(t *testing.T) {
			p := newPast(t)
			c.spoil(p)
			_, err := p.open(c.signer)
			require.Equal(t, c.want, bonafide.CodeOf(err), "%v", err)
		})
	}
}

// BF-PIN-2, BF-PIN-3
func TestFollow(t *testing.T) {
	for name, c := range map[string]struct {
		build    func(*past)
		signer   int
		pins     []int
		trusted  []int
		believed bool // which keys are compromised
	}{
		"a chain":                       {func(*past) {}, 0, []int{1}, []int{1, 2}, false},
		"not backwards":                 {func(*past) {}, 0, []int{2}, []int{2}, false},
		"from nothing":                  {func(*past) {}, 0, nil, nil, false},
		"several steps":                 {func(p *past) { p.add(bonafide.UseCredential, 2) }, 0, []int{1}, []int{1, 2, 3}, false},
		"past a superseded key":         {func(p *past) { p.end(1, bonafide.Superseded) }, 0, []int{1}, []int{1, 2}, false},
		"a compromised key's word":      {func(p *past) { p.end(1, bonafide.Compromised) }, 0, []int{0, 1}, []int{0}, true},
		"the federation key's instead":  {func(p *past) { p.end(1, bonafide.Compromised); p.vouch(0, 2) }, 0, []int{0, 1}, []int{0, 2}, true},
		"who signs it isn't known":      {func(p *past) { p.end(1, bonafide.Compromised) }, 0, []int{1}, []int{1, 2}, false},
		"the federation key was stolen": {func(p *past) { p.end(0, bonafide.Compromised); p.add(bonafide.UseFederation, 1) }, 3, []int{0, 1}, []int{1, 2, 3}, true},
	} {
		t.Run(name, func(t *testing.T) {
			p := newPast(t)
			c.build(p)
			h, err := p.open(c.signer)
			require.NoError(t, err)
			pins, due := map[string]bool{}, map[string]bool{}
			for _, n := range c.pins {
				pins[p.print(n)] = true
			}
			for _, n := range c.trusted {
				due[p.print(n)] = true
			}
			trusted, compromised := h.Follow(pins)
			require.Equal(t, due, trusted)
			require.Equal(t, c.believed, len(compromised) > 0)
		})
	}
}
