package main

import "slices"

// What crosses sites: referrals, which put points up for somebody elsewhere, and their outcomes.

// referral returns the referral of that id.
func (m *vouchModel) referral(id string) (vouchEvent, bool) {
	i := slices.IndexFunc(m.of("refer"), func(e vouchEvent) bool { return e.ID == id })
	if i < 0 {
		return vouchEvent{}, false
	}
	return m.of("refer")[i], true
}

// chargesOfOutcome returns the one charge of an outcome, or none.
func (m *vouchModel) chargesOfOutcome(o vouchEvent) []vouchCharge {
	r, known := m.referral(o.Referral)
	amount := min(o.Points, r.Stake)
	if !known || m.reversed(o.ID) || !m.answers(r, o) || amount == 0 {
		return nil
	}
	return []vouchCharge{m.charge(o, r, 1, amount)}
}

// outcomePoints returns the most that an outcome of a class may cost if it is entered now.
func (m *vouchModel) outcomePoints(r vouchEvent, class string) int64 {
	year := int64(0)
	for _, o := range m.of("outcome") {
		other, _ := m.referral(o.Referral)
		for _, c := range m.charges {
			if c.Fault == o.ID && other.Voucher == r.Voucher && other.Site == r.Site && m.at < o.At+365*day {
				year += c.Amount
			}
		}
	}
	return min(m.direct(r, class), r.Stake-m.burned(r), max(0, m.earned(r.Voucher)/10-year))
}

// risk returns the most that a new stake can cost its voucher.
func (m *vouchModel) risk(id string, stake int64) risk {
	most := m.charged(id) + stake
	for _, v := range m.staked {
		if v.Voucher == id && m.live(v, m.at) {
			most += v.Stake - m.unhealed(v)
		}
	}
	kept := m.earned(id) - m.lost(id)
	return risk{
		Points:        min(m.charged(id)+stake, m.earned(id)/2) - m.borne(id),
		OwnLevel:      m.ownLevel(id),
		OwnLevelAfter: m.levelOf(id, kept, max(0, kept-min(most, m.earned(id)/2))),
	}
}

// referred is a referral to outils.
func referred(voucher string, stake, at int64) vouchEvent {
	return vouchEvent{Kind: "refer", ID: "refer-" + voucher, At: at, Voucher: voucher, Site: outils, Stake: stake}
}

// came is an outcome that was reported as it occurred and is final then.
func came(referral, class string, points, at int64) vouchEvent {
	return vouchEvent{Kind: "outcome", ID: "outcome-" + referral, At: at, Referral: referral, Class: class, Points: points, Occurred: at, Reported: at}
}

// changed returns an event with another value somewhere.
func changed(e vouchEvent, change func(e *vouchEvent)) vouchEvent {
	change(&e)
	return e
}

// named returns an event with another id.
func named(id string, e vouchEvent) vouchEvent {
	return changed(e, func(e *vouchEvent) { e.ID = id })
}

func vouchReferrals() []Case {
	ann := world(earns("ann", 1000), earns("ben", 1000))
	of := func(name, description string, at int64, events []vouchEvent, requirements ...string) Case {
		return worldCase("refer-"+name, description, at, events, append(requirements, "BF-VOUCH-36")...)
	}
	return []Case{
		of("counts", "A referral is lent, and supports nobody here.", on(5), world(ann, referred("ann", 60, on(1))), "BF-VOUCH-37"),
		of("last-second", "The last second of its 365 days.", on(366)-1, world(ann, referred("ann", 60, on(1)))),
		of("over", "365 days are over.", on(366), world(ann, referred("ann", 60, on(1)))),
		of("notice-last-second", "The last second of the 7 days after a withdrawal.", on(17)-1, world(ann, referred("ann", 60, on(1)), leaves("refer-ann", on(10)))),
		of("notice-over", "7 days after a withdrawal.", on(17), world(ann, referred("ann", 60, on(1)), leaves("refer-ann", on(10)))),
		of("uses-capacity", "A referral before a vouch in order uses up what the vouch would need.", on(5),
			world(ann, referred("ann", 400, on(1)), stands("ann", "zoe", 1, 110, on(2)), stands("ben", "zoe", 1, 10, on(1)))),
		of("after-vouch", "A referral after a vouch takes nothing from it.", on(5),
			world(ann, stands("ann", "zoe", 1, 110, on(1)), stands("ben", "zoe", 1, 10, on(1)), referred("ann", 400, on(2)))),
		of("never-twice", "Any number of referrals to one site stand beside one another: they are for different people.", on(5),
			world(ann, referred("ann", 60, on(1)), named("refer-again", referred("ann", 60, on(1))))),
		of("void-while-suspended", "A history with a referral that was given while suspended: it is void, and its outcome charges nothing.", on(20),
			world(ann, suspends("ann", on(1)), referred("ann", 60, on(2)), restores("ann", on(3)), came("refer-ann", "unpaid", 30, on(5))), "BF-VOUCH-10", "BF-VOUCH-39"),
		of("not-good", "A referral that stood for 90 days uncharged proves nothing here.", on(200), world(ann, referred("ann", 60, on(1))), "BF-VOUCH-37", "BF-VOUCH-12"),
	}
}

func vouchReferralRefusals() []Case {
	_, given := full()
	base := world(earns("ann", 1000))
	of := func(name, description string, e vouchEvent, expect string, requirements ...string) Case {
		return newCase("refer-"+name, description, on(5), base, e, expect, requirements...)
	}
	r := referred("ann", 60, on(5))
	with := func(change func(e *vouchEvent)) vouchEvent { return changed(r, change) }
	noTerms := vouchDefaults()
	noTerms.Supporters, noTerms.MinStake = []int{}, []int64{}
	without := func(name, description string, e vouchEvent) Case {
		in := VouchingInput{Parameters: noTerms, Events: base, At: on(5), New: &e}
		return Case{name, []string{"BF-VOUCH-38"}, description, in, "no-vouching", nil}
	}
	return []Case{
		of("taken", "A referral that is taken.", r, "ok", "BF-VOUCH-36"),
		of("whole-capacity", "All that the capacity has.", with(func(e *vouchEvent) { e.Stake = 500 }), "ok", "BF-VOUCH-36"),
		of("beyond-capacity", "A point more.", with(func(e *vouchEvent) { e.Stake = 501 }), "beyond-capacity", "BF-VOUCH-36", "BF-VOUCH-11"),
		of("stake-too-small", "A point below the least stake of level 1.", with(func(e *vouchEvent) { e.Stake = 9 }), "stake-too-small", "BF-VOUCH-36", "BF-VOUCH-5"),
		of("dated-back", "A referral of yesterday.", with(func(e *vouchEvent) { e.At -= day }), "bad-value", "BF-VOUCH-36", "BF-VOUCH-35"),
		of("site-missing", "It doesn't name the other site.", with(func(e *vouchEvent) { e.Site = "" }), "bad-origin", "BF-VOUCH-32"),
		of("vouchee", "It names whom it is for.", with(func(e *vouchEvent) { e.Vouchee = "zoe" }), "bad-value", "BF-VOUCH-32"),
		of("level", "It names a level.", with(func(e *vouchEvent) { e.Level = 1 }), "bad-value", "BF-VOUCH-32"),
		newCase("refer-suspended", "A suspended member.", on(5), world(base, suspends("ann", on(4))), r, "member-suspended", "BF-VOUCH-36", "BF-VOUCH-9"),
		newCase("refer-65th", "The 65th of what one has given, vouches and referrals together.", on(2),
			world(given[:64], referred("ann", 10, on(1))), named("refer-last", referred("ann", 10, on(2))), "voucher-full", "BF-VOUCH-36", "BF-VOUCH-8"),
		newCase("refer-65th-vouch", "A vouch after 63 others and a referral.", on(2),
			world(given[:64], referred("ann", 10, on(1))), stands("ann", "zoe", 1, 10, on(2)), "voucher-full", "BF-VOUCH-36", "BF-VOUCH-8"),
		newCase("refer-withdrawal", "A withdrawal of a referral.", on(5), world(base, referred("ann", 60, on(1))), leaves("refer-ann", on(5)), "ok", "BF-VOUCH-36", "BF-VOUCH-13"),
		newCase("refer-withdrawal-twice", "A second notice.", on(5), world(base, referred("ann", 60, on(1)), leaves("refer-ann", on(2))),
			second(leaves("refer-ann", on(5))), "vouch-over", "BF-VOUCH-36", "BF-VOUCH-13"),
		without("refer-no-terms", "The mechanism has no terms for vouching.", r),
		without("refuse-no-terms", "Nor can anybody be vouched for here.", stands("ann", "zoe", 1, 60, on(5))),
	}
}

// vouchReferred are the cases of supporters from other sites.
func vouchReferred() []Case {
	one := world(earns("ann", 1000), stands("ann", "zoe", 2, 60, on(1)))
	of := func(name, description string, events []vouchEvent, levels ...int) Case {
		in := VouchingInput{Parameters: vouchDefaults(), Events: events, At: on(5), Referrals: map[string][]int{"zoe": levels}}
		return Case{"referred-" + name, []string{"BF-VOUCH-44"}, description, in, "ok", in.state()}
	}
	alone := of("alone-enough", "Where one supporter is enough, one from elsewhere isn't.", world(earns("zoe", 0)), 3)
	in := alone.Input.(VouchingInput)
	in.Parameters.Supporters = []int{1, 2, 3}
	alone.Input, alone.Result = in, in.state()
	return []Case{
		of("beside-one-here", "One supporter here and one at another site.", one, 2),
		of("lower", "The one from elsewhere supports level 1 only.", one, 1),
		of("none", "The one from elsewhere supports no level.", one, 0),
		of("alone", "One from elsewhere, nobody here.", world(earns("zoe", 0)), 3),
		of("two-sites", "Two from two other sites, nobody here.", world(earns("zoe", 0)), 2, 3),
		of("suspended", "A suspended member has no level, whoever stands behind.", world(one, suspends("zoe", on(2))), 2, 2),
		alone,
	}
}
