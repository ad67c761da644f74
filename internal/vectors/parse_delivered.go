package main

import (
	"strings"
	"time"
)

const days = 24 * time.Hour

// delivered is the head of a token that one site made for another a minute ago.
func delivered(by, to, id string) object {
	made := now.Add(-time.Minute)
	return object{"iss": by, "aud": to, "jti": "urn:uuid:" + id, "iat": made.Unix(), "exp": made.Add(30 * days).Unix()}
}

// also returns an object with further fields.
func also(o, more object) object {
	for name, value := range more {
		o = edit(o, name, value)
	}
	return o
}

// goodRuling is what an arbiter decided on a fault reported at bazar.
func goodRuling() object {
	return also(delivered("https://arbitre.example", bazar, "5a0cf6a5-1d0b-4b8f-9a5d-0e9f2b1c7d10"), object{
		"case": "fault-carol", "decision": "lower", "class": "late", "reason": "The parcel was sent;\nit came a week late.",
	})
}

// goodReferral is bazar's word for outils that one of its members stands behind somebody.
func goodReferral() object {
	status := edit(goodStatus()["status"].(object), "measures", absent{})
	for _, field := range []string{"account_since", "since"} {
		status = edit(status, field, absent{})
	}
	return also(delivered(bazar, outils, "9d3f4c52-6c0e-4f0a-8a35-7b1f0c6de201"), object{
		"sub": "p-4Zk1vZJ0n8mT2QyWb7uLrg", "stake": 60, "status": status, "credentialStatus": statusEntry("94567"),
	})
}

// goodOutcome is outils' word to bazar that whom a member referred was found at fault.
func goodOutcome() object {
	made := now.Add(-time.Minute)
	return also(delivered(outils, bazar, "c1f6b0de-93c2-4b7e-8f43-2a5d9e7b6c30"), object{
		"referral": "urn:uuid:9d3f4c52-6c0e-4f0a-8a35-7b1f0c6de201", "event": "fault", "fault": "fault-7", "class": "unpaid",
		"occurred": made.Add(-20 * days).Unix(), "reported": made.Add(-19 * days).Unix(),
	})
}

// delivery returns the cases that all three have in common: for whom they are, their id and their times.
func (s subject) delivery(form, times string) []Case {
	made := func(requirement, name, description string, from, until time.Time, expect string) Case {
		o := edit(edit(s.good, "iat", from.Unix()), "exp", until.Unix())
		if o["reported"] != nil {
			o = edit(edit(o, "occurred", from.Add(-2*days).Unix()), "reported", from.Add(-days).Unix())
		}
		return s.raw(name, requirement, description, text(o), expect)
	}
	at := func(code, name, description string, from, to time.Duration) Case {
		return made(times, name, description, now.Add(from), now.Add(to), code)
	}
	return append(leeway(func(name, description string, from, until time.Time, expect string) Case {
		if until.After(now) {
			return made("BF-TOKEN-14", name, description, from, from.Add(30*days), expect)
		}
		return made("BF-TOKEN-14", name, description, until.Add(-30*days), until, expect)
	}),
		s.ok("good-unknown", "BF-JSON-8", "A field of a later version.", edit(s.good, "circle", "x")),
		s.as("wrong-audience", "audience", form, "It is made for another site.", "aud", "https://atelier.example"),
		s.as("bad-origin", "audience-address", "BF-ORIGIN-1", "aud has a slash after it.", "aud", s.input.Audience+"/"),
		s.as("wrong-issuer", "issuer-missing", form, "It has no iss.", "iss", absent{}),
		s.bad("jti-missing", form, "It has no jti.", "jti", absent{}),
		s.bad("jti-long", form, "Its jti has 201 bytes.", "jti", strings.Repeat("x", 201)),
		at("expired", "expired", "It has expired.", -31*days, -days),
		at("not-yet-valid", "early", "It was made an hour hence.", time.Hour, time.Hour+30*days),
		s.as("bad-credential", "without-end", "BF-TOKEN-14", "It has no end.", "exp", absent{}),
	)
}

func parseRuling() []Case {
	s := subject{"ruling", ParseInput{Object: "ruling", Audience: bazar, Now: instant(now)}, goodRuling(), "bad-value"}
	uphold := edit(edit(s.good, "class", absent{}), "decision", "uphold")
	return append(s.delivery("BF-RULING-1", "BF-RULING-2"),
		s.ok("good", "BF-RULING-3", "A fault is lowered to another class.", s.good),
		s.ok("good-uphold", "BF-RULING-3", "A fault is upheld.", uphold),
		s.ok("good-reverse", "BF-RULING-3", "There was none.", edit(uphold, "decision", "reverse")),
		s.bad("too-long", "BF-RULING-2", "It may be delivered for more than 60 days.", "exp", now.Add(-time.Minute).Add(60*days).Unix()+1),
		s.bad("case-missing", "BF-RULING-1", "It doesn't name the case.", "case", absent{}),
		s.bad("decision", "BF-RULING-3", "A decision that there isn't.", "decision", "raise"),
		s.bad("lower-without-class", "BF-RULING-3", "It lowers to no class.", "class", absent{}),
		s.bad("lower-class", "BF-RULING-3", "The class is no name.", "class", "Late!"),
		s.bad("uphold-with-class", "BF-RULING-3", "What is upheld stays of its class.", "decision", "uphold"),
		s.bad("reverse-with-class", "BF-RULING-3", "What is reversed is of no class.", "decision", "reverse"),
		s.bad("reason-missing", "BF-RULING-4", "It gives no reason.", "reason", absent{}),
		s.bad("reason-blank", "BF-RULING-4", "Its reason is a space.", "reason", " "),
		s.bad("reason-long", "BF-RULING-4", "Its reason has 2,001 bytes.", "reason", strings.Repeat("x", 2001)),
		s.bad("reason-turned", "BF-RULING-4", "Its reason has a mark that turns the direction of writing.", "reason", "It is \u202elate"),
	)
}

func parseReferral() []Case {
	s := subject{"referral", ParseInput{Object: "referral", Audience: outils, Now: instant(now)}, goodReferral(), "bad-value"}
	return append(s.delivery("BF-REFERRAL-1", "BF-REFERRAL-2"),
		s.ok("good", "BF-REFERRAL-1", "A referral.", s.good),
		s.bad("to-itself", "BF-REFERRAL-1", "Its issuer is the site that it is for.", "iss", outils),
		s.bad("subject-missing", "BF-REFERRAL-1", "It has no sub.", "sub", absent{}),
		s.bad("too-long", "BF-REFERRAL-2", "It may be redeemed for more than 30 days.", "exp", now.Add(-time.Minute).Add(30*days).Unix()+1),
		s.bad("stake-none", "BF-REFERRAL-3", "Nothing is locked.", "stake", 0),
		s.bad("stake-great", "BF-REFERRAL-3", "A stake above 1,000,000,000.", "stake", 1_000_000_001),
		s.as("wrong-issuer", "mechanism-elsewhere", "BF-REFERRAL-4", "It speaks of another site's mechanism.", "status.mechanism", "https://atelier.example/mechanisms/seller"),
		s.bad("level-none", "BF-REFERRAL-4", "The voucher earned no level.", "status.earned_level", absent{}),
		s.bad("level-shown", "BF-REFERRAL-4", "The level shown isn't the one earned.", "status.level", "silver"),
		s.bad("kind", "BF-REFERRAL-4", "The level comes from vouches.", "status.kind", "vouched"),
		s.bad("measures", "BF-REFERRAL-4", "It tells a measure.", "status.measures", []any{object{"id": "ratings", "positive": 405, "total": 410}}),
		s.bad("status", "BF-REFERRAL-4", "A status without source.", "status.sources", []any{}),
		s.as("status-list-foreign", "list-elsewhere", "BF-REFERRAL-5", "Its status list is on another site.", "credentialStatus.statusListCredential", outils+"/status/3"),
		s.as("bad-credential", "without-entry", "BF-REFERRAL-5", "It has no status entry.", "credentialStatus", absent{}),
		s.as("index-out-of-range", "list-index", "BF-REFERRAL-5", "Its index has a leading zero.", "credentialStatus.statusListIndex", "094567"),
	)
}

func parseOutcome() []Case {
	s := subject{"outcome", ParseInput{Object: "outcome", Audience: bazar, Now: instant(now)}, goodOutcome(), "bad-value"}
	bare := s.good
	for _, field := range []string{"fault", "class", "occurred", "reported"} {
		bare = edit(bare, field, absent{})
	}
	redeemed, ended := edit(edit(bare, "event", "redeemed"), "name", "Bob"), edit(bare, "event", "ended")
	reversed := edit(edit(bare, "event", "reversed"), "fault", "fault-7")
	of := func(name, description string, o object) Case {
		return s.raw(name, "BF-OUTCOME-3", description, text(o), "bad-value")
	}
	made := now.Add(-time.Minute)
	return append(s.delivery("BF-OUTCOME-1", "BF-OUTCOME-2"),
		s.ok("good", "BF-OUTCOME-3", "A fault.", s.good),
		s.ok("good-redeemed", "BF-OUTCOME-3", "The referral was redeemed.", redeemed),
		s.ok("good-reversed", "BF-OUTCOME-3", "A fault was reversed.", reversed),
		s.ok("good-ended", "BF-OUTCOME-3", "The referral counts no more.", ended),
		s.bad("too-short", "BF-OUTCOME-2", "It is deliverable for less than 30 days.", "exp", made.Add(30*days).Unix()-1),
		s.bad("too-long", "BF-OUTCOME-2", "It is deliverable for more than 60 days.", "exp", made.Add(60*days).Unix()+1),
		s.bad("referral-missing", "BF-OUTCOME-1", "It doesn't name the referral.", "referral", absent{}),
		s.bad("event", "BF-OUTCOME-3", "An event that there isn't.", "event", "praised"),
		s.bad("fault-missing", "BF-OUTCOME-3", "It doesn't name the fault.", "fault", absent{}),
		s.bad("class", "BF-OUTCOME-3", "The class is no name.", "class", "Unpaid!"),
		of("fault-with-name", "A fault with the name of whom it is.", edit(s.good, "name", "Bob")),
		of("redeemed-without-name", "Nobody says who redeemed it.", edit(redeemed, "name", absent{})),
		of("redeemed-with-fault", "It was redeemed, with a fault.", edit(redeemed, "fault", "fault-7")),
		of("name-long", "A name of 81 characters.", edit(redeemed, "name", strings.Repeat("é", 81))),
		of("name-lines", "A name of two lines.", edit(redeemed, "name", "Bob\nAlice")),
		of("name-blank", "A name of nothing but white space.", edit(redeemed, "name", " \u00a0")),
		of("reversed-without-fault", "It doesn't say which fault was reversed.", edit(reversed, "fault", absent{})),
		of("reversed-with-class", "A reversal with a class.", edit(reversed, "class", "unpaid")),
		of("ended-with-fault", "It ended, with a fault.", edit(ended, "fault", "fault-7")),
		s.as("fault-disordered", "occurred-missing", "BF-OUTCOME-4", "It doesn't tell when the fault was committed.", "occurred", absent{}),
		s.as("fault-disordered", "reported-before", "BF-OUTCOME-4", "Reported before it was committed.", "reported", made.Add(-21*days).Unix()),
		s.as("fault-disordered", "reported-after", "BF-OUTCOME-4", "Told before it was reported.", "reported", made.Unix()+1),
	)
}
