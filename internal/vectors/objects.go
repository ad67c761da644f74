package main

import "time"

// goodMechanism is bazar's seller rating: a share of ratings, with three levels.
func goodMechanism() object {
	level := func(id, en, fr string) object {
		return object{"id": id, "name": said(en, fr), "sentence": said(en+" by the ratings of buyers.", fr+" selon les avis des acheteurs.")}
	}
	return object{
		"id": bazar + "/mechanisms/seller", "version": 1, "date": "2026-10-01", "context": "selling", "scale": "ordinal",
		"name":     said("Seller rating", "Note de vendeur"),
		"meaning":  said("The share of positive ratings of the last 12 months.", "La part d'avis positifs sur les 12 derniers mois."),
		"levels":   []any{level("bronze", "Bronze", "Bronze"), level("silver", "Silver", "Argent"), level("gold", "Gold", "Or")},
		"measures": []any{object{"id": "ratings", "name": said("Ratings", "Avis"), "window_days": 365}},
		"rule": object{"share": object{"measure": "ratings", "kinds": []any{"rating"}, "min_total": 20,
			"levels": []any{"0.80", "0.95", "0.99"}}},
		"who_rates": said("Buyers, once for each sale.", "Les acheteurs, une fois par vente."),
		"falls":     said("By negative ratings.", "Par des avis négatifs."),
		"recovers":  said("By positive ones, or as old ones run out.", "Par des avis positifs, ou quand les anciens expirent."),
		"not_said":  said("Who the seller is.", "Qui est le vendeur."),
	}
}

// pointsRule is a rule for the three levels by points.
func pointsRule() object {
	return object{"points": object{"kinds": object{"sale": 1, "review": 2}, "levels": []any{10, 100, 1000}}}
}

// goodTable is what outils gives for bazar's seller rating.
func goodTable() object {
	return object{
		"id": outils + "/conversions/bazar-seller", "version": 1,
		"from":    object{"issuer": bazar, "mechanism": bazar + "/mechanisms/seller", "versions": []any{1}, "context": "selling"},
		"to":      object{"mechanism": outils + "/mechanisms/member"},
		"accept":  object{"min_sample": 20, "max_age_days": 90, "min_account_days": 180},
		"measure": object{"share": "ratings", "confidence": object{"method": "wilson", "z2": "3.8416"}},
		"rates":   []any{object{"at_least": "0.99", "gives": 3}, object{"at_least": "0.95", "gives": 2}, object{"at_least": "0.80", "gives": 1}},
		"cap":     3, "valid_from": "2026-11-01", "valid_until": "2027-11-01",
	}
}

// tableByLevels is goodTable by levels instead of a share.
func tableByLevels() object {
	table := edit(edit(goodTable(), "measure", absent{}), "accept.min_sample", absent{})
	return edit(table, "rates", []any{object{"level": "gold", "gives": 2}, object{"level": "bronze", "gives": 1}})
}

func statusEntry(index string) object {
	return object{"id": "urn:uuid:6e1c0a44-0b7a-4d2e-bd6e-7a2c8cfd53a1", "type": "BitstringStatusListEntry",
		"statusPurpose": "revocation", "statusListIndex": index, "statusListCredential": listAddress}
}

// goodBadge is a gold seller's badge at bazar: an Open Badges 3.0 credential.
func goodBadge() object {
	const (
		address   = bazar + "/b/K7QXM2VTP4WN9RFA"
		subjectID = "urn:uuid:0d3c9a8e-8f51-4f0b-9a51-3b8f9f7a6c21"
		mechanism = bazar + "/mechanisms/seller"
	)
	until := issued.Add(90 * 24 * time.Hour)
	described := func(fragment, name, resultType string) object {
		return object{"id": mechanism + "#" + fragment, "type": []any{"ResultDescription"}, "name": name, "resultType": resultType}
	}
	result := func(fragment, field, value string) object {
		return object{"type": []any{"Result"}, "resultDescription": mechanism + "#" + fragment, field: value}
	}
	rubric := func(id, name, level string) object {
		return object{"id": mechanism + "#" + id, "type": []any{"RubricCriterionLevel"}, "name": name, "level": level}
	}
	levels := []any{rubric("bronze", "Bronze", "1"), rubric("silver", "Silver", "2"), rubric("gold", "Gold", "3")}
	return object{
		"@context": []any{"https://www.w3.org/ns/credentials/v2", "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"},
		"id":       address, "type": []any{"VerifiableCredential", "OpenBadgeCredential"}, "name": "Seller rating at bazar.example",
		"issuer":    object{"id": did(bazar), "type": []any{"Profile"}, "name": "Bazar", "url": bazar + "/"},
		"validFrom": instant(issued), "validUntil": instant(until),
		"credentialSubject": object{
			"id": subjectID, "type": []any{"AchievementSubject"},
			"achievement": object{
				"id": mechanism, "type": []any{"Achievement"}, "achievementType": "ext:TrustStatus", "name": "Seller rating",
				"description": "The share of positive ratings of the last 12 months.", "version": "1", "tag": []any{"selling"},
				"criteria": object{"id": mechanism, "narrative": "The share of positive ratings of the last 12 months."},
				"resultDescription": []any{
					edit(described("level", "Level", "RubricCriterionLevel"), "rubricCriterionLevel", levels),
					edit(described("earned-level", "Level earned here", "RubricCriterionLevel"), "rubricCriterionLevel", levels),
					described("kind", "Where the level comes from", "ext:Kind"), described("as-of", "As of", "ext:Date"),
					described("source", "Observed by", "ext:Origin"),
					described("ratings-positive", "Ratings: positive", "RawScore"), described("ratings-total", "Ratings: all", "RawScore"),
				},
			},
			"result": []any{
				result("level", "achievedLevel", mechanism+"#gold"), result("earned-level", "achievedLevel", mechanism+"#gold"),
				result("kind", "value", "earned"), result("as-of", "value", "2026-11-22"), result("source", "value", bazar),
				result("ratings-positive", "value", "412"), result("ratings-total", "value", "417"),
			},
		},
		"credentialStatus": statusEntry("94567"),
		"iss":              did(bazar), "sub": subjectID, "jti": address, "nbf": issued.Unix(), "exp": until.Unix(),
	}
}

// goodStatus is a consented status that bazar made a minute ago for outils.
func goodStatus() object {
	made := now.Add(-time.Minute)
	return object{
		"iss": bazar, "aud": outils, "sub": "p-4Zk1vZJ0n8mT2QyWb7uLrg", "nonce": statusNonce, "jti": "urn:uuid:3f2f1d57-3d9c-4c0e-8a53-0f3f5ef0c0aa",
		"iat": made.Unix(), "exp": made.Add(10 * time.Minute).Unix(), "relied_until": made.Add(30 * 24 * time.Hour).Unix(),
		"status": object{
			"mechanism": bazar + "/mechanisms/seller", "version": 1, "context": "selling", "level": "gold", "kind": "earned", "earned_level": "gold",
			"measures": []any{object{"id": "ratings", "positive": 405, "total": 410}}, "account_since": "2020-02", "since": "2026-01",
			"as_of": "2026-11-22", "sources": []any{bazar}, "state": "current",
		},
		"credentialStatus": statusEntry("94567"),
	}
}

const statusNonce = "qL8s0vN2mX4yT6wR1zB3"

// goodDetails is what outils asks bazar for.
func goodDetails() object {
	return object{
		"type": "bonafide_status", "mechanism": bazar + "/mechanisms/seller", "claims": []any{"level", "measures"},
		"purpose":        said("To start you at the level that you have earned.", "Pour vous donner d'emblée le niveau que vous avez gagné."),
		"retention_days": 365, "nonce": statusNonce, "badge": bazar + "/b/K7QXM2VTP4WN9RFA",
	}
}
