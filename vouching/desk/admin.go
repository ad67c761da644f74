package desk

import (
	"net/http"

	"bonafide.example"
	"bonafide.example/internal/web"
	"bonafide.example/store"
	"bonafide.example/vouching"
	"github.com/google/uuid"
)

// Admin answers the administrator: a JSON API under /admin/. It asks for no authentication; whoever
// serves it does, or serves it where nobody else can reach it.
//
//	POST /admin/vouches                              a [Attested]; answers the vouch
//	GET  /admin/vouches/{mechanism}/{id}             a vouch
//	POST /admin/vouches/{mechanism}/{id}/withdraw    gives notice of it; answers the vouch
//	POST /admin/offers                               an [Offering]; answers a [Link]
//	GET  /admin/members/{id}/vouching                the member's [View]
//	GET  /admin/ledgers/{mechanism}/events           the whole history, one event a line
func (d *Desk) Admin() http.Handler {
	mux := http.NewServeMux()
	handle := func(pattern string, serve func(*http.Request) (any, error)) {
		mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
			answer, err := serve(r)
			if err != nil {
				d.pages.Fail(w, r, err)
				return
			}
			web.JSON(w, http.StatusOK, answer)
		})
	}
	handle("POST /admin/vouches", d.adminVouch)
	handle("GET /admin/vouches/{mechanism}/{id}", func(r *http.Request) (any, error) {
		return d.standing(r, r.PathValue("mechanism"), r.PathValue("id"))
	})
	handle("POST /admin/vouches/{mechanism}/{id}/withdraw", d.adminWithdraw)
	handle("POST /admin/offers", d.adminOffer)
	handle("GET /admin/members/{id}/vouching", d.adminView)
	mux.HandleFunc("GET /admin/ledgers/{mechanism}/events", d.adminEvents)
	handle("/admin/", func(r *http.Request) (any, error) {
		return nil, bonafide.Errorf(bonafide.NotFound, r.URL.Path, "is not in the admin API, or not with %s", r.Method)
	})
	return mux
}

// Attested is a vouch of which the site attests that both agreed to it.
type Attested struct {
	ID         string `json:"id,omitzero"` // the vouch's; the same again is the same vouch; "": a new one
	Mechanism  string `json:"mechanism"`   // slug
	Voucher    string `json:"voucher"`
	Vouchee    string `json:"vouchee"`
	Level      int    `json:"level"`
	Stake      int64  `json:"stake"`
	AcceptedBy string `json:"accepted_by"` // must be the vouchee
}

// Offering is an offer that the site makes for a voucher.
type Offering struct {
	Mechanism string `json:"mechanism"` // slug
	Voucher   string `json:"voucher"`
	Level     int    `json:"level"`
	Stake     int64  `json:"stake"`
}

func (d *Desk) adminVouch(r *http.Request) (any, error) {
	a, err := web.Decode[Attested](r)
	if err != nil {
		return nil, err
	}
	if a.ID == "" {
		a.ID = uuid.NewString()
	}
	v := vouch{ID: a.ID, Mechanism: a.Mechanism}
	if v.Voucher, err = d.badged(r, a.Mechanism, a.Voucher); err != nil {
		return nil, err
	}
	if v.Vouchee, err = d.badged(r, a.Mechanism, a.Vouchee); err != nil {
		return nil, err
	}
	err = d.change(r.Context(), func(tx store.Tx) error {
		if same, err := d.attested(tx, a); same || err != nil {
			return err
		}
		if err := d.give(tx, v, a.Level, a.Stake, a.AcceptedBy); err != nil {
			return err
		}
		return d.Issuer.Know(tx, bonafide.Account{ID: a.Vouchee})
	})
	if err != nil {
		return nil, err
	}
	return d.standing(r, a.Mechanism, a.ID)
}

// attested tells whether that very vouch was given already; another under its id is an event-conflict, and so is
// one under another mechanism.
func (d *Desk) attested(tx store.Tx, a Attested) (same bool, err error) {
	_, l, err := d.terms(a.Mechanism)
	if err != nil {
		return false, err
	}
	conflict := bonafide.Errorf(bonafide.EventConflict, a.ID, "is the id of another vouch")
	switch names, found, err := find[vouch](tx, vouches, a.ID); {
	case err != nil:
		return false, err
	case found && names.Mechanism != a.Mechanism:
		return false, conflict
	}
	v, found, err := l.Vouch(tx, d.now(), a.ID)
	if err != nil || !found {
		return false, err
	}
	if v.Voucher != a.Voucher || v.Vouchee != a.Vouchee || v.Level != a.Level || v.Stake != a.Stake || a.AcceptedBy != a.Vouchee {
		return false, conflict
	}
	return true, nil
}

// badged returns a member, called as on their badge if they have one.
func (d *Desk) badged(r *http.Request, mechanism, member string) (party, error) {
	p := party{Member: member}
	held, err := d.Issuer.Holding(r.Context(), member)
	if err != nil && bonafide.CodeOf(err) != bonafide.NoSuchMember {
		return p, err
	}
	for _, b := range held.Badges {
		if b.Mechanism == mechanism {
			p.Name = b.Name
		}
	}
	return p, nil
}

// standing returns a vouch as it stands.
func (d *Desk) standing(r *http.Request, mechanism, id string) (v vouching.Vouch, err error) {
	l, err := d.Issuer.Ledger(mechanism)
	if err != nil {
		return v, err
	}
	err = d.Store.View(r.Context(), func(r store.Reader) error {
		var found bool
		v, found, err = l.Vouch(r, d.now(), id)
		if err == nil && !found {
			err = bonafide.Errorf(bonafide.UnknownVouch, id, "is none under %s", mechanism)
		}
		return err
	})
	return v, err
}

func (d *Desk) adminWithdraw(r *http.Request) (any, error) {
	mechanism, id := r.PathValue("mechanism"), r.PathValue("id")
	err := d.change(r.Context(), func(tx store.Tx) error { return d.withdraw(tx, mechanism, id) })
	if err != nil {
		return nil, err
	}
	return d.standing(r, mechanism, id)
}

func (d *Desk) adminOffer(r *http.Request) (any, error) {
	o, err := web.Decode[Offering](r)
	if err != nil {
		return nil, err
	}
	voucher, err := d.badged(r, o.Mechanism, o.Voucher)
	if err != nil {
		return nil, err
	}
	return d.Offer(r.Context(), bonafide.Account{ID: voucher.Member, Name: voucher.Name}, o.Mechanism, o.Level, o.Stake)
}

func (d *Desk) adminView(r *http.Request) (any, error) {
	member := r.PathValue("id")
	if _, err := d.Issuer.Holding(r.Context(), member); err != nil {
		return nil, err
	}
	return d.View(r.Context(), member)
}
