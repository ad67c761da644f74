package verifier

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"sync"
	"time"

	"bonafide.example/conformance/peer"
	"bonafide.example/conformance/subject"
	"bonafide.example/conformance/wire"
)

// redeeming are the cases about referrals. A verifier whose mechanism has no terms for vouching takes none.
func (w *World) redeeming() []subject.Check {
	if w != nil && w.target["vouching"] == nil {
		return []subject.Check{check("referral/none", "Where members don't stand behind one another no table takes referrals.", w.noReferrals,
			"BF-REDEEM-1", "BF-REDEEM-2")}
	}
	checks := []subject.Check{
		check("referral/address", "Where a table has terms for referrals, the entity configuration says where one is redeemed.", w.redeemAddress, "BF-REDEEM-1"),
		check("referral/redeemed", "A referral that is redeemed is told to its issuer once, under the name written.", w.redeemed,
			"BF-REDEEM-6", "BF-REDEEM-13", "BF-OUTCOME-1", "BF-OUTCOME-2", "BF-OUTCOME-3"),
		check("referral/page", "Its page changes nothing.", w.referralPage, "BF-REDEEM-6", "BF-SITE-7"),
		check("referral/signed-out", "Nobody redeems without being signed in.", w.redeemSignedOut, "BF-REDEEM-6"),
		check("referral/cross-origin", "No other site's page redeems.", w.redeemCrossOrigin, "BF-REDEEM-6", "BF-SITE-6"),
		check("referral/asked-again", "While its issuer answers that it is pending, it is asked again under the same jti.", w.askedAgain, "BF-REDEEM-13"),
		check("referral/other-account", "Another account can't redeem it too.", w.redeemedByOther, "BF-REDEEM-7"),
		check("referral/other-name", "Nor can the same account under another name.", w.redeemedByName, "BF-REDEEM-7"),
		check("referral/twice", "An account redeems one referral of an issuer, and another once that has ended.", w.redeemedTwice, "BF-REDEEM-8", "BF-REDEEM-12"),
		check("referral/own", "Nobody redeems a referral of the subject whose status they imported.", w.redeemedOwn, "BF-REDEEM-9"),
		check("referral/revoked-later", "A referral whose bit is set later ends, and its issuer is told so.", w.referralEnds, "BF-REDEEM-12", "BF-REDEEM-17"),
		check("referral/unknown-issuer", "Of a site whose referrals no table takes nothing is fetched.", w.referralOfStranger, "BF-REDEEM-3"),
	}
	for _, l := range referralLies() {
		run := func(ctx context.Context) error { return w.hearReferral(ctx, l) }
		checks = append(checks, check(l.Name, l.About, run, l.Requirements...))
	}
	return checks
}

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

func (w *World) noReferrals(ctx context.Context) error {
	i, err := w.issuer()
	if err != nil {
		return err
	}
	x, err := w.put(ctx, w.table(nameOf(i), i, refers))
	if err != nil {
		return err
	}
	if err := x.Refused("bad-table"); err != nil {
		return err
	}
	entity, err := w.entity(ctx)
	if err != nil {
		return err
	}
	if at := wire.Text(entity.Payload, "metadata", "bonafide_verifier", "redeem_referral_uri"); at != "" {
		return subject.Wrong("no redeem_referral_uri", "%s", at)
	}
	return nil
}

func (w *World) redeemAddress(ctx context.Context) error {
	return w.withReferral(ctx, func(r *referring, _ *subject.Visitor) error {
		if home := originOf(r.address); home != w.Origin {
			return subject.Wrong("an address on "+w.Origin, "%s", r.address)
		}
		return nil
	})
}

func (w *World) redeemed(ctx context.Context) error {
	return w.withReferral(ctx, func(r *referring, v *subject.Visitor) error {
		referral := r.referral()
		jti := wire.Text(referral, "jti")
		if err := r.redeems(ctx, v, referral, "Bob from the market"); err != nil {
			return err
		}
		if err := r.redeems(ctx, v, referral, "Bob from the market"); err != nil { // the same again changes nothing
			return err
		}
		told, err := r.heard(ctx, jti)
		if err != nil {
			return err
		}
		if len(told) == 0 {
			return subject.Wrong("an outcome told", "none")
		}
		o := told[0]
		lasts := number(o, "exp") - number(o, "iat")
		for _, other := range told {
			if other["jti"] != o["jti"] {
				return subject.Wrong("one outcome", "%v and %v", o["jti"], other["jti"])
			}
		}
		switch {
		case o["iss"] != w.Origin || o["aud"] != r.Origin:
			return subject.Wrong("an outcome of "+w.Origin+" for "+r.Origin, "of %v for %v", o["iss"], o["aud"])
		case o["event"] != "redeemed" || o["name"] != "Bob from the market":
			return subject.Wrong("redeemed, with the name written", "%v with %v", o["event"], o["name"])
		case lasts < month || lasts > 2*month:
			return subject.Wrong("30 to 60 days from iat to exp", "%d s", lasts)
		}
		return nil
	})
}

// untold checks that nothing of a referral is told after run.
func (r *referring) untold(ctx context.Context, referral wire.Object, run func() error) error {
	if err := run(); err != nil {
		return err
	}
	told, err := r.heard(ctx, wire.Text(referral, "jti"))
	if err == nil && len(told) > 0 {
		return subject.Wrong("nothing told to the issuer", "%v", told[0]["event"])
	}
	return err
}

func (w *World) referralPage(ctx context.Context) error {
	return w.withReferral(ctx, func(r *referring, v *subject.Visitor) error {
		referral := r.referral()
		return r.untold(ctx, referral, func() error {
			_, _, err := r.page(ctx, v, referral)
			return err
		})
	})
}

// refusedRedemption sends the form that redeems a referral in some way that isn't to be taken.
func (w *World) refusedRedemption(ctx context.Context, by func(v *subject.Visitor) *subject.Visitor, header map[string]string, code string) error {
	return w.withReferral(ctx, func(r *referring, v *subject.Visitor) error {
		referral := r.referral()
		return r.untold(ctx, referral, func() error {
			_, form, err := r.page(ctx, v, referral)
			if err != nil {
				return err
			}
			form.Fields.Set(fieldOf(form, ""), "Bob")
			x, err := w.submit(ctx, by(v), form, header)
			if err != nil {
				return err
			}
			return x.Refused(code)
		})
	})
}

func (w *World) redeemSignedOut(ctx context.Context) error {
	nobody := func(*subject.Visitor) *subject.Visitor { return w.Anybody() }
	return w.refusedRedemption(ctx, nobody, map[string]string{"Accept": "application/json"}, "sign-in-required")
}

func (w *World) redeemCrossOrigin(ctx context.Context) error {
	same := func(v *subject.Visitor) *subject.Visitor { return v }
	return w.refusedRedemption(ctx, same, map[string]string{"Origin": "https://other.example", "Sec-Fetch-Site": "cross-site"}, "cross-origin")
}

func (w *World) askedAgain(ctx context.Context) error {
	return w.withReferral(ctx, func(r *referring, v *subject.Visitor) error {
		referral := r.referral()
		if err := r.redeems(ctx, v, referral, "Bob"); err != nil {
			return err
		}
		first, err := r.heard(ctx, wire.Text(referral, "jti"))
		if err != nil {
			return err
		}
		if err := w.Advance(ctx, time.Hour); err != nil {
			return err
		}
		all, err := r.heard(ctx, wire.Text(referral, "jti"))
		if err != nil {
			return err
		}
		if len(all) <= len(first) {
			return subject.Wrong("the outcome told again within an hour", "%d times in all", len(all))
		}
		for _, o := range all {
			if o["jti"] != all[0]["jti"] || o["event"] != "redeemed" {
				return subject.Wrong("redeemed under the same jti", "%v under %v and %v", o["event"], o["jti"], all[0]["jti"])
			}
		}
		return nil
	})
}

// redeemedBefore redeems a referral, and then once more by somebody else or otherwise.
func (w *World) redeemedBefore(ctx context.Context, name string, again func(v *subject.Visitor) (*subject.Visitor, error)) error {
	return w.withReferral(ctx, func(r *referring, v *subject.Visitor) error {
		referral := r.referral()
		if err := r.redeems(ctx, v, referral, "Bob"); err != nil {
			return err
		}
		other, err := again(v)
		if err != nil {
			return err
		}
		x, err := r.redeem(ctx, other, referral, name)
		if err != nil {
			return err
		}
		return x.Refused("referral-used")
	})
}

func (w *World) redeemedByOther(ctx context.Context) error {
	return w.redeemedBefore(ctx, "Bob", func(*subject.Visitor) (*subject.Visitor, error) { return w.Account(ctx) })
}

func (w *World) redeemedByName(ctx context.Context) error {
	return w.redeemedBefore(ctx, "Bobby", func(v *subject.Visitor) (*subject.Visitor, error) { return v, nil })
}

func (w *World) redeemedTwice(ctx context.Context) error {
	return w.withReferral(ctx, func(r *referring, v *subject.Visitor) error {
		if err := r.redeems(ctx, v, r.referral(), "Bob"); err != nil {
			return err
		}
		second := r.referral()
		x, err := r.redeem(ctx, v, second, "Bob")
		if err != nil {
			return err
		}
		if err := x.Refused("referral-twice"); err != nil {
			return err
		}
		r.stands("declined")
		if err := w.Advance(ctx, time.Hour); err != nil {
			return err
		}
		return r.redeems(ctx, v, second, "Bob")
	})
}

func (w *World) redeemedOwn(ctx context.Context) error {
	return w.withReferral(ctx, func(r *referring, v *subject.Visitor) error {
		if err := r.imports(ctx, v); err != nil {
			return err
		}
		own := r.referral()
		own["sub"] = r.Subject
		x, err := r.redeem(ctx, v, own, "Bob")
		if err != nil {
			return err
		}
		return x.Refused("referral-own")
	})
}

func (w *World) referralEnds(ctx context.Context) error {
	alone, err := w.referring(ctx) // for whoever reads its list now everything has ended
	if err != nil {
		return err
	}
	return w.withReferralOf(ctx, alone, func(r *referring, v *subject.Visitor) error {
		referral := r.referral()
		if err := r.redeems(ctx, v, referral, "Bob"); err != nil {
			return err
		}
		r.Handle(r.Badges().Path(), r.Signed("vc+jwt", listMedia, func() any {
			l := peer.NewList(r.Site, r.Badges().Path())
			l.Bits = slices.Repeat([]byte{0xff}, wire.MinEntries/8)
			return l.Credential()
		}))
		if err := w.Advance(ctx, pastTTL); err != nil {
			return err
		}
		told, err := r.heard(ctx, wire.Text(referral, "jti"))
		if err != nil {
			return err
		}
		for _, o := range told {
			if o["event"] == "ended" {
				return nil
			}
		}
		return subject.Wrong("the outcome ended", "%d others", len(told))
	})
}

func (w *World) referralOfStranger(ctx context.Context) error {
	return w.withReferral(ctx, func(r *referring, v *subject.Visitor) error {
		i, err := w.issuer()
		if err != nil {
			return err
		}
		stranger := &referring{bench: &bench{Issuer: i, w: w}, address: r.address}
		token, err := i.Seal(referralType, stranger.referral())
		if err != nil {
			return err
		}
		return silent(func() error {
			x, err := v.Get(ctx, r.link(token), asProgram)
			if err != nil {
				return err
			}
			return x.Refused("referral-refused")
		}, i.Site)
	})
}
