package verifier

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"sync"
	"time"

	"bonafide.example/conformance/subject"
	"bonafide.example/conformance/wire"
)

// refers makes a table of shares one of levels with terms for referrals.
func refers(t wire.Object) {
	byLevels(t)
	t["referral"] = wire.Object{"min_stake": 50}
}

// referring is an issuer whose members refer people to the verifier.
type referring struct {
	*bench
	address string // where a referral is redeemed
	mutex   sync.Mutex
	state   string // as which referrals stand with the issuer
	told    []string
}

// referring founds an issuer whose referrals the verifier takes.
func (w *World) referring(ctx context.Context) (*referring, error) {
	b, err := w.bench(ctx, refers)
	if err != nil {
		return nil, err
	}
	r := &referring{bench: b, state: "pending"}
	b.Handle("/outcomes", r.outcomes)
	entity, err := w.entity(ctx)
	if err != nil {
		return nil, err
	}
	if r.address = wire.Text(entity.Payload, "metadata", "bonafide_verifier", "redeem_referral_uri"); r.address == "" {
		return nil, subject.Wrong("a redeem_referral_uri", "none")
	}
	return r, nil
}

// outcomes takes what becomes of a referral.
func (r *referring) outcomes(w http.ResponseWriter, q *http.Request) {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	r.told = append(r.told, q.PostForm.Get("outcome"))
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	fmt.Fprintf(w, `{"state":%q}`, r.state)
}

// stands sets how referrals stand with the issuer.
func (r *referring) stands(state string) {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	r.state = state
}

// heard returns the outcomes of a referral that were told so far, verified, once the verifier did what was due.
func (r *referring) heard(ctx context.Context, jti string) (all []wire.Object, err error) {
	if err := r.w.Advance(ctx, time.Minute); err != nil {
		return nil, err
	}
	_, keys, err := r.w.methods(ctx)
	if err != nil {
		return nil, err
	}
	r.mutex.Lock()
	tokens := slices.Clone(r.told)
	r.mutex.Unlock()
	for _, token := range tokens {
		o, err := wire.Open(token, keys)
		if err != nil {
			return nil, subject.Wrong("outcomes signed by a key of the DID document", "%v", err)
		}
		if wire.Text(o.Header, "typ") != "bonafide-outcome+jwt" {
			return nil, subject.Wrong("the typ bonafide-outcome+jwt", "%v", o.Header["typ"])
		}
		if wire.Text(o.Payload, "referral") == jti {
			all = append(all, o.Payload)
		}
	}
	return all, nil
}

// referral returns the payload of a referral that may be redeemed.
func (r *referring) referral() wire.Object {
	now := r.Now()
	return wire.Object{
		"iss": r.Origin, "aud": r.w.Origin, "sub": wire.Random(16), "jti": "urn:uuid:9d3f4c52-6c0e-4f0a-8a35-" + wire.Random(8),
		"iat": now.Unix(), "exp": now.Unix() + month, "stake": 60,
		"status": wire.Object{
			"mechanism": r.MechanismID(), "version": 1, "context": "trading", "level": "great", "kind": "earned", "earned_level": "great",
			"as_of": day(now), "sources": []any{r.Origin}, "state": "current",
		},
		"credentialStatus": r.Badges().Entry(r.Badges().Take()),
	}
}

const referralType = "bonafide-referral+jwt"

// link is where a referral leads.
func (r *referring) link(token string) string {
	return r.address + "?" + url.Values{"token": {token}}.Encode()
}

// page opens a referral, and returns the form that redeems it.
func (r *referring) page(ctx context.Context, v *subject.Visitor, referral wire.Object) (token string, form *subject.Form, err error) {
	if token, err = r.Seal(referralType, referral); err != nil {
		return "", nil, err
	}
	x, err := v.Get(ctx, r.link(token), "text/html")
	if err != nil {
		return "", nil, err
	}
	if err := x.Page(); err != nil {
		return "", nil, err
	}
	forms, err := x.Forms()
	if err != nil {
		return "", nil, err
	}
	for i := range forms {
		if forms[i].Method == http.MethodPost && fieldOf(&forms[i], token) != "" {
			return token, &forms[i], nil
		}
	}
	return "", nil, subject.Wrong("a form that redeems the referral", "none at %s", r.address)
}

// fieldOf returns the name of the field of a form that has this value, "" if none has.
func fieldOf(form *subject.Form, value string) string {
	for name, values := range form.Fields {
		if slices.Contains(values, value) {
			return name
		}
	}
	return ""
}

// redeem redeems a referral under a name, which is written into the form's empty field.
func (r *referring) redeem(ctx context.Context, v *subject.Visitor, referral wire.Object, name string) (*subject.Exchange, error) {
	_, form, err := r.page(ctx, v, referral)
	if err != nil {
		return nil, err
	}
	form.Fields.Set(fieldOf(form, ""), name)
	return r.w.submit(ctx, v, form, nil)
}

// redeems expects that to succeed.
func (r *referring) redeems(ctx context.Context, v *subject.Visitor, referral wire.Object, name string) error {
	x, err := r.redeem(ctx, v, referral, name)
	if err != nil {
		return err
	}
	if x.Status >= http.StatusBadRequest {
		return subject.Wrong("a referral redeemed", "%d with the code %q", x.Status, x.Code())
	}
	return nil
}

// withReferral runs a case that takes an issuer of referrals, which others use too, and an account.
func (w *World) withReferral(ctx context.Context, run func(r *referring, v *subject.Visitor) error) error {
	if w.refers == nil || w.referred == maxUses {
		r, err := w.referring(ctx)
		if err != nil {
			return err
		}
		w.refers, w.referred = r, 0
	}
	w.referred++
	w.refers.honest()
	w.refers.stands("pending")
	return w.withReferralOf(ctx, w.refers, run)
}

// withReferralOf runs a case that takes this issuer of referrals and an account.
func (w *World) withReferralOf(ctx context.Context, r *referring, run func(r *referring, v *subject.Visitor) error) error {
	v, err := w.Account(ctx)
	if err != nil {
		return err
	}
	return run(r, v)
}
