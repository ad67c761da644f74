package refer

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"slices"

	"bonafide.example"
	"bonafide.example/internal/fetch"
	"bonafide.example/internal/seal"
	"bonafide.example/internal/web"
	"bonafide.example/store"
	"bonafide.example/vouching/court"
)

// takeOutcome answers a site that tells what became of a referral.
func (d *Desk) takeOutcome(w http.ResponseWriter, r *http.Request) error {
	form, err := web.Form(r)
	if err != nil {
		return err
	}
	answer, err := d.Take(r.Context(), form.Get("outcome"))
	if err != nil {
		return err
	}
	web.JSON(w, http.StatusOK, answer)
	return nil
}

// Take takes an outcome and answers how the referral stands then. Whatever was told before has no further
// effect. It is refused with unknown-referral before any key is looked for if the referral wasn't made for
// the site that tells; then with the codes of package seal, of [fetch.Client.Keys] and of
// [bonafide.Outcome.Check]; then with rate-limited, referral-used, referral-over, outcome-refused,
// unknown-class, fault-late, not-yet-valid, unknown-fault and the codes of the court.
func (d *Desk) Take(ctx context.Context, token string) (answer bonafide.ReferralAnswer, err error) {
	o, err := d.open(ctx, token)
	if err != nil {
		return answer, err
	}
	err = d.change(ctx, func(tx store.Tx) error {
		r, err := referredTo(tx, o.Referral, o.Issuer)
		if err != nil {
			return err
		}
		if err := d.follow(tx, r, o); err != nil {
			return err
		}
		answer = r.answer()
		return nil
	})
	return answer, err
}

// open returns the outcome that the token is. The other site is asked for its keys only about a referral
// that was made for it.
func (d *Desk) open(ctx context.Context, token string) (*bonafide.Outcome, error) {
	parsed, err := seal.Parse(token, bonafide.TypeOutcome)
	if err != nil {
		return nil, err
	}
	site, err := parsed.Issuer()
	if err != nil {
		return nil, err
	}
	claimed, err := seal.Peek[bonafide.Outcome](parsed)
	if err != nil {
		return nil, err
	}
	err = d.Store.View(ctx, func(r store.Reader) error {
		_, err := referredTo(r, claimed.Referral, site)
		return err
	})
	if err != nil {
		return nil, err
	}
	if !d.outcomes.Allow(string(site), d.now()) {
		return nil, bonafide.Errorf(bonafide.RateLimited, string(site), "tells more than %d outcomes a second", outcomesPerSecond)
	}
	ctx, cancel := fetch.Budget(ctx)
	defer cancel()
	o, err := fetch.Open[bonafide.Outcome](ctx, d.fetch, parsed, site)
	if err != nil {
		return nil, err
	}
	if o.Issuer != site {
		return nil, bonafide.Errorf(bonafide.WrongIssuer, "outcome", "is of %q and signed by %q", string(o.Issuer), string(site))
	}
	return &o, o.Check(d.Origin, d.now())
}

// referredTo returns the referral if it was made for the site.
func referredTo(r store.Reader, id string, site bonafide.Origin) (*Referral, error) {
	of, found, err := store.GetJSON[Referral](r, referralKey(id))
	if err != nil {
		return nil, err
	}
	if !found || of.Site != site {
		return nil, bonafide.Errorf(bonafide.UnknownReferral, id, "was not made for %q", string(site))
	}
	return &of, nil
}

// follow does what follows from an outcome.
func (d *Desk) follow(tx store.Tx, r *Referral, o *bonafide.Outcome) error {
	switch o.Event {
	case bonafide.Redeemed:
		return d.redeemed(tx, r, o)
	case bonafide.OutcomeFault:
		return d.fault(tx, r, o)
	case bonafide.FaultReversed:
		return d.reversed(tx, r, o)
	default: // ended
		return d.end(tx, r, d.instant(), endedThere)
	}
}

// redeemed has the voucher asked whether whoever redeemed the referral is whom they meant. Told again, by
// the same outcome or of the same person, it asks how the referral stands.
func (d *Desk) redeemed(tx store.Tx, r *Referral, o *bonafide.Outcome) error {
	switch {
	case r.erased(), o.ID == r.Outcome, o.Name == r.Name:
		return nil
	case r.Redeemed > 0:
		return bonafide.Errorf(bonafide.ReferralUsed, r.ID, "was redeemed by somebody else")
	case r.State != waiting || o.IssuedAt.Time().After(r.Expires.Time().Add(bonafide.Leeway)):
		return bonafide.Errorf(bonafide.ReferralOver, r.ID, "was withdrawn or redeemed too late")
	}
	r.State, r.Redeemed, r.Outcome, r.Name, r.Link = bonafide.ReferralPending, o.IssuedAt, o.ID, o.Name, ""
	return d.put(tx, r)
}

// told is what is kept of a fault that the other site told.
type told struct {
	Fault string           `json:"fault"` // its id there
	At    bonafide.Seconds `json:"at"`
}

// caseID returns the id of the case that a fault told of a referral becomes. Ids of faults are the other
// site's own and may be as long as those of cases, so they are hashed.
func caseID(referral, fault string) string {
	sum := sha256.Sum256([]byte(fault))
	return referral + "-" + base64.RawURLEncoding.EncodeToString(sum[:16])
}

// fault opens a case about a fault, once. The voucher answers for what occurred while they stood behind
// whoever committed it, also if that is told later.
func (d *Desk) fault(tx store.Tx, r *Referral, o *bonafide.Outcome) error {
	key := faultKey(r.ID, o.Fault)
	_, known, err := store.GetJSON[told](tx, key)
	if err != nil || known || r.erased() { // of the erased there is nobody to hear, or to charge
		return err
	}
	m, err := d.Issuer.Mechanism(r.Mechanism)
	if err != nil {
		return err
	}
	switch {
	case !slices.Contains(d.Believes, o.Issuer):
		return bonafide.Errorf(bonafide.OutcomeRefused, string(o.Issuer), "is not believed about faults by %s", d.Origin)
	case r.Confirmed == 0:
		return bonafide.Errorf(bonafide.ReferralOver, r.ID, "was never confirmed")
	case !slices.ContainsFunc(m.Faults, func(f bonafide.FaultClass) bool { return f.ID == o.Class }):
		return bonafide.Errorf(bonafide.UnknownClass, o.Class, "is not a class of fault of %s", m.ID)
	case o.Occurred < r.Confirmed || o.Occurred >= r.Until:
		return bonafide.Errorf(bonafide.FaultLate, o.Fault, "occurred at %d, not from %d until %d", o.Occurred, r.Confirmed, r.Until)
	case max(o.Occurred+1, o.Reported) > d.instant(): // refused for this moment alone: clocks differ
		return bonafide.Errorf(bonafide.NotYetValid, o.Fault, "occurred at %d and was reported at %d, which aren't over by this site's clock", o.Occurred, o.Reported)
	}
	_, err = d.Court.ReportIn(tx, court.Report{
		ID: caseID(r.ID, o.Fault), Mechanism: r.Mechanism, Member: r.Voucher, Class: o.Class, Occurred: o.Occurred,
		Referral: r.ID, ReportedThere: o.Reported,
	})
	if err != nil {
		return err
	}
	return store.PutJSON(tx, key, told{o.Fault, d.instant()})
}

// reversed has the case about a fault quashed, whatever has become of it.
func (d *Desk) reversed(tx store.Tx, r *Referral, o *bonafide.Outcome) error {
	_, known, err := store.GetJSON[told](tx, faultKey(r.ID, o.Fault))
	if err != nil {
		return err
	}
	if !known {
		return bonafide.Errorf(bonafide.UnknownFault, o.Fault, "was not told of this referral")
	}
	return d.Court.Quash(tx, caseID(r.ID, o.Fault), "reversed by "+o.Issuer.Host())
}
