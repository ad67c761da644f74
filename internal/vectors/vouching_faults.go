package main

import "fmt"

func vouchCharges() []Case {
	rich := world(earns("ann", 1000), earns("ben", 1000), earns("cem", 1000))
	charged := func(name, description string, events []vouchEvent, requirements ...string) Case {
		return worldCase(name, description, on(20), events, requirements...)
	}
	return []Case{
		charged("charge-rounded-up", "A hundredth of 10 and of 101 points is rounded up, and is at least a point.",
			world(rich, stands("ann", "zoe", 1, 10, on(1)), stands("ben", "zoe", 1, 101, on(1)), errs("zoe", "late", on(10))), "BF-VOUCH-22"),
		charged("charge-whole-stake", "A severity of 1 takes the whole stake, no more.",
			world(rich, stands("ann", "zoe", 1, 10, on(1)), errs("zoe", "fraud", on(10))), "BF-VOUCH-22", "BF-VOUCH-28"),
		charged("charge-nothing-passed-on", "A quarter of a charge of 3 is nothing: it goes no further.",
			world(rich, stands("ann", "zoe", 1, 300, on(1)), stands("ben", "ann", 1, 50, on(1)), errs("zoe", "late", on(10))), "BF-VOUCH-23"),
		charged("charge-within-stake", "At the second hop no more than the stake is charged.",
			world(rich, stands("ann", "zoe", 1, 200, on(1)), stands("ben", "ann", 1, 10, on(1)), errs("zoe", "fraud", on(10))), "BF-VOUCH-23"),
		charged("charge-two-hops", "Cem stands three steps away, and is not charged.",
			world(rich, stands("ann", "zoe", 1, 200, on(1)), stands("ben", "ann", 1, 100, on(1)), stands("cem", "ben", 1, 100, on(1)), errs("zoe", "fraud", on(10))), "BF-VOUCH-24"),
		charged("charge-not-the-culprit", "Zoe stands behind the one who stands behind her: she isn't charged for her own fault.",
			world(rich, earns("zoe", 1000), stands("ann", "zoe", 1, 200, on(1)), stands("zoe", "ann", 1, 100, on(1)), errs("zoe", "fraud", on(10))), "BF-VOUCH-24"),
		charged("charge-once", "Two ways lead to Ann: only the larger charge counts.",
			world(rich, stands("ben", "zoe", 1, 80, on(1)), stands("cem", "zoe", 1, 120, on(1)), stands("ann", "ben", 1, 50, on(1)), stands("ann", "cem", 1, 50, on(1)), errs("zoe", "fraud", on(10))), "BF-VOUCH-25"),
		charged("charge-tie-of-hops", "Both ways cost 10: the direct one counts.",
			world(rich, stands("ben", "zoe", 1, 40, on(1)), stands("ann", "zoe", 1, 10, on(1)), stands("ann", "ben", 1, 50, on(1)), errs("zoe", "fraud", on(10))), "BF-VOUCH-25"),
		charged("charge-tie-of-ids", "Both ways cost 20 at the second hop: the smaller id counts, though it was accepted later.",
			world(rich, stands("cem", "zoe", 1, 80, on(1)), stands("ben", "zoe", 1, 80, on(1)), stands("ann", "cem", 1, 50, on(1)), stands("ann", "ben", 1, 50, on(2)), errs("zoe", "fraud", on(10))), "BF-VOUCH-25"),
		charged("charge-passed-on-of-hop-1", "Ben owes 10 for his own vouch for Zoe, and 40 by way of Cem, which counts. What goes on to Ann is a quarter of the 10.",
			world(rich, stands("ben", "zoe", 1, 10, on(1)), stands("cem", "zoe", 1, 160, on(1)), stands("ben", "cem", 1, 100, on(1)), stands("ann", "ben", 1, 50, on(1)), errs("zoe", "fraud", on(10))), "BF-VOUCH-23", "BF-VOUCH-25"),
		charged("charge-of-two-faults", "Two faults of one person add up on a vouch, up to its stake; what burns and what weighs is never more.",
			world(rich, stands("ann", "zoe", 1, 30, on(1)), errs("zoe", "unpaid", on(10)), second(errs("zoe", "fraud", on(11)))), "BF-VOUCH-28", "BF-VOUCH-15"),
		charged("charge-ceiling", "V is at most half of what was earned; the capacity knows the whole.",
			world(earns("ann", 100), earns("ben", 1000), stands("ann", "zoe", 1, 30, on(1)), stands("ann", "yan", 1, 30, on(1)),
				errs("zoe", "fraud", on(10)), errs("yan", "fraud", on(11))), "BF-VOUCH-15", "BF-VOUCH-17"),
		charged("loss-below-nothing", "Who loses more by own faults than was earned has a score of 0.",
			world(earns("zoe", 100), errs("zoe", "fraud", on(10))), "BF-VOUCH-14"),
	}
}

// second gives an event another id.
func second(e vouchEvent) vouchEvent {
	e.ID += "-2"
	return e
}

// vouchReach holds the cases of time: which vouches answer for a fault.
func vouchReach() []Case {
	// Zoe's fault occurred on day 30, was reported on day 50 and final on day 60.
	fault := vouchEvent{Kind: "fault", ID: "fault-zoe", At: on(60), Member: "zoe", Class: "unpaid", Occurred: on(30), Reported: on(50)}
	attested := fault
	attested.Attested = true
	accepted := func(at int64) []vouchEvent { return world(earns("ann", 1000), stands("ann", "zoe", 1, 40, at)) }
	of := func(name, description string, events []vouchEvent, requirements ...string) Case {
		return worldCase(name, description, on(60), events, requirements...)
	}
	return []Case{
		of("reach-accepted-then", "Accepted at the very instant of the fault.", world(accepted(on(30)), fault), "BF-VOUCH-26"),
		of("reach-accepted-after", "Accepted a second after the fault.", world(accepted(on(30)+1), fault), "BF-VOUCH-26"),
		worldCase("reach-expired-then", "365 days were over at the instant of the fault.", on(425), world(accepted(on(30)), moved(fault, 365)), "BF-VOUCH-26"),
		worldCase("reach-expired-after", "365 days were over a second after the fault: that is no withdrawal, and protects from nothing.", on(425), world(accepted(on(30)+1), moved(fault, 365)), "BF-VOUCH-26", "BF-VOUCH-27"),
		worldCase("reach-expired-during-notice", "Notice was given, but the 365 days were over first: the withdrawal never took effect.", on(425), world(accepted(on(31)), leaves("ann-zoe", on(391)), moved(fault, 365)), "BF-VOUCH-27"),
		of("reach-left-before-report", "A withdrawal that took effect before the report protects.", world(accepted(on(1)), leaves("ann-zoe", on(43)-1), fault), "BF-VOUCH-27"),
		of("reach-left-at-report", "A withdrawal that took effect at the instant of the report doesn't.", world(accepted(on(1)), leaves("ann-zoe", on(43)), fault), "BF-VOUCH-27"),
		of("reach-left-after-report", "Withdrawing after the report changes nothing.", world(accepted(on(1)), leaves("ann-zoe", on(51)), fault), "BF-VOUCH-27"),
		of("reach-left-but-attested", "Another attests when the fault occurred: the withdrawal doesn't protect.", world(accepted(on(1)), leaves("ann-zoe", on(35)), attested), "BF-VOUCH-27"),
		of("reach-over-before-fault", "The vouch had ended when the fault occurred, attested or not.", world(accepted(on(1)), leaves("ann-zoe", on(23)), attested), "BF-VOUCH-26"),
		of("reach-second-hop", "At the second hop the same holds: Ben had left before the report, Cem came after the fault.",
			world(accepted(on(1)), earns("ben", 1000), earns("cem", 1000), earns("dan", 1000), stands("ben", "ann", 1, 40, on(1)), leaves("ben-ann", on(40)),
				stands("cem", "ann", 1, 40, on(31)), stands("dan", "ann", 1, 40, on(29)), fault), "BF-VOUCH-26", "BF-VOUCH-27"),
	}
}

// moved puts a fault off by so many days.
func moved(f vouchEvent, days int64) vouchEvent {
	f.At += days * day
	f.Occurred += days * day
	f.Reported += days * day
	return f
}

func vouchHealing() []Case {
	// Ann's charge is 31, and Zoe's loss 300.
	fault := world(earns("ann", 340), earns("zoe", 400), stands("ann", "zoe", 1, 31, on(1)), errs("zoe", "fraud", on(10)))
	reversed := world(fault, reverses("fault-zoe", on(50)))
	of := func(name, description string, at int64, requirements ...string) Case {
		return worldCase(name, description, at, fault, append(requirements, "BF-VOUCH-14")...)
	}
	return []Case{
		of("heal-before-first-period", "A second before 30 days are over nothing has healed.", on(40)-1),
		of("heal-first-period", "After 30 days a twelfth has, rounded down.", on(40)),
		of("heal-fifth-period", "Five twelfths of 31 are 12.", on(160)),
		of("heal-last-second", "Eleven twelfths, until the last second.", on(370)-1),
		of("heal-whole", "After twelve periods all has healed; what burned stays burned.", on(370), "BF-VOUCH-28"),
		of("heal-later", "No more than all heals.", on(1000)),
		worldCase("reversal-before", "A second before the reversal.", on(50)-1, reversed, "BF-VOUCH-31"),
		worldCase("reversal-at", "At the reversal all is as if the fault had never been, the burned stake too.", on(50), reversed, "BF-VOUCH-31"),
		worldCase("reversal-of-one", "Of two faults the other stands.", on(60), world(reversed, second(errs("zoe", "unpaid", on(12)))), "BF-VOUCH-31"),
		worldCase("reversal-dated-first", "A reversal dated before its fault reverses it too.", on(60), world(fault, reverses("fault-zoe", on(5))), "BF-VOUCH-1", "BF-VOUCH-31"),
	}
}

func vouchSuspension() []Case {
	pair := vouchPair()
	suspended := world(pair, suspends("ann", on(10)))
	late := stands("ann", "yan", 1, 20, on(12))
	return []Case{
		worldCase("suspended-supports-nobody", "A voucher is suspended: the vouch is live and supports nothing.", on(10), suspended, "BF-VOUCH-21"),
		worldCase("suspended-answers", "A suspended voucher's stake still answers for a fault.", on(15), world(suspended, errs("zoe", "unpaid", on(14))), "BF-VOUCH-21", "BF-VOUCH-22"),
		worldCase("suspended-vouchee", "A suspended vouchee has no level, vouched or own.", on(10), world(pair, earns("zoe", 100), suspends("zoe", on(10))), "BF-VOUCH-21"),
		worldCase("suspended-restored", "Restored, all is as before.", on(20), world(suspended, restores("ann", on(20))), "BF-VOUCH-21"),
		worldCase("suspended-same-instant", "Of a suspension and a restoration at one instant the suspension holds.", on(10), world(suspended, restores("ann", on(10))), "BF-VOUCH-21", "BF-VOUCH-1"),
		worldCase("suspended-gives-none", "A vouch accepted while its voucher was suspended is void for ever.", on(20), world(suspended, late, restores("ann", on(15))), "BF-VOUCH-9", "BF-VOUCH-10"),
	}
}

// vouchAttacks holds what earlier forms of the model fell to.
func vouchAttacks() []Case {
	var tiny, ring, record []vouchEvent
	tiny = world(earns("mallory", 400))
	for _, name := range []string{"ann", "ben", "cem"} {
		tiny = world(tiny, earns(name, 1000), stands(name, "mallory", 2, 60, on(1)))
	}
	for i := range 4 {
		puppet := fmt.Sprintf("puppet-%d", i)
		tiny = world(tiny, stands("mallory", puppet, 1, 10, on(2)), errs(puppet, "fraud", on(10)))
		for j := range 4 {
			if i != j {
				ring = world(ring, stands(puppet, fmt.Sprintf("puppet-%d", j), 3, 90, on(1)))
			}
		}
		record = world(record, stands("mallory", puppet, 1, 10, on(2)))
	}
	shield := world(earns("ann", 1000), earns("ben", 1000), stands("ann", "ben", 1, 60, on(1)), stands("ben", "zoe", 1, 240, on(1)), errs("zoe", "unpaid", on(10)))
	lent := world(earns("ann", 400), earns("ben", 400), stands("ann", "xia", 1, 100, on(1)), stands("ann", "yan", 1, 50, on(2)), stands("ann", "zoe", 1, 40, on(3)), stands("ann", "wes", 1, 10, on(4)))
	for _, name := range []string{"xia", "yan", "zoe", "wes"} {
		lent = world(lent, stands("ben", name, 1, 10, on(1)))
	}
	lent = world(lent, errs("zoe", "late", on(10)))
	free := world(earns("mallory", 200), earns("ben", 300))
	for i := range 4 {
		puppet := fmt.Sprintf("puppet-%d", i)
		free = world(free, stands("mallory", puppet, 1, 50, on(1+int64(i))), errs(puppet, "fraud", on(1+int64(i))+1))
	}
	of := func(name, description string, at int64, events []vouchEvent, requirements ...string) Case {
		return worldCase("attack-"+name, description, at, events, requirements...)
	}
	return []Case{
		of("tiny-vouches", "Four sockpuppets with the least stake fail: Mallory loses 40, those behind Mallory 8 each and not their 60.", on(20), tiny, "BF-VOUCH-23"),
		of("shield-control", "Ann stands behind Ben, and owes 30 for what he owes for Zoe.", on(20), shield, "BF-VOUCH-23"),
		of("shield", "A direct vouch of 10, which would cost 5, doesn't shield Ann from the 30.", on(20), world(shield, stands("ann", "zoe", 1, 10, on(1))), "BF-VOUCH-25"),
		of("uncover", "A charge of one point uncovers the last vouch only.", on(20), lent, "BF-VOUCH-18"),
		of("uncover-healed", "And once it has healed, not even that.", on(366)-1, moveFault(lent, on(5)), "BF-VOUCH-14", "BF-VOUCH-18"),
		of("clean-record", "Vouches for friends who never earned anything make no record.", on(200), world(earns("mallory", 1000), record), "BF-VOUCH-12"),
		of("free-at-the-ceiling", "V has met its ceiling; the capacity has not, and is nothing.", on(20), world(free, stands("mallory", "friend", 1, 50, on(10))), "BF-VOUCH-17"),
		of("same-day", "A fault on the same day as a later vouch doesn't touch it.", on(20),
			world(earns("ann", 1000), errs("zoe", "fraud", on(10)), stands("ann", "zoe", 1, 60, on(10)+3600)), "BF-VOUCH-26"),
		of("ring", "A group that earned nothing stands behind itself: nothing comes of it.", on(20), ring, "BF-VOUCH-19", "BF-VOUCH-34"),
		of("ring-with-one-outside", "One person outside stands behind one of them: that isn't enough for anybody.", on(20), world(ring, earns("ann", 3000), stands("ann", "puppet-0", 3, 500, on(1))), "BF-VOUCH-20", "BF-VOUCH-34"),
	}
}

// moveFault dates all faults to another instant.
func moveFault(events []vouchEvent, at int64) []vouchEvent {
	var dated []vouchEvent
	for _, e := range events {
		if e.Kind == "fault" {
			e.At, e.Occurred, e.Reported = at, at, at
		}
		dated = append(dated, e)
	}
	return dated
}
