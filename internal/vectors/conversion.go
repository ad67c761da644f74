package main

import (
	"crypto/sha256"
	"math/big"
)

const depot = "https://depot.example"

// decimal returns the value of a decimal.
func decimal(s string) *big.Rat {
	r, ok := new(big.Rat).SetString(s)
	if !ok {
		panic(s)
	}
	return r
}

// Wilson's lower bound is the p below k/n at which (k/n − p) / √(p·(1−p)/n) is z (J. Am. Stat. Assoc. 22,
// 1927). It is found here by halving, with 250 bits, z being the root of z2.
const (
	precision = 250
	halvings  = 240
)

func float(r *big.Rat) *big.Float { return new(big.Float).SetPrec(precision).SetRat(r) }

func wilsonBound(k, n int64, z2 string) *big.Float {
	share, one := float(big.NewRat(k, n)), float(big.NewRat(1, 1))
	z := new(big.Float).SetPrec(precision).Sqrt(float(decimal(z2)))
	low, high := float(new(big.Rat)), new(big.Float).Copy(share)
	for range halvings {
		p := new(big.Float).Add(low, high)
		p.Quo(p, float(big.NewRat(2, 1)))
		spread := new(big.Float).Mul(p, new(big.Float).Sub(one, p))
		spread.Quo(spread, float(big.NewRat(n, 1)))
		spread.Sqrt(spread).Mul(spread, z)
		if new(big.Float).Sub(share, p).Cmp(spread) >= 0 {
			low = p
		} else {
			high = p
		}
	}
	return low
}

// reached tells whether the share, or its lower bound if z2 isn't empty, is at least atLeast. What is
// nearer to it than 2⁻²⁰⁰ is equal: the cases have few digits.
func reached(k, n int64, atLeast, z2 string) bool {
	if n == 0 {
		return false
	}
	if z2 == "" {
		return big.NewRat(k, n).Cmp(decimal(atLeast)) >= 0
	}
	slack := new(big.Float).SetMantExp(big.NewFloat(1), -200)
	return atLeast != "1" && new(big.Float).Sub(float(decimal(atLeast)), wilsonBound(k, n, z2)).Cmp(slack) <= 0
}

// missing counts, one by one, the positive ratings that are missing.
func missing(k, n int64, atLeast, z2 string) int64 {
	more := int64(0)
	for !reached(k+more, n+more, atLeast, z2) {
		more++
	}
	return more
}

// ShareInput is the input of the topic share.
type ShareInput struct {
	Positive int64  `json:"positive"`
	Total    int64  `json:"total"`
	AtLeast  string `json:"at_least"`
	Z2       string `json:"z2,omitzero"` // absent: the plain share
}

// Share returns the cases of single comparisons; the result is whether it holds.
func Share() []Case {
	const confidence = "3.8416"
	plain, wilson := "BF-CONV-16", "BF-CONV-17"
	var cases []Case
	for _, c := range []struct {
		name, requirement, description string
		ShareInput
	}{
		{"plain-equal", plain, "Exactly the share.", ShareInput{1, 5, "0.2", ""}},
		{"plain-just-below", plain, "The share is below by one part in 10^17.", ShareInput{1, 5, "0.20000000000000001", ""}},
		{"plain-trailing-zero", plain, "A decimal with a zero at its end is the same decimal.", ShareInput{4, 5, "0.80", ""}},
		{"plain-all", plain, "Every rating is positive and all must be.", ShareInput{9007199254740992, 9007199254740992, "1", ""}},
		{"plain-one-of-2-to-53-missing", plain, "All but one of 2^53, where all must be: floats of 53 bits take them for equal.", ShareInput{9007199254740991, 9007199254740992, "0.99999999999999999", ""}},
		{"plain-no-ratings", "BF-CONV-18", "No ratings.", ShareInput{0, 0, "0.1", ""}},
		{"wilson-20-of-20", wilson, "The first six digits of the bound.", ShareInput{20, 20, "0.838869", confidence}},
		{"wilson-20-of-20-above", wilson, "One more in the sixth digit.", ShareInput{20, 20, "0.838870", confidence}},
		{"wilson-99-of-100", wilson, "The first six digits of the bound.", ShareInput{99, 100, "0.945512", confidence}},
		{"wilson-99-of-100-above", wilson, "One more in the sixth digit.", ShareInput{99, 100, "0.945513", confidence}},
		{"wilson-200-of-200", wilson, "The first six digits of the bound.", ShareInput{200, 200, "0.981153", confidence}},
		{"wilson-200-of-200-above", wilson, "One more in the sixth digit.", ShareInput{200, 200, "0.981154", confidence}},
		{"wilson-equal", wilson, "A bound that is the threshold exactly: 16 of 16 with z² = 4 is 0.8.", ShareInput{16, 16, "0.8", "4"}},
		{"wilson-equal-above", wilson, "The least above an exact bound.", ShareInput{16, 16, "0.80000000000000001", "4"}},
		{"wilson-upper-root", wilson, "The threshold is above the share and beyond the upper bound: squaring alone takes it for reached.", ShareInput{50, 100, "0.9", confidence}},
		{"wilson-one", wilson, "No lower bound reaches 1, though 1 solves the equation where every rating is positive.", ShareInput{1000, 1000, "1", confidence}},
		{"wilson-large-sample", wilson, "A product that overflows 128 bits.", ShareInput{9007199254740000, 9007199254740992, "0.99999999999999", confidence}},
		{"wilson-no-ratings", "BF-CONV-18", "No ratings.", ShareInput{0, 0, "0.1", confidence}},
	} {
		holds := reached(c.Positive, c.Total, c.AtLeast, c.Z2)
		cases = append(cases, Case{c.name, []string{c.requirement}, c.description, c.ShareInput, "ok", object{"holds": holds}})
	}
	return cases
}

// The objects that the cases of conversion are made of.

func toMechanism() object {
	level := func(id, en, fr string) object {
		return object{"id": id, "name": said(en, fr), "sentence": said(en+".", fr+".")}
	}
	return mechanismOf(outils, "member", 1, "ordinal", level("known", "Known", "Connu"), level("regular", "Regular", "Habitué"), level("pillar", "Pillar", "Pilier"))
}

func fromMechanism(issuer string) object {
	level := func(id, en, fr string) object {
		return object{"id": id, "name": said(en, fr), "sentence": said(en+".", fr+".")}
	}
	m := mechanismOf(issuer, "seller", 3, "ordinal", level("bronze", "Bronze", "Bronze"), level("silver", "Silver", "Argent"), level("gold", "Gold", "Or"))
	m["measures"] = []any{object{"id": "ratings", "name": said("Ratings", "Évaluations")}}
	return m
}

func mechanismOf(origin, name string, version int, scale string, levels ...any) object {
	m := object{
		"id": origin + "/mechanisms/" + name, "version": version, "date": "2026-10-01", "context": "selling", "scale": scale,
		"name": said("Name", "Nom"), "meaning": said("Meaning.", "Sens."), "levels": levels,
		"rule":      object{"host": object{"described": said("By hand.", "À la main.")}},
		"who_rates": said("Buyers.", "Les acheteurs."), "falls": said("By bad ones.", "Par les mauvaises."),
		"recovers": said("By good ones.", "Par les bonnes."), "not_said": said("Who it is.", "Qui c'est."),
	}
	if version > 1 {
		m["previous"] = "sha-256:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
	}
	return m
}

// shareTable is a table with Wilson's bound and all guards.
func shareTable(issuer, name string) object {
	return object{
		"id": outils + "/conversions/" + name, "version": 1,
		"from":    object{"issuer": issuer, "mechanism": issuer + "/mechanisms/seller", "versions": []any{3}, "context": "selling"},
		"to":      object{"mechanism": outils + "/mechanisms/member"},
		"accept":  object{"min_sample": 20, "max_age_days": 90, "min_account_days": 180},
		"measure": object{"share": "ratings", "confidence": object{"method": "wilson", "z2": "3.8416"}},
		"rates":   []any{object{"at_least": "0.99", "gives": 3}, object{"at_least": "0.95", "gives": 2}, object{"at_least": "0.80", "gives": 1}},
		"cap":     3, "valid_from": "2026-11-01", "valid_until": "2027-11-01",
	}
}

// levelsTable is a table of levels without guards.
func levelsTable(issuer, name string) object {
	t := edit(shareTable(issuer, name), "measure", absent{})
	t = edit(t, "accept", object{})
	return edit(t, "rates", []any{object{"level": "gold", "gives": 2}, object{"level": "bronze", "gives": 1}})
}

// rule is a table with its hash: its text being in alphabetical order and of ASCII, RFC 8785 leaves it.
func rule(table, from object) object {
	sum := sha256.Sum256([]byte(text(table)))
	return object{"table": table, "hash": "sha-256:" + encode(sum[:]), "from": from}
}

// input is a good status from issuer with so many positive of so many ratings.
func input(issuer string, positive, total int64) object {
	return object{"condition": "good", "checked_at": "2026-11-22T11:58:00Z", "relied_until": "2026-12-10T00:00:00Z", "status": object{
		"mechanism": issuer + "/mechanisms/seller", "version": 3, "context": "selling",
		"level": "gold", "kind": "earned", "earned_level": "gold", "account_since": "2020-02", "since": "2026-01", "as_of": "2026-11-20",
		"measures": []any{object{"id": "ratings", "positive": positive, "total": total}}, "sources": []any{issuer}, "state": "current",
	}}
}

func question(rules []any, inputs ...any) object {
	return object{"site": outils, "to": toMechanism(), "rules": rules, "inputs": inputs, "now": "2026-11-22T12:00:00Z", "contest": outils + "/contest"}
}
