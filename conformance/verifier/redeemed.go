package verifier

import (
	"context"
	"slices"
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
	for _, l := range ReferralLies() {
		run := func(ctx context.Context) error { return w.hearReferral(ctx, l) }
		checks = append(checks, check(l.Name, l.About, run, l.Requirements...))
	}
	return checks
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
