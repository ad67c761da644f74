package main

// vouchOutcomeWorld is Ann with a referral of 60, and Ben who stands behind Ann.
func vouchOutcomeWorld() []vouchEvent {
	return world(earns("ann", 1000), earns("ben", 1000), stands("ben", "ann", 1, 60, on(1)), referred("ann", 60, on(1)))
}

func vouchOutcomes() []Case {
	base := vouchOutcomeWorld()
	left := world(base, leaves("refer-ann", on(10)))
	of := func(name, description string, at int64, events []vouchEvent, requirements ...string) Case {
		return worldCase("outcome-"+name, description, at, events, append(requirements, "BF-VOUCH-39")...)
	}
	reported := func(occurred, reported, final int64) vouchEvent {
		return changed(came("refer-ann", "unpaid", 30, final), func(e *vouchEvent) { e.Occurred, e.Reported = occurred, reported })
	}
	unpaid := came("refer-ann", "unpaid", 30, on(20))
	return []Case{
		of("charges-one", "It costs Ann, who referred; Ben stands behind her, and pays nothing.", on(20), world(base, unpaid), "BF-VOUCH-28"),
		of("not-final", "A second before it is final nothing follows.", on(20)-1, world(base, unpaid), "BF-VOUCH-2"),
		of("as-told", "What it costs is what it tells, whatever its class.", on(20), world(base, came("refer-ann", "fraud", 7, on(20)))),
		of("nothing", "An outcome of 0 points.", on(20), world(base, came("refer-ann", "late", 0, on(20)))),
		of("above-stake", "A history with an outcome above the stake: no more than the stake is charged.", on(20), world(base, came("refer-ann", "fraud", 90, on(20)))),
		of("last-second", "It occurred in the last second of 365 days.", on(370), world(base, reported(on(366)-1, on(367), on(369)))),
		of("after-a-year", "It occurred when 365 days were over.", on(370), world(base, reported(on(366), on(367), on(369)))),
		of("before-the-referral", "It occurred before the voucher confirmed.", on(20), world(base, reported(on(1)-1, on(2), on(3)))),
		of("during-notice", "It occurred in the last second of the notice.", on(20), world(left, reported(on(17)-1, on(17)-1, on(20))), "BF-VOUCH-27"),
		of("after-notice", "It occurred when the withdrawal had taken effect.", on(20), world(left, reported(on(17), on(17), on(20)))),
		of("reported-after-notice", "It occurred before, and was reported after the withdrawal had taken effect.", on(20), world(left, reported(on(9), on(17)+1, on(20))), "BF-VOUCH-27"),
		of("reported-at-its-end", "It was reported when the withdrawal took effect.", on(20), world(left, reported(on(9), on(17), on(20))), "BF-VOUCH-27"),
		of("unknown-referral", "A history with an outcome of a referral that isn't in it.", on(20), world(base, came("refer-zoe", "unpaid", 30, on(20)))),
		of("of-a-vouch", "A history with an outcome that names a vouch.", on(20), world(base, came("ben-ann", "unpaid", 30, on(20)))),
		of("heals", "Two periods on, a sixth has healed.", on(80), world(base, unpaid), "BF-VOUCH-40", "BF-VOUCH-14"),
		of("healed", "After 12 periods nothing weighs any more; what burned stays burned.", on(380), world(base, came("refer-ann", "unpaid", 30, on(20))), "BF-VOUCH-40", "BF-VOUCH-28"),
		of("reversed", "It was reversed.", on(30), world(base, unpaid, reverses("outcome-refer-ann", on(25))), "BF-VOUCH-40", "BF-VOUCH-31"),
		of("bad", "While it hasn't healed it counts as bad.", on(21), world(base, unpaid), "BF-VOUCH-40", "BF-VOUCH-12"),
		of("twice-on-one", "Two outcomes burn the stake, and no more.", on(30),
			world(base, came("refer-ann", "unpaid", 40, on(20)), named("again", came("refer-ann", "unpaid", 40, on(21)))), "BF-VOUCH-28"),
		of("beside-a-fault", "A fault of a member whom Ann stands behind as well: both are charged.", on(30),
			world(base, unpaid, stands("ann", "zoe", 1, 20, on(2)), errs("zoe", "fraud", on(20)))),
		newCase("outcome-brakes", "An unhealed outcome brakes new vouches: of a capacity of 485, four fifths may be lent, 60 of which are.", on(21),
			world(base, unpaid), stands("ann", "zoe", 1, 328, on(21)), "ok", "BF-VOUCH-40", "BF-VOUCH-12"),
		newCase("outcome-brakes-more", "A point more.", on(21), world(base, unpaid), stands("ann", "zoe", 1, 329, on(21)), "vouch-brake", "BF-VOUCH-40", "BF-VOUCH-12"),
		newCase("outcome-reversal", "A reversal of an outcome.", on(30), world(base, unpaid), reverses("outcome-refer-ann", on(30)), "ok", "BF-VOUCH-40", "BF-VOUCH-31"),
	}
}

func vouchOutcomeRefusals() []Case {
	base := vouchOutcomeWorld()
	of := func(name, description string, e vouchEvent, expect string, requirements ...string) Case {
		return newCase("outcome-"+name, description, on(400), base, e, expect, requirements...)
	}
	timed := func(occurred, reported, final int64) vouchEvent {
		return changed(came("refer-ann", "unpaid", 30, final), func(e *vouchEvent) { e.Occurred, e.Reported = occurred, reported })
	}
	told := func(points int64) vouchEvent { return came("refer-ann", "unpaid", points, on(400)) }
	with := func(change func(e *vouchEvent)) vouchEvent { return changed(told(30), change) }
	known := world(base, came("refer-ann", "unpaid", 30, on(20)))
	again := second(came("refer-ann", "unpaid", 1, on(20)))
	return []Case{
		of("taken", "An outcome that costs all it may: half of the stake.", told(30), "ok", "BF-VOUCH-43"),
		of("too-much", "A point more than its class costs.", told(31), "bad-value", "BF-VOUCH-43"),
		of("less", "An issuer may be milder.", told(0), "ok", "BF-VOUCH-43"),
		of("negative", "Points below 0.", told(-1), "bad-value", "BF-VOUCH-32"),
		of("in-time", "Reported on the last instant, and final on the last: 2·(14 + 60) + 30 days on.", timed(on(1), on(181), on(359)), "ok", "BF-VOUCH-41"),
		of("reported-late", "Reported a second after 180 days.", timed(on(1), on(181)+1, on(200)), "fault-late", "BF-VOUCH-41"),
		of("final-late", "Final a second after 178 days.", timed(on(1), on(2), on(180)+1), "fault-late", "BF-VOUCH-41"),
		of("reported-before", "Reported before it occurred.", timed(on(2), on(1), on(3)), "fault-disordered", "BF-VOUCH-41"),
		of("final-before", "Final before it was reported.", timed(on(1), on(3), on(2)), "fault-disordered", "BF-VOUCH-41"),
		of("future", "Final in the future.", timed(on(390), on(395), on(400)+1), "future-event", "BF-VOUCH-33"),
		of("unknown-class", "Of a class that the mechanism doesn't publish.", with(func(e *vouchEvent) { e.Class = "rude" }), "unknown-class", "BF-VOUCH-42"),
		of("unknown", "Of a referral that isn't known.", with(func(e *vouchEvent) { e.Referral = "refer-zoe" }), "unknown-referral", "BF-VOUCH-42"),
		of("names-a-vouch", "Of a vouch.", with(func(e *vouchEvent) { e.Referral = "ben-ann" }), "unknown-referral", "BF-VOUCH-42"),
		of("member", "It names a member.", with(func(e *vouchEvent) { e.Member = "ann" }), "bad-value", "BF-VOUCH-32"),
		of("attested", "It is attested.", with(func(e *vouchEvent) { e.Attested = true }), "bad-value", "BF-VOUCH-32"),
		newCase("outcome-repeated", "An outcome that is known already is nothing new.", on(400), known, came("refer-ann", "unpaid", 30, on(20)), "ok", "BF-VOUCH-1"),
		newCase("outcome-twice", "The same referral, class and instant again.", on(400), known, again, "fault-twice", "BF-VOUCH-42"),
		newCase("outcome-anew-after-reversal", "The first was reversed, so it may be told again.", on(400),
			world(known, reverses("outcome-refer-ann", on(25))), again, "ok", "BF-VOUCH-42"),
		newCase("outcome-what-remains", "Half of the stake has burned: another of the whole stake may take the other half.", on(400), known,
			named("new", came("refer-ann", "fraud", 30, on(400))), "ok", "BF-VOUCH-43"),
		newCase("outcome-more-than-remains", "A point more.", on(400), known, named("new", came("refer-ann", "fraud", 31, on(400))), "bad-value", "BF-VOUCH-43"),
	}
}

// vouchTenth are the cases of what one site may cost a member in a year: 100 of Ann's 1000.
func vouchTenth() []Case {
	base := world(earns("ann", 1000), referred("ann", 90, on(1)), named("refer-two", referred("ann", 90, on(1))),
		changed(named("refer-else", referred("ann", 90, on(1))), func(e *vouchEvent) { e.Site = "https://atelier.example" }),
		came("refer-ann", "fraud", 70, on(20)))
	of := func(name, description string, at int64, events []vouchEvent, referral string, points int64, expect string) Case {
		return newCase("tenth-"+name, description, at, events, named("new", came(referral, "fraud", points, at)), expect, "BF-VOUCH-43")
	}
	return []Case{
		of("left", "After 70 a second referral to the same site may cost 30.", on(21), base, "refer-two", 30, "ok"),
		of("exceeded", "A point more.", on(21), base, "refer-two", 31, "bad-value"),
		of("other-site", "Another site has a tenth of its own.", on(21), base, "refer-else", 90, "ok"),
		of("healing", "That it heals gives nothing back.", on(385)-1, base, "refer-two", 31, "bad-value"),
		of("year-over", "365 days after the first was final.", on(385), base, "refer-two", 90, "ok"),
		of("reversed", "The first was reversed.", on(30), world(base, reverses("outcome-refer-ann", on(25))), "refer-two", 90, "ok"),
		of("earned-since", "Who has earned more by now may lose more.", on(30),
			world(base, named("earn-more", changed(earns("ann", 90), func(e *vouchEvent) { e.At = on(25) }))), "refer-two", 39, "ok"),
		of("nothing-earned", "Who earned nothing can lose nothing.", on(30), world(referred("zoe", 90, on(1))), "refer-zoe", 1, "bad-value"),
		of("not-counted-when-not-charged", "An outcome that charged nobody takes nothing of the tenth.", on(30),
			world(base[:3], changed(came("refer-ann", "fraud", 70, on(20)), func(e *vouchEvent) { e.Occurred = on(1) - 1 })), "refer-two", 90, "ok"),
		worldCase("tenth-both-sides", "The tenth is held when an outcome is entered: a history that goes beyond it counts as it stands.", on(30),
			world(base, named("more", came("refer-two", "fraud", 90, on(21)))), "BF-VOUCH-39"),
	}
}
