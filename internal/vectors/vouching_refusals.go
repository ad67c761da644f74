package main

import (
	"fmt"
	"slices"
)

// newCase is an event that is to be taken, or refused with a code, after a history. What is known already risks
// nothing anew.
func newCase(name, description string, at int64, events []vouchEvent, e vouchEvent, expect string, requirements ...string) Case {
	in := VouchingInput{Parameters: vouchDefaults(), Events: events, At: at, New: &e}
	c := Case{name, requirements, description, in, expect, nil}
	if e.stakes() && expect == "ok" && !slices.Contains(events, e) {
		c.Requirements = append(c.Requirements, "BF-VOUCH-45")
		c.Result = riskState{newVouchModel(in).risk(e.Voucher, e.Stake)}
	}
	return c
}

// full returns a world in which Zoe has 32 vouches, and one in which Ann has given 64.
func full() (received, given []vouchEvent) {
	given = world(earns("ann", 5000))
	for i := range 64 {
		given = world(given, stands("ann", fmt.Sprintf("p%02d", i), 1, 10, on(1)))
	}
	for i := range 32 {
		name := fmt.Sprintf("p%02d", i)
		received = world(received, earns(name, 100), stands(name, "zoe", 1, 10, on(1)))
	}
	return received, given
}

func vouchLimits() []Case {
	received, given := full()
	into := world(received, earns("ann", 100))
	freed := world(into, leaves("p07-zoe", on(2)))
	twice := second(stands("ann", "p03", 1, 10, on(2)))
	return []Case{
		newCase("limit-33rd", "The 33rd live vouch for one person.", on(2), into, stands("ann", "zoe", 1, 10, on(2)), "vouchee-full", "BF-VOUCH-8"),
		newCase("limit-33rd-during-notice", "One of the 32 is about to end: it still counts.", on(9)-1, freed, stands("ann", "zoe", 1, 10, on(9)-1), "vouchee-full", "BF-VOUCH-8"),
		newCase("limit-32nd-again", "One of the 32 has ended.", on(9), freed, stands("ann", "zoe", 1, 10, on(9)), "ok", "BF-VOUCH-8"),
		newCase("limit-65th", "The 65th live vouch of one person.", on(2), given, stands("ann", "zoe", 1, 10, on(2)), "voucher-full", "BF-VOUCH-8"),
		newCase("limit-65th-after-one-ended", "One of the 64 has ended.", on(9), world(given, leaves("ann-p07", on(2))), stands("ann", "zoe", 1, 10, on(9)), "ok", "BF-VOUCH-8"),
		worldCase("void-33rd", "A history with a 33rd vouch: the last in order of (accepted, id) is void.", on(3), world(into, stands("ann", "zoe", 1, 10, on(1)), earns("ben", 100), stands("ben", "zoe", 1, 10, on(2))), "BF-VOUCH-10", "BF-VOUCH-8"),
		worldCase("void-65th", "A history with a 65th vouch.", on(3), world(given, stands("ann", "zoe", 1, 10, on(2))), "BF-VOUCH-10", "BF-VOUCH-8"),
		worldCase("void-twice", "A history with two vouches for one person at once: the later is void, and is charged nothing.", on(3),
			world(earns("ann", 300), stands("ann", "zoe", 1, 10, on(1)), second(stands("ann", "zoe", 1, 100, on(2))), errs("zoe", "fraud", on(3))), "BF-VOUCH-10", "BF-VOUCH-7"),
		worldCase("void-makes-no-room", "A void vouch takes no place: after 63 and a void one another is the 64th, and only the next is void.", on(3),
			world(given[:64], twice, stands("ann", "zoe", 1, 10, on(2)+1), stands("ann", "yan", 1, 10, on(2)+2)), "BF-VOUCH-10"),
	}
}

func vouchRefusals() []Case {
	base := world(earns("ann", 300), earns("ben", 300), stands("ann", "zoe", 1, 50, on(1)), leaves("ann-zoe", on(3)))
	expired := world(earns("ann", 300), stands("ann", "zoe", 1, 50, on(1)))
	of := func(name, description string, e vouchEvent, expect string, requirements ...string) Case {
		return newCase("refuse-"+name, description, on(5), base, e, expect, requirements...)
	}
	offered := stands("ann", "yan", 1, 50, on(5))
	with := func(change func(e *vouchEvent)) vouchEvent {
		e := offered
		change(&e)
		return e
	}
	return []Case{
		of("nothing", "A vouch that is taken.", offered, "ok", "BF-VOUCH-11"),
		of("repeated", "A vouch that is known already is nothing new.", stands("ann", "zoe", 1, 50, on(1)), "ok", "BF-VOUCH-1"),
		of("conflict", "Another event has the id.", stands("ann", "zoe", 1, 51, on(1)), "event-conflict", "BF-VOUCH-3"),
		of("self", "Ann for herself.", with(func(e *vouchEvent) { e.Vouchee, e.AcceptedBy = "ann", "ann" }), "self-vouch", "BF-VOUCH-6"),
		of("not-accepted", "Nobody accepted it.", with(func(e *vouchEvent) { e.AcceptedBy = "" }), "not-accepted", "BF-VOUCH-6"),
		of("accepted-by-voucher", "The voucher accepted it.", with(func(e *vouchEvent) { e.AcceptedBy = "ann" }), "not-accepted", "BF-VOUCH-6"),
		of("stake-too-small", "A point below the least stake of level 1.", with(func(e *vouchEvent) { e.Stake = 9 }), "stake-too-small", "BF-VOUCH-5"),
		of("level-too-high", "The top level can't be vouched.", with(func(e *vouchEvent) { e.Level = 4 }), "bad-value", "BF-VOUCH-32"),
		of("twice", "A vouch for Zoe is live until its notice ends.", second(stands("ann", "zoe", 1, 50, on(5))), "vouch-twice", "BF-VOUCH-7"),
		of("whole-capacity", "All that the capacity has left.", with(func(e *vouchEvent) { e.Stake = 100 }), "ok", "BF-VOUCH-11"),
		of("beyond-capacity", "A point more.", with(func(e *vouchEvent) { e.Stake = 101 }), "beyond-capacity", "BF-VOUCH-11"),
		of("nothing-earned", "Zoe earned nothing, whoever stands behind her.", stands("zoe", "yan", 1, 10, on(5)), "beyond-capacity", "BF-VOUCH-11", "BF-VOUCH-34"),
		of("later", "An event of tomorrow.", stands("ann", "yan", 1, 50, on(5)+1), "future-event", "BF-VOUCH-33"),
		of("withdrawal", "A withdrawal of a vouch that isn't known.", leaves("ann-yan", on(5)), "unknown-vouch", "BF-VOUCH-13"),
		of("withdrawal-twice", "A second notice.", second(leaves("ann-zoe", on(5))), "vouch-over", "BF-VOUCH-13"),
		newCase("refuse-withdrawal-late", "A vouch that has expired.", on(366), expired, leaves("ann-zoe", on(366)), "vouch-over", "BF-VOUCH-13"),
		newCase("refuse-withdrawal-in-time", "A vouch in its last second.", on(366)-1, expired, leaves("ann-zoe", on(366)-1), "ok", "BF-VOUCH-13"),
		newCase("refuse-suspended", "A suspended member.", on(5), world(base, suspends("ann", on(4))), offered, "member-suspended", "BF-VOUCH-9"),
		newCase("refuse-restored", "A member that was restored.", on(5), world(base, suspends("ann", on(2)), restores("ann", on(4))), offered, "ok", "BF-VOUCH-9"),
		of("unknown-kind", "An event of no kind.", vouchEvent{Kind: "praise", ID: "x", At: on(5), Member: "ann"}, "unknown-kind", "BF-VOUCH-32"),
		of("other-field", "A field of another kind.", vouchEvent{Kind: "earn", ID: "x", At: on(5), Member: "ann", Stake: 10}, "bad-value", "BF-VOUCH-32"),
		of("no-member", "A field is missing.", vouchEvent{Kind: "earn", ID: "x", At: on(5), Points: 10}, "bad-value", "BF-VOUCH-32"),
		of("negative", "Points below 0.", vouchEvent{Kind: "earn", ID: "x", At: on(5), Member: "ann", Points: -1}, "bad-value", "BF-VOUCH-32"),
	}
}

func vouchBrakes() []Case {
	// Ann's capacity is 500 less what half the charges take; 20 of it were charged at hop 1.
	charged := world(earns("ann", 1000), stands("ann", "zoe", 1, 40, on(1)), errs("zoe", "unpaid", on(2)))
	stake := func(stake int64) vouchEvent { return stands("ann", "yan", 1, stake, on(5)) }
	record := world(earns("ann", 1000), stands("ann", "zoe", 1, 40, on(1)), earns("zoe", 100))
	again := second(stands("ann", "zoe", 1, 10, on(150)))
	return []Case{
		worldCase("brake-bad", "One bad vouch: of a capacity of 490 four fifths may be lent, 40 of which are.", on(5), charged, "BF-VOUCH-12"),
		newCase("brake-fits", "All that the brake leaves.", on(5), charged, stake(352), "ok", "BF-VOUCH-12"),
		newCase("brake-exceeded", "A point more.", on(5), charged, stake(353), "vouch-brake", "BF-VOUCH-12"),
		newCase("brake-beyond-capacity", "Beyond the capacity itself.", on(5), charged, stake(451), "beyond-capacity", "BF-VOUCH-11"),
		worldCase("brake-healed", "A charge that has healed isn't bad any more.", on(362), charged, "BF-VOUCH-12"),
		worldCase("brake-reversed", "Nor is one that was reversed.", on(5), world(charged, reverses("fault-zoe", on(4))), "BF-VOUCH-12"),
		worldCase("brake-second-hop", "A charge of the second hop isn't bad.", on(5),
			world(earns("ann", 1000), earns("ben", 1000), stands("ann", "ben", 1, 40, on(1)), stands("ben", "zoe", 1, 40, on(1)), errs("zoe", "fraud", on(2))), "BF-VOUCH-12"),
		worldCase("brake-given-stay", "Ann has lent 490 of 500 when the charge comes: the brake touches nothing given, the capacity does what it does.", on(5),
			world(charged, stands("ann", "yan", 1, 400, on(1)), stands("ann", "xia", 1, 50, on(1))), "BF-VOUCH-12", "BF-VOUCH-18"),
		worldCase("brake-good-not-yet", "A second before 90 days.", on(91)-1, record, "BF-VOUCH-12"),
		worldCase("brake-good", "90 days behind someone who reached level 1.", on(91), record, "BF-VOUCH-12"),
		worldCase("brake-good-once", "One friend counts once, however many vouches.", on(300), world(record, leaves("ann-zoe", on(120)), again), "BF-VOUCH-12"),
		worldCase("brake-good-ended", "A vouch that ended before the 90 days proves nothing.", on(100), world(record, leaves("ann-zoe", on(80))), "BF-VOUCH-12"),
		worldCase("brake-good-not-void", "A void vouch proves nothing, however long.", on(150), world(record, leaves("ann-zoe", on(20)), second(stands("ann", "zoe", 1, 10, on(10)))), "BF-VOUCH-12", "BF-VOUCH-10"),
		worldCase("brake-good-but-charged", "A friend whose fault cost something isn't good, even when it has healed.", on(400),
			world(record, errs("zoe", "late", on(2))), "BF-VOUCH-12"),
	}
}

func vouchRisks() []Case {
	// Half of 60 was charged; Ann's level 2 bears 70 in all.
	charged := world(earns("ann", 340), stands("ann", "zoe", 1, 60, on(1)), errs("zoe", "unpaid", on(2)))
	ceiling := world(earns("ann", 1000), stands("ann", "zoe", 1, 300, on(1)), errs("zoe", "fraud", on(2)), leaves("ann-zoe", on(2)))
	of := func(name, description string, at int64, events []vouchEvent, e vouchEvent) Case {
		return newCase("risk-"+name, description, at, events, e, "ok")
	}
	return []Case{
		of("level-kept", "The other half of 60 and 10 more leave what level 2 needs.", on(5), charged, stands("ann", "yan", 1, 10, on(5))),
		of("level-lost", "A point more doesn't.", on(5), charged, stands("ann", "yan", 1, 11, on(5))),
		of("healed", "A period on: what has healed counts as if it could be lost anew.", on(32), charged, stands("ann", "yan", 1, 11, on(32))),
		of("ceiling", "300 of 1000 were charged: of a stake of 280 only 200 can be borne beside.", on(12), ceiling, stands("ann", "yan", 1, 280, on(12))),
		of("referral", "A referral risks what a vouch does.", on(5), charged, referred("ann", 11, on(5))),
	}
}

func vouchFaultRefusals() []Case {
	base := world(earns("ann", 300), errs("ann", "unpaid", on(1)))
	fault := func(occurred, reported, final int64) vouchEvent {
		return vouchEvent{Kind: "fault", ID: "fault", At: final, Member: "zoe", Class: "unpaid", Occurred: occurred, Reported: reported}
	}
	of := func(name, description string, e vouchEvent, expect string, requirements ...string) Case {
		return newCase("fault-"+name, description, on(400), base, e, expect, requirements...)
	}
	unknown := fault(on(1), on(2), on(3))
	unknown.Class = "rude"
	return []Case{
		of("in-time", "Reported on the last instant, appealed and ruled on the last.", fault(on(1), on(181), on(255)), "ok", "BF-VOUCH-29"),
		of("reported-late", "Reported a second after 180 days.", fault(on(1), on(181)+1, on(200)), "fault-late", "BF-VOUCH-29"),
		of("final-late", "Final a second after 14 and 60 days.", fault(on(1), on(2), on(76)+1), "fault-late", "BF-VOUCH-29"),
		of("reported-before", "Reported before it occurred.", fault(on(2), on(1), on(3)), "fault-disordered", "BF-VOUCH-29"),
		of("final-before", "Final before it was reported.", fault(on(1), on(3), on(2)), "fault-disordered", "BF-VOUCH-29"),
		of("future", "Final in the future.", fault(on(390), on(395), on(400)+1), "future-event", "BF-VOUCH-33"),
		of("unknown-class", "Of a class that the mechanism doesn't publish.", unknown, "unknown-class", "BF-VOUCH-30"),
		of("twice", "The same member, class and instant again.", second(errs("ann", "unpaid", on(1))), "fault-twice", "BF-VOUCH-30"),
		newCase("fault-anew-after-reversal", "The first was reversed, so it may be found again.", on(400), world(base, reverses("fault-ann", on(5))), second(errs("ann", "unpaid", on(1))), "ok", "BF-VOUCH-30"),
		of("reversal-unknown", "A reversal of a fault that isn't known.", reverses("fault-zoe", on(5)), "unknown-fault", "BF-VOUCH-31"),
		{"fault-late-in-history", []string{"BF-VOUCH-29"}, "A history with a fault reported late is refused whole.",
			VouchingInput{Parameters: vouchDefaults(), Events: world(base, fault(on(1), on(182), on(200))), At: on(400)}, "fault-late", nil},
	}
}
