package verifier

import (
	"context"
	"net/http"

	"bonafide.example/conformance/peer"
	"bonafide.example/conformance/subject"
	"bonafide.example/conformance/wire"
)

// ReferralLie is something that mustn't be said in a referral. It is refused where its page is asked for and where it is posted.
type ReferralLie struct {
	Name         string   `json:"name"` // TOPIC/CASE
	About        string   `json:"description"`
	Codes        []string `json:"codes"` // one of these is due
	Requirements []string `json:"requirements"`
	change       func(r *referring, canary *peer.Site, referral wire.Object)
	seal         func(r *referring, referral wire.Object) (string, error) // nil: as it should be
}

// ReferralLies returns all of them.
func ReferralLies() []ReferralLie {
	lie := func(name, about, code string, change func(wire.Object), requirements ...string) ReferralLie {
		return ReferralLie{Name: "referral/" + name, About: about, Codes: []string{code}, Requirements: requirements,
			change: func(_ *referring, _ *peer.Site, o wire.Object) { change(o) }}
	}
	nothing := func(*referring, *peer.Site, wire.Object) {}
	return []ReferralLie{
		lie("audience", "A referral to another site is refused.", "wrong-audience", set("https://other.example", "aud"), "BF-REFERRAL-1"),
		lie("no-subject", "A referral without pseudonym is refused.", "bad-value", set("", "sub"), "BF-REFERRAL-1"),
		lie("expired", "A referral past its end is refused.", "expired", shift(-month-100, month), "BF-REFERRAL-2"),
		lie("not-yet-valid", "A referral from the future is refused.", "not-yet-valid", shift(150, month), "BF-REFERRAL-2"),
		lie("too-long", "A referral for over 30 days is refused.", "bad-value", shift(0, month+1), "BF-REFERRAL-2"),
		lie("no-stake", "A referral without stake is refused.", "bad-value", set(0, "stake"), "BF-REFERRAL-3"),
		lie("small-stake", "A referral whose stake is below the table's least is refused.", "stake-too-small", set(49, "stake"), "BF-REDEEM-5"),
		lie("converts-to-one", "A referral whose level converts to the first one is refused.", "referral-refused", levelled("fair"), "BF-REDEEM-5"),
		lie("other-mechanism", "A referral under a mechanism that no table takes is refused.", "referral-refused", func(o wire.Object) {
			setStatus(o, "mechanism", originOf(wire.Text(o, "status", "mechanism"))+"/mechanisms/other")
		}, "BF-REDEEM-5"),
		lie("other-version", "A referral under a version that no table names is refused.", "mechanism-changed", statusWith("version", 2), "BF-REDEEM-20"),
		lie("vouched", "A referral of a level that was vouched is refused.", "bad-value", statusWith("kind", "vouched"), "BF-REFERRAL-4"),
		lie("other-level", "A referral that shows another level than is earned is refused.", "bad-value", statusWith("level", "good"), "BF-REFERRAL-4"),
		lie("measures", "A referral that tells measures is refused.", "bad-value",
			statusWith("measures", []any{wire.Object{"id": "ratings", "positive": 20, "total": 20}}), "BF-REFERRAL-4"),
		{Name: "referral/issuer", About: "A referral in the name of another site is refused.", Codes: []string{"wrong-issuer"},
			Requirements: []string{"BF-REDEEM-4"}, change: func(_ *referring, canary *peer.Site, o wire.Object) { o["iss"] = canary.Origin }},
		{Name: "referral/foreign-list", About: "A referral whose entry is in another site's list is refused.", Codes: []string{"status-list-foreign"},
			Requirements: []string{"BF-REFERRAL-5"}, change: func(_ *referring, canary *peer.Site, o wire.Object) {
				o["credentialStatus"].(wire.Object)["statusListCredential"] = canary.Origin + "/status/1"
			}},
		{Name: "referral/no-list", About: "A referral whose list can't be had is refused.", Codes: []string{"status-unknown", "not-found"},
			Requirements: []string{"BF-REDEEM-4"}, change: func(r *referring, _ *peer.Site, o wire.Object) {
				r.Handle("/status/404", http.NotFound)
				o["credentialStatus"].(wire.Object)["statusListCredential"] = r.Origin + "/status/404"
			}},
		{Name: "referral/revoked", About: "A referral whose bit is set is refused.", Codes: []string{"revoked"}, Requirements: []string{"BF-REDEEM-4"},
			change: func(r *referring, _ *peer.Site, o wire.Object) {
				l := peer.NewList(r.Site, "/status/ended")
				entry := l.Take()
				l.Revoke(entry)
				l.Serve()
				o["credentialStatus"] = l.Entry(entry)
			}},
		{Name: "referral/other-key", About: "A referral signed by a key that isn't the issuer's is refused.", Codes: []string{"bad-signature"},
			Requirements: []string{"BF-TOKEN-10"}, change: nothing,
			seal: func(r *referring, o wire.Object) (string, error) { return r.Federation.Sign(referralType, r.KID(), o) }},
		{Name: "referral/other-type", About: "A referral signed as something else is refused.", Codes: []string{"wrong-type"},
			Requirements: []string{"BF-TOKEN-6"}, change: nothing,
			seal: func(r *referring, o wire.Object) (string, error) { return r.Seal(statusType, o) }},
	}
}

// levelled sets the level that a referral states.
func levelled(level string) func(wire.Object) {
	return func(o wire.Object) {
		setStatus(o, "level", level)
		setStatus(o, "earned_level", level)
	}
}

// hearReferral shows and posts a referral that lies, and then redeems one that doesn't.
func (w *World) hearReferral(ctx context.Context, l ReferralLie) error {
	return w.withReferral(ctx, func(r *referring, v *subject.Visitor) error {
		canary, err := w.found()
		if err != nil {
			return err
		}
		honest, lying := r.referral(), r.referral()
		good, form, err := r.page(ctx, v, honest)
		if err != nil {
			return err
		}
		l.change(r, canary, lying)
		seal := l.seal
		if seal == nil {
			seal = func(r *referring, o wire.Object) (string, error) { return r.Seal(referralType, o) }
		}
		token, err := seal(r, lying)
		if err != nil {
			return err
		}
		err = r.untold(ctx, lying, func() error {
			x, err := v.Get(ctx, r.link(token), asProgram)
			if err != nil {
				return err
			}
			if err := x.Refused(l.Codes...); err != nil {
				return err
			}
			form.Fields.Set(fieldOf(form, ""), "Bob")
			form.Fields.Set(fieldOf(form, good), token)
			if x, err = w.submit(ctx, v, form, nil); err != nil {
				return err
			}
			return x.Refused(l.Codes...)
		})
		if err != nil {
			return err
		}
		if met := canary.Requests(""); len(met) > 0 {
			return subject.Wrong("no request to another site", "%s %s", met[0].Method, met[0].Path)
		}
		return r.redeems(ctx, v, honest, "Bob")
	})
}
