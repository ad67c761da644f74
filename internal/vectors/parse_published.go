package main

import (
	"fmt"
	"time"
)

// parseMechanism returns the cases of mechanisms as they are submitted.
func parseMechanism() []Case {
	s := subject{"mechanism", ParseInput{Object: "mechanism"}, goodMechanism(), "bad-mechanism"}
	host := edit(s.good, "rule", object{"host": object{"described": said("By hand.", "À la main.")}})
	second := edit(edit(s.good, "version", 2), "previous", "sha-256:"+encode(seed("version 1")))
	return []Case{
		s.ok("good", "BF-MECH-1", "A mechanism by a share of ratings.", s.good),
		s.ok("good-points", "BF-MECH-8", "A mechanism by points.", edit(s.good, "rule", pointsRule())),
		s.ok("good-host", "BF-MECH-8", "A mechanism that the site computes itself.", host),
		s.ok("good-second-version", "BF-MECH-2", "A second version, which names the hash of the first.", second),
		s.as("unknown-field", "unknown", "BF-JSON-7", "A misspelt field.", "windows", 1),
		s.raw("other-case", "BF-JSON-9", "A field's name in another case.", text(edit(edit(s.good, "scale", absent{}), "Scale", "ordinal")), "unknown-field"),
		s.raw("doubled", "BF-JSON-2", "A field stands twice.", doubled(s.good, "version"), "doubled-field"),
		s.as("bad-value", "version-a-string", "BF-JSON-10", "The version is a string.", "version", "1"),
		s.as("bad-value", "date-not-in-calendar", "BF-MECH-3", "A day that the calendar doesn't have.", "date", "2026-02-30"),
		s.as("bad-value", "date-short", "BF-MECH-3", "A day without leading zero.", "date", "2026-2-3"),
		s.bad("date-missing", "BF-MECH-3", "No date.", "date", absent{}),
		s.bad("id-elsewhere", "BF-MECH-1", "An address that isn't ORIGIN/mechanisms/NAME.", "id", bazar+"/seller"),
		s.bad("id-name", "BF-MECH-1", "A NAME in upper case.", "id", bazar+"/mechanisms/Seller"),
		s.bad("id-origin", "BF-MECH-1", "An address with the default port written out.", "id", bazar+":443/mechanisms/seller"),
		s.bad("version-zero", "BF-MECH-2", "Version 0.", "version", 0),
		s.bad("first-with-previous", "BF-MECH-2", "A first version that names one before.", "previous", "sha-256:x"),
		s.raw("previous-no-hash", "BF-MECH-2", "A second version whose previous is no hash.", text(edit(edit(s.good, "version", 2), "previous", "sha-256:x")), "bad-mechanism"),
		s.raw("previous-line-feed", "BF-MECH-2", "A second version whose previous has a line feed within its base64url.",
			text(edit(edit(s.good, "version", 2), "previous", "sha-256:"+encode(seed("previous"))[:9]+"\n"+encode(seed("previous"))[9:])), "bad-mechanism"),
		s.bad("second-without-previous", "BF-MECH-2", "A second version that doesn't name the first.", "version", 2),
		s.bad("context", "BF-MECH-4", "A context with a space.", "context", "selling things"),
		s.bad("scale", "BF-MECH-5", "A scale that there isn't.", "scale", "stars"),
		s.bad("yes-no-levels", "BF-MECH-5", "A yes-no mechanism with three levels.", "scale", "yes-no"),
		s.as("bad-value", "name-english-only", "BF-MECH-6", "A name in English alone.", "name.fr", absent{}),
		s.as("bad-value", "not-said-missing", "BF-MECH-6", "It doesn't tell what it doesn't say.", "not_said", absent{}),
		s.bad("levels-none", "BF-MECH-7", "No level.", "levels", []any{}),
		s.bad("level-twice", "BF-MECH-7", "Two levels with one id.", "levels.1.id", "bronze"),
		s.bad("level-reserved", "BF-MECH-7", "A level called source, which badges use for another thing.", "levels.0.id", "source"),
		s.bad("level-like-measure", "BF-MECH-7", "A level called as a measure's result.", "levels.0.id", "ratings-total"),
		s.bad("measure-window", "BF-MECH-9", "A negative window.", "measures.0.window_days", -1),
		s.bad("rule-none", "BF-MECH-8", "No rule.", "rule", object{}),
		s.bad("rule-two", "BF-MECH-8", "Two rules.", "rule.points", pointsRule()["points"]),
		s.bad("share-of-nothing", "BF-MECH-8", "A share of a measure that there isn't.", "rule.share.measure", "reviews"),
		s.bad("share-levels-few", "BF-MECH-8", "Two thresholds for three levels.", "rule.share.levels", []any{"0.80", "0.95"}),
		s.bad("share-levels-fall", "BF-MECH-8", "Thresholds that don't rise.", "rule.share.levels.1", "0.80"),
		s.as("bad-value", "text-turned", "BF-MECH-13", "A name with a mark that turns the direction of writing.", "name.en", "Seller \u202erating"),
		s.ok("good-text-joined", "BF-MECH-13", "A name with a joiner within a word.", edit(s.good, "name.en", "Seller \u0646\u200c\u0645")),
		s.bad("fault-harmless", "BF-MECH-11", "A class of faults of severity 0.", "faults", []any{
			object{"id": "late", "name": said("Late", "En retard"), "severity": "0", "points": 5},
		}),
		s.bad("figures-of-few", "BF-MECH-12", "A year's holders of a level, fewer than 20.", "figures", []any{
			object{"year": 2025, "holders": object{"gold": 19}, "faults": 0, "reports": 0, "reversals": 0},
		}),
		s.bad("share-above-one", "BF-MECH-8", "A share above 1.", "rule.share.levels.2", "1.01"),
		s.as("bad-value", "share-a-number", "BF-JSON-5", "A share as a JSON number.", "rule.share.levels.0", 0.8),
		s.as("bad-value", "share-exponent", "BF-JSON-11", "A share with an exponent.", "rule.share.levels.0", "8e-1"),
		s.as("bad-value", "share-bare-point", "BF-JSON-11", "A share without digit before the point.", "rule.share.levels.0", ".80"),
	}
}

// parseVouchingTerms returns the cases of who rules on faults in a mechanism, and on which terms members stand behind
// one another.
func parseVouchingTerms() []Case {
	good := edit(edit(goodMechanism(), "rule", pointsRule()), "vouching", object{"supporters": []any{2, 3}, "min_stake": []any{10, 30}})
	good = edit(good, "arbiters", []any{"https://arbitre.example", bazar})
	s := subject{"mechanism", ParseInput{Object: "mechanism"}, good, "bad-mechanism"}
	var many []any
	for i := range 17 {
		many = append(many, fmt.Sprintf("https://arbitre%d.example", i))
	}
	bad := func(name, description, path string, value any) Case {
		return s.bad("vouching-"+name, "BF-MECH-15", description, "vouching"+path, value)
	}
	return []Case{
		s.ok("good-vouching", "BF-MECH-15", "A mechanism by points whose two lower levels can be vouched for.", good),
		s.ok("good-arbiters-alone", "BF-MECH-14", "Arbiters without vouching.", edit(good, "vouching", absent{})),
		s.bad("arbiters-many", "BF-MECH-14", "17 arbiters.", "arbiters", many),
		s.bad("arbiter-twice", "BF-MECH-14", "An arbiter stands twice.", "arbiters.1", "https://arbitre.example"),
		s.as("bad-origin", "arbiter-address", "BF-ORIGIN-1", "An arbiter with a slash after its origin.", "arbiters.1", bazar+"/"),
		s.raw("vouching-by-share", "BF-MECH-15", "A rule that counts no points.", text(edit(good, "rule", goodMechanism()["rule"])), "bad-mechanism"),
		bad("none", "No level can be vouched for.", "", object{"supporters": []any{}, "min_stake": []any{}}),
		bad("top-level", "The top level can be vouched for.", "", object{"supporters": []any{2, 2, 2}, "min_stake": []any{10, 30, 90}}),
		bad("stakes-few", "A stake for one level, supporters for two.", ".min_stake", []any{10}),
		bad("supporters-none", "No supporter is needed.", ".supporters.0", 0),
		bad("supporters-many", "33 supporters are needed.", ".supporters.1", 33),
		bad("stake-zero", "A stake of nothing.", ".min_stake.0", 0),
		bad("stakes-fall", "A level asks a smaller stake than the one below.", ".min_stake.1", 9),
		bad("stake-great", "A stake above 1,000,000,000.", ".min_stake.1", 1_000_000_001),
		s.as("unknown-field", "vouching-unknown", "BF-JSON-7", "A misspelt field.", "vouching.stakes", []any{10}),
	}
}

// parseReferralTerms returns the cases of the terms on which a table lets people be referred.
func parseReferralTerms() []Case {
	good := edit(edit(tableByLevels(), "accept.min_account_days", absent{}), "referral", object{"min_stake": 50, "classes": object{"no-show": "unpaid"}})
	s := subject{"table", ParseInput{Object: "table"}, good, "bad-table"}
	return []Case{
		s.ok("good-referral", "BF-TABLE-11", "A table by levels that takes referrals.", good),
		s.ok("good-referral-no-class", "BF-TABLE-11", "No class of fault is told.", edit(good, "referral.classes", absent{})),
		s.raw("referral-by-share", "BF-TABLE-11", "A table by a share takes referrals, which tell none.", text(edit(goodTable(), "referral", good["referral"])), "bad-table"),
		s.bad("referral-account-age", "BF-TABLE-11", "A table that asks how old the account is takes referrals, which don't tell.", "accept.min_account_days", 90),
		s.bad("referral-stake-zero", "BF-TABLE-11", "A stake of nothing.", "referral.min_stake", 0),
		s.bad("referral-stake-great", "BF-TABLE-11", "A stake above 1,000,000,000.", "referral.min_stake", 1_000_000_001),
		s.bad("referral-class-here", "BF-TABLE-11", "A class of the own mechanism that is no name.", "referral.classes", object{"No show": "unpaid"}),
		s.bad("referral-class-there", "BF-TABLE-11", "A class of the issuer's that is no name.", "referral.classes", object{"no-show": ""}),
		s.as("unknown-field", "referral-unknown", "BF-JSON-7", "A misspelt field.", "referral.stake", 50),
	}
}

// parseSignedMechanism returns the cases of the payload in which mechanisms travel.
func parseSignedMechanism() []Case {
	payload := signedPayload(bazar, "mechanism", goodMechanism())
	s := subject{"signed-mechanism", ParseInput{Object: "signed-mechanism", Now: instant(now)}, payload, "wrong-issuer"}
	return []Case{
		s.ok("good", "BF-MECH-10", "A mechanism as its issuer signs it.", s.good),
		s.ok("good-unknown", "BF-JSON-8", "Fields of a later version.", edit(edit(s.good, "jti", "x"), "mechanism.colour", "red")),
		s.bad("of-another", "BF-MECH-10", "Signed by another site than the one whose mechanism it is.", "iss", outils),
		s.as("bad-origin", "issuer-with-slash", "BF-ORIGIN-1", "The issuer's origin with a slash after it.", "iss", bazar+"/"),
		s.as("bad-mechanism", "broken", "BF-MECH-10", "The mechanism within doesn't hold together.", "mechanism.levels", []any{}),
		s.as("expired", "expired", "BF-TOKEN-14", "It has expired.", "exp", now.Add(-30*time.Minute).Unix()),
		s.as("not-yet-valid", "early", "BF-TOKEN-14", "It was signed an hour hence.", "iat", now.Add(time.Hour).Unix()),
		s.as("bad-credential", "without-end", "BF-TOKEN-14", "It has no end.", "exp", absent{}),
		s.as("bad-value", "seconds-a-string", "BF-JSON-10", "iat is a string.", "iat", "1795348800"),
	}
}

// parseTable returns the cases of conversion tables as they are submitted.
func parseTable() []Case {
	s := subject{"table", ParseInput{Object: "table"}, goodTable(), "bad-table"}
	byLevel := s
	byLevel.good = tableByLevels()
	plain := edit(s.good, "measure.confidence", absent{})
	return []Case{
		s.ok("good", "BF-TABLE-1", "A table by a share of ratings, weighed by Wilson's bound.", s.good),
		s.ok("good-plain", "BF-TABLE-6", "A table by the plain share.", plain),
		s.ok("good-levels", "BF-TABLE-7", "A table by levels.", tableByLevels()),
		s.ok("good-unguarded", "BF-TABLE-5", "A table without guards.", edit(s.good, "accept", object{})),
		s.as("unknown-field", "unknown", "BF-JSON-7", "A misspelt guard.", "accept.min_samples", 20),
		s.raw("doubled", "BF-JSON-2", "cap stands twice.", doubled(s.good, "cap"), "doubled-field"),
		s.bad("id-elsewhere", "BF-TABLE-1", "An address that isn't ORIGIN/conversions/NAME.", "id", outils+"/rates/bazar"),
		s.bad("second-without-previous", "BF-TABLE-2", "A second version that doesn't name the first.", "version", 2),
		s.bad("from-elsewhere", "BF-TABLE-3", "The mechanism isn't on the issuer's origin.", "from.mechanism", "https://atelier.example/mechanisms/seller"),
		s.raw("from-itself", "BF-TABLE-3", "A table of the site's own statuses.",
			text(edit(edit(s.good, "from.issuer", outils), "from.mechanism", outils+"/mechanisms/seller")), "bad-table"),
		s.as("bad-origin", "from-http", "BF-ORIGIN-4", "The issuer over http.", "from.issuer", "http://bazar.example"),
		s.bad("from-no-version", "BF-TABLE-3", "No version of the mechanism.", "from.versions", []any{}),
		s.bad("from-context", "BF-TABLE-3", "No context.", "from.context", absent{}),
		s.bad("to-elsewhere", "BF-TABLE-4", "Levels of another site's mechanism.", "to.mechanism", bazar+"/mechanisms/seller"),
		s.bad("guard-negative", "BF-TABLE-5", "A negative guard.", "accept.max_age_days", -1),
		byLevel.bad("guard-without-measure", "BF-TABLE-5", "A least sample where nothing is measured.", "accept.min_sample", 20),
		s.bad("method", "BF-TABLE-6", "A method of confidence that there isn't.", "measure.confidence.method", "bayes"),
		s.bad("z2-zero", "BF-TABLE-6", "z² is 0.", "measure.confidence.z2", "0"),
		s.bad("rates-none", "BF-TABLE-7", "No row.", "rates", []any{}),
		s.bad("rates-gives-rise", "BF-TABLE-7", "A row gives more than the one before.", "rates.1.gives", 3),
		s.bad("rates-share-equal", "BF-TABLE-7", "Two rows ask the same share.", "rates.1.at_least", "0.990"),
		s.bad("rates-share-above-one", "BF-TABLE-7", "A row asks more than everything.", "rates.0.at_least", "1.1"),
		s.bad("rates-gives-zero", "BF-TABLE-7", "A row gives nothing.", "rates.2.gives", 0),
		s.bad("rates-level-with-measure", "BF-TABLE-7", "A row names a level where a share is compared.", "rates.0.level", "gold"),
		byLevel.bad("rates-share-without-measure", "BF-TABLE-7", "A row names a share where nothing is measured.", "rates.0.at_least", "0.99"),
		s.bad("rates-above-cap", "BF-TABLE-8", "A row gives more than the cap.", "cap", 2),
		s.bad("cap-missing", "BF-TABLE-8", "No cap.", "cap", absent{}),
		s.bad("until-before-from", "BF-TABLE-9", "It ends before it begins.", "valid_until", "2026-10-31"),
		s.as("bad-value", "until-not-a-day", "BF-TABLE-9", "An end that is no day.", "valid_until", "2027-11"),
	}
}

// parseSignedTable returns the cases of the payload in which conversion tables travel.
func parseSignedTable() []Case {
	payload := signedPayload(outils, "conversion", goodTable())
	s := subject{"signed-table", ParseInput{Object: "signed-table", Now: instant(now)}, payload, "wrong-issuer"}
	return []Case{
		s.ok("good", "BF-TABLE-10", "A table as its site signs it.", s.good),
		s.ok("good-unknown", "BF-JSON-8", "A field of a later version.", edit(s.good, "conversion.accept.note", "x")),
		s.bad("of-another", "BF-TABLE-10", "Signed by another site than the one whose table it is.", "iss", bazar),
		s.as("bad-table", "broken", "BF-TABLE-10", "The table within doesn't hold together.", "conversion.cap", 0),
		s.as("expired", "expired", "BF-TOKEN-14", "The signed form has expired.", "exp", now.Add(-30*time.Minute).Unix()),
	}
}
