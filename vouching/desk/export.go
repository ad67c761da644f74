package desk

import (
	"bonafide.example"
	"bonafide.example/store"
	"bonafide.example/vouching"
	"bonafide.example/vouching/ledger"
)

// Held is everything that the desk and the ledgers hold on a member.
type Held struct {
	View
	Kept []Kept `json:"kept"` // one for each mechanism that has something
}

// Kept is all that the ledger of one mechanism keeps of a member, also what ended, healed or was reversed long ago,
// the oldest first. Of others it has no more than names, for as long as the desk knows these.
type Kept struct {
	Mechanism string     `json:"mechanism"` // slug
	Given     []Given    `json:"given"`     // referrals among them
	Received  []Received `json:"received"`
	Faults    []Fault    `json:"faults"`
}

// Fault is a fault of the member's own.
type Fault struct {
	ID       string           `json:"id"`
	Class    string           `json:"class"`
	Occurred bonafide.Seconds `json:"occurred"`
	Reported bonafide.Seconds `json:"reported"`
	Final    bonafide.Seconds `json:"final"`
	Attested bool             `json:"attested,omitzero"` // somebody other than the site attests when it occurred
	Reversed bool             `json:"reversed,omitzero"` // it costs nothing
}

// Export returns everything that the desk and the ledgers hold on a member: a [Held]. It fits
// issuer.Config.Exporting.
func (d *Desk) Export(r store.Reader, member string) (any, error) {
	view, err := d.viewIn(r, member)
	if err != nil {
		return nil, err
	}
	held := Held{View: view, Kept: []Kept{}}
	for _, slug := range d.Issuer.Slugs() {
		l, err := d.Issuer.Ledger(slug)
		if bonafide.CodeOf(err) == bonafide.NoVouching {
			continue
		}
		if err != nil {
			return nil, err
		}
		all, err := l.Held(r, d.now(), member)
		if err != nil {
			return nil, err
		}
		if len(all.Given)+len(all.Received)+len(all.Faults) == 0 {
			continue
		}
		kept, err := d.kept(r, slug, all)
		if err != nil {
			return nil, err
		}
		held.Kept = append(held.Kept, kept)
	}
	return held, nil
}

// kept returns what a ledger keeps, with the names of the other side in place of ids.
func (d *Desk) kept(r store.Reader, slug string, all ledger.Held) (Kept, error) {
	k := Kept{Mechanism: slug, Given: []Given{}, Received: []Received{}, Faults: []Fault{}}
	for _, v := range all.Given {
		names, _, err := find[vouch](r, vouches, v.ID)
		if err != nil {
			return k, err
		}
		k.Given = append(k.Given, given(v, names, d.now()))
	}
	for _, v := range all.Received {
		names, _, err := find[vouch](r, vouches, v.ID)
		if err != nil {
			return k, err
		}
		k.Received = append(k.Received, received(v, names))
	}
	for _, f := range all.Faults {
		k.Faults = append(k.Faults, Fault{f.ID, f.Class, f.Occurred, f.Reported, f.Final, f.Attested, f.Reversed})
	}
	return k, nil
}

// received returns a vouch as the one vouched for sees it.
func received(v vouching.Vouch, names vouch) Received {
	return Received{names.Voucher.shown(), v.Level, v.Supports, v.Accepted, v.Ends, stateOf(v)}
}
