package main

import (
	"cmp"
	"fmt"
	"slices"
)

// The first instant of the cases: 2026-01-01T00:00:00Z.
const vouchStart = 1_767_225_600

// on returns the instant so many days after the first.
func on(days int64) int64 { return vouchStart + days*day }

func sortedIDs(events []vouchEvent) (ids []string) {
	for _, e := range events {
		ids = append(ids, e.ID)
	}
	slices.Sort(ids)
	return ids
}

// vouchDefaults are the default parameters, with three classes of fault.
func vouchDefaults() vouchParameters {
	return vouchParameters{
		Levels: []int64{100, 300, 1000, 3000}, Supporters: []int{2, 2, 3}, MinStake: []int64{10, 30, 90},
		Classes: map[string]vouchClass{"late": {"0.01", 0}, "unpaid": {"0.5", 100}, "fraud": {"1", 300}},
	}
}

func earns(member string, points int64) vouchEvent {
	return vouchEvent{Kind: "earn", ID: "earn-" + member, At: on(0), Member: member, Points: points}
}

func stands(voucher, vouchee string, level int, stake, at int64) vouchEvent {
	return vouchEvent{
		Kind: "vouch", ID: voucher + "-" + vouchee, At: at,
		Voucher: voucher, Vouchee: vouchee, Level: level, Stake: stake, AcceptedBy: vouchee,
	}
}

func leaves(vouch string, at int64) vouchEvent {
	return vouchEvent{Kind: "withdraw", ID: "withdraw-" + vouch, At: at, Vouch: vouch}
}

// errs is a fault that is reported as it occurs and final then.
func errs(member, class string, at int64) vouchEvent {
	return vouchEvent{Kind: "fault", ID: "fault-" + member, At: at, Member: member, Class: class, Occurred: at, Reported: at}
}

func reverses(fault string, at int64) vouchEvent {
	return vouchEvent{Kind: "reverse", ID: "reverse-" + fault, At: at, Fault: fault}
}

func suspends(member string, at int64) vouchEvent {
	return vouchEvent{Kind: "suspend", ID: "suspend-" + member, At: at, Member: member}
}

func restores(member string, at int64) vouchEvent {
	return vouchEvent{Kind: "restore", ID: "restore-" + member, At: at, Member: member}
}

// world joins events and lists of events.
func world(parts ...any) (events []vouchEvent) {
	for _, part := range parts {
		switch part := part.(type) {
		case vouchEvent:
			events = append(events, part)
		case []vouchEvent:
			events = append(events, part...)
		default:
			panic(fmt.Sprintf("%T is no event", part))
		}
	}
	return events
}

// worldCase is a history whose state is the result.
func worldCase(name, description string, at int64, events []vouchEvent, requirements ...string) Case {
	in := VouchingInput{Parameters: vouchDefaults(), Events: events, At: at}
	return Case{name, requirements, description, in, "ok", in.state()}
}

// Vouching returns the cases of vouching.
func Vouching() []Case {
	return slices.Concat(vouchWorked(), vouchCover(), vouchLife(), vouchCharges(), vouchReach(), vouchHealing(),
		vouchSuspension(), vouchAttacks(), vouchLimits(), vouchRefusals(), vouchBrakes(), vouchRisks(), vouchFaultRefusals(),
		vouchReferrals(), vouchReferralRefusals(), vouchOutcomes(), vouchOutcomeRefusals(), vouchTenth(), vouchReferred())
}

// vouchWorkedWorld is the worked example of the spec, which examples/vouching has too.
func vouchWorkedWorld() []vouchEvent {
	later := earns("bob", 400)
	later.At = on(10)
	return world(
		earns("alice", 1040), earns("dave", 1000), earns("erin", 1200),
		stands("alice", "bob", 2, 60, on(1)), stands("dave", "bob", 2, 60, on(2)), stands("erin", "bob", 2, 60, on(3)),
		later, stands("bob", "carol", 1, 40, on(11)), stands("dave", "carol", 1, 15, on(12)),
		vouchEvent{Kind: "fault", ID: "fault-carol", At: on(35), Member: "carol", Class: "unpaid", Occurred: on(20), Reported: on(21)},
		reverses("fault-carol", on(220)),
	)
}

func vouchWorked() []Case {
	of := func(name, description string, at int64, requirements ...string) Case {
		return worldCase(name, description, at, vouchWorkedWorld(), requirements...)
	}
	return []Case{
		of("worked-1-bob-is-vouched", "Three people at level 3 stand behind Bob.", on(5), "BF-VOUCH-2", "BF-VOUCH-20"),
		of("worked-2-carol-is-vouched", "Bob earned level 2 himself; with Dave he stands behind Carol.", on(15), "BF-VOUCH-19", "BF-VOUCH-20"),
		of("worked-3-not-final", "Carol's fault occurred and was reported; until it is final nothing follows.", on(35)-1, "BF-VOUCH-2"),
		of("worked-4-fault", "Carol's fault is final.", on(35), "BF-VOUCH-22", "BF-VOUCH-23", "BF-VOUCH-25", "BF-VOUCH-28"),
		of("worked-5-six-periods-on", "Half has healed.", on(35+180), "BF-VOUCH-14", "BF-VOUCH-15"),
		of("worked-6-reversed", "The fault was reversed: it is as if it had never been.", on(220), "BF-VOUCH-31"),
	}
}

func vouchCover() []Case {
	capable := world(earns("ann", 300), earns("ben", 3000))
	behind := func(stakes ...vouchEvent) []vouchEvent {
		all := world(capable, stakes)
		for _, s := range stakes {
			all = append(all, stands("ben", s.Vouchee, 1, 10, on(1)))
		}
		return all
	}
	ordered := behind(stands("ann", "zoe", 1, 90, on(2)), stands("ann", "yan", 1, 50, on(3)), stands("ann", "xia", 1, 20, on(4)), stands("ann", "wes", 1, 10, on(5)))
	return []Case{
		worldCase("cover-order", "A capacity of 150 reaches 90 and 50; the next doesn't fit, nor does the one after it, though it would alone.", on(6), ordered, "BF-VOUCH-18"),
		worldCase("cover-same-instant", "Vouches accepted at one instant are covered in the order of their ids.", on(6),
			behind(stands("ann", "zoe", 1, 80, on(2)), stands("ann", "yan", 1, 80, on(2))), "BF-VOUCH-18"),
		worldCase("cover-freed", "A vouch that ends makes room for those after it.", on(13),
			world(ordered, leaves("ann-zoe", on(6))), "BF-VOUCH-18", "BF-VOUCH-4"),
		worldCase("cover-after-charge", "A charge takes capacity away: the last vouch isn't covered any more.", on(8),
			world(capable, stands("ann", "zoe", 1, 60, on(2)), stands("ann", "yan", 1, 90, on(3)), stands("ben", "yan", 1, 10, on(3)), errs("zoe", "unpaid", on(7))), "BF-VOUCH-17", "BF-VOUCH-18"),
		worldCase("support-level", "A vouch supports the levels below its voucher's own, up to the one offered, as far as its stake goes.", on(6),
			world(earns("ann", 300), earns("ben", 1000), earns("cem", 1000), earns("dan", 1000),
				stands("ann", "zoe", 2, 30, on(1)), stands("ben", "zoe", 2, 29, on(1)), stands("cem", "zoe", 1, 30, on(1)), stands("dan", "zoe", 2, 30, on(1))), "BF-VOUCH-19", "BF-VOUCH-20"),
		worldCase("own-before-vouched", "A level that is held both ways is shown as earned.", on(6),
			world(earns("ann", 300), earns("ben", 300), earns("zoe", 100), stands("ann", "zoe", 1, 10, on(1)), stands("ben", "zoe", 1, 10, on(1))), "BF-VOUCH-20"),
		worldCase("vouched-lends-nothing", "Zoe is vouched at level 2 and earned 60: her vouch supports nobody.", on(6),
			world(earns("ann", 1000), earns("ben", 1000), earns("zoe", 60), stands("ann", "zoe", 2, 30, on(1)), stands("ben", "zoe", 2, 30, on(1)),
				stands("ann", "yan", 1, 10, on(1)), stands("zoe", "yan", 1, 10, on(2))), "BF-VOUCH-34", "BF-VOUCH-19"),
		worldCase("own-level-tenth", "A friend's fault that leaves nine tenths of what a level needs takes no level; one point more does.", on(9),
			world(earns("ann", 300), earns("ben", 300), stands("ann", "zoe", 1, 30, on(1)), stands("ben", "zoe", 1, 31, on(1)), errs("zoe", "fraud", on(8))), "BF-VOUCH-16"),
		worldCase("own-fault-whole", "Points lost by one's own fault have no tenth to spare.", on(9),
			world(earns("ann", 400), earns("ben", 399), errs("ann", "unpaid", on(8)), errs("ben", "unpaid", on(8))), "BF-VOUCH-16", "BF-VOUCH-14"),
	}
}

// vouchPair is Zoe at level 1 by the vouches of two others.
func vouchPair() []vouchEvent {
	return world(earns("ann", 300), earns("ben", 300), stands("ann", "zoe", 1, 20, on(1)), stands("ben", "zoe", 1, 20, on(1)))
}

func vouchLife() []Case {
	pair := vouchPair()
	withdrawn := world(pair, leaves("ann-zoe", on(10)))
	again := stands("ann", "zoe", 1, 20, on(17))
	again.ID = "ann-zoe-again"
	second := leaves("ann-zoe", on(12))
	second.ID = "withdraw-second"
	shuffled := slices.Clone(vouchWorkedWorld())
	slices.SortFunc(shuffled, func(x, y vouchEvent) int { return cmp.Compare(y.ID, x.ID) })
	conflict := earns("ann", 301)
	return []Case{
		worldCase("life-first-second", "A vouch counts from its acceptance.", on(1), pair, "BF-VOUCH-4"),
		worldCase("life-last-second", "The last second of 365 days.", on(366)-1, pair, "BF-VOUCH-4"),
		worldCase("life-over", "365 days are over.", on(366), pair, "BF-VOUCH-4"),
		worldCase("notice-last-second", "The last second of the 7 days after a withdrawal.", on(17)-1, withdrawn, "BF-VOUCH-4"),
		worldCase("notice-over", "7 days after a withdrawal.", on(17), withdrawn, "BF-VOUCH-4"),
		worldCase("notice-then-anew", "At the end of a vouch another for the same person may begin.", on(17), world(withdrawn, again), "BF-VOUCH-4", "BF-VOUCH-7"),
		worldCase("notice-twice", "Of two withdrawals the first counts.", on(17), world(withdrawn, second), "BF-VOUCH-4"),
		worldCase("notice-beyond-life", "Notice in the last days of a vouch doesn't lengthen it.", on(366), world(pair, leaves("ann-zoe", on(362))), "BF-VOUCH-4"),
		worldCase("notice-of-nothing", "A withdrawal of an unknown vouch and a reversal of an unknown fault change nothing.", on(17),
			world(pair, leaves("nobody", on(2)), reverses("nothing", on(2))), "BF-VOUCH-1"),
		worldCase("set-reordered", "The worked example in another order.", on(35), shuffled, "BF-VOUCH-1"),
		worldCase("set-repeated", "The worked example, every event twice.", on(35), world(vouchWorkedWorld(), shuffled), "BF-VOUCH-1"),
		{"set-conflict", []string{"BF-VOUCH-3"}, "Two events with one id.", VouchingInput{Parameters: vouchDefaults(), Events: world(pair, conflict), At: on(5)}, "event-conflict", nil},
	}
}
