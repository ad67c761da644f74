package demo

import (
	"time"

	"bonafide.example"
)

// seller is bazar's mechanism: five levels cut from the share of positive ratings.
func seller(origin bonafide.Origin) bonafide.Mechanism {
	level := func(id, en, fr, share string) bonafide.Level {
		return bonafide.Level{
			ID: id, Name: bonafide.Text{EN: en, FR: fr},
			Sentence: bonafide.Text{
				EN: "At least " + share + " % of this seller's ratings are positive.",
				FR: "Au moins " + share + " % des évaluations de ce vendeur sont positives.",
			},
		}
	}
	return bonafide.Mechanism{
		ID: string(origin) + "/mechanisms/seller", Version: 1, Date: "2026-01-01", Context: "selling", Scale: bonafide.Percent,
		Name:    bonafide.Text{EN: "Seller rating", FR: "Note de vendeur"},
		Meaning: bonafide.Text{EN: "How buyers rated this seller's sales.", FR: "Comment les acheteurs ont évalué les ventes de ce vendeur."},
		Levels: []bonafide.Level{
			level("one", "One star", "Une étoile", "50"), level("two", "Two stars", "Deux étoiles", "80"), level("three", "Three stars", "Trois étoiles", "90"),
			level("four", "Four stars", "Quatre étoiles", "97"), level("five", "Five stars", "Cinq étoiles", "99"),
		},
		Measures: []bonafide.MeasureDef{{ID: "ratings", Name: bonafide.Text{EN: "Ratings", FR: "Évaluations"}}},
		Rule: bonafide.Rule{Share: &bonafide.ShareRule{
			Measure: "ratings", Kinds: []string{"rating"}, MinTotal: 20, Levels: []bonafide.Decimal{"0.50", "0.80", "0.90", "0.97", "0.99"},
		}},
		WhoRates: bonafide.Text{EN: "Each buyer, once for each sale.", FR: "Chaque acheteur, une fois par vente."},
		Falls:    bonafide.Text{EN: "With every bad rating, at once.", FR: "À chaque mauvaise évaluation, aussitôt."},
		Recovers: bonafide.Text{EN: "With good ratings.", FR: "Avec de bonnes évaluations."},
		NotSaid:  bonafide.Text{EN: "Who the seller is, and what they will do next.", FR: "Qui est le vendeur, et ce qu'il fera ensuite."},
	}
}

// byFaults says how a level falls and recovers that rests on points and on people.
func byFaults() (falls, recovers bonafide.Text) {
	return bonafide.Text{
			EN: "By faults of one's own, and by those of people whom one stands behind.",
			FR: "Par ses propres fautes, et par celles des personnes dont on se porte garant.",
		}, bonafide.Text{
			EN: "With time: what a fault cost heals within a year.",
			FR: "Avec le temps : ce qu'une faute a coûté guérit en un an.",
		}
}

// neighbour is bazar's second mechanism: points for helping one another, which one may put up for others.
// Its numbers are those of the worked example in the spec's chapter on vouching.
func neighbour(origin bonafide.Origin) bonafide.Mechanism {
	level := func(id, en, fr, points string) bonafide.Level {
		return bonafide.Level{
			ID: id, Name: bonafide.Text{EN: en, FR: fr},
			Sentence: bonafide.Text{EN: "Has earned " + points + " points by helping.", FR: "A gagné " + points + " points en aidant."},
		}
	}
	class := func(id, en, fr string, severity bonafide.Decimal, points int64) bonafide.FaultClass {
		return bonafide.FaultClass{ID: id, Name: bonafide.Text{EN: en, FR: fr}, Severity: severity, Points: points}
	}
	falls, recovers := byFaults()
	return bonafide.Mechanism{
		ID: string(origin) + "/mechanisms/neighbour", Version: 1, Date: "2026-01-01", Context: "helping", Scale: bonafide.Ordinal,
		Name:    bonafide.Text{EN: "Neighbour", FR: "Voisin"},
		Meaning: bonafide.Text{EN: "How much this member has helped others here.", FR: "Combien ce membre a aidé les autres ici."},
		Levels: []bonafide.Level{
			level("one", "Level one", "Niveau un", "100"), level("two", "Level two", "Niveau deux", "300"),
			level("three", "Level three", "Niveau trois", "1000"), level("four", "Level four", "Niveau quatre", "3000"),
		},
		Rule: bonafide.Rule{Points: &bonafide.PointsRule{
			Kinds: map[string]int64{"help": helpPoints}, Levels: []int64{100, 300, 1000, 3000},
		}},
		WhoRates: bonafide.Text{EN: "Whoever was helped, once for each time.", FR: "Quiconque fut aidé, une fois par service."},
		Falls:    falls,
		Recovers: recovers,
		NotSaid:  bonafide.Text{EN: "Who the member is.", FR: "Qui est le membre."},
		Faults: []bonafide.FaultClass{
			class("late", "Came late", "Venu en retard", "0.01", 0),
			class("unpaid", "Didn't pay what was due", "N'a pas payé son dû", "0.5", 100),
			class("fraud", "Fraud", "Fraude", "1", 300),
		},
		Vouching: &bonafide.Vouching{Supporters: []int{2, 2, 3}, MinStake: []int64{10, 30, 90}},
	}
}

// helpPoints is what helping once earns a neighbour.
const helpPoints = 40

// member is the mechanism of a site that gives up to three stars, for points earned there.
func member(origin bonafide.Origin) bonafide.Mechanism {
	level := func(id, en, fr, points string) bonafide.Level {
		return bonafide.Level{
			ID: id, Name: bonafide.Text{EN: en, FR: fr},
			Sentence: bonafide.Text{EN: "Has lent and returned tools for " + points + " points.", FR: "A prêté et rendu des outils pour " + points + " points."},
		}
	}
	falls, recovers := byFaults()
	return bonafide.Mechanism{
		ID: string(origin) + "/mechanisms/member", Version: 1, Date: "2026-01-01", Context: "lending", Scale: bonafide.Ordinal,
		Name:    bonafide.Text{EN: "Lender", FR: "Prêteur"},
		Meaning: bonafide.Text{EN: "How reliably this member lends and returns tools.", FR: "Avec quelle fiabilité ce membre prête et rend des outils."},
		Levels: []bonafide.Level{
			level("one", "One star", "Une étoile", "100"), level("two", "Two stars", "Deux étoiles", "300"), level("three", "Three stars", "Trois étoiles", "1000"),
		},
		Rule: bonafide.Rule{Points: &bonafide.PointsRule{
			Kinds: map[string]int64{"loan": 10, "return": 5}, Levels: []int64{100, 300, 1000},
		}},
		WhoRates: bonafide.Text{EN: "The site itself, by what was lent and returned.", FR: "Le site lui-même, d'après ce qui fut prêté et rendu."},
		Falls:    falls,
		Recovers: recovers,
		NotSaid:  bonafide.Text{EN: "Who the member is.", FR: "Qui est le membre."},
		Faults: []bonafide.FaultClass{
			{ID: "broken", Name: bonafide.Text{EN: "Broke a tool and kept silent", FR: "A cassé un outil et s'est tu"}, Severity: "0.25", Points: 50},
			{ID: "kept", Name: bonafide.Text{EN: "Kept a tool", FR: "A gardé un outil"}, Severity: "1", Points: 300},
		},
		Vouching: &bonafide.Vouching{Supporters: []int{2, 2}, MinStake: []int64{10, 30}},
	}
}

// rates says what a share of positive ratings under from counts for under to.
func rates(name string, from, to *bonafide.Mechanism, now time.Time) bonafide.Table {
	return bonafide.Table{
		ID: string(to.Origin()) + "/conversions/" + name, Version: 1,
		From:      bonafide.TableFrom{Issuer: from.Origin(), Mechanism: from.ID, Versions: []int{from.Version}, Context: from.Context},
		To:        bonafide.TableTo{Mechanism: to.ID},
		Accept:    bonafide.Accept{MinSample: 20, MaxAgeDays: 90, MinAccountDays: 90},
		Measure:   &bonafide.MeasureBy{Share: "ratings", Confidence: &bonafide.Confidence{Method: "wilson", Z2: "3.8416"}},
		Rates:     []bonafide.Rate{{AtLeast: "0.99", Gives: 3}, {AtLeast: "0.98", Gives: 2}, {AtLeast: "0.95", Gives: 1}},
		Cap:       3,
		ValidFrom: bonafide.DateOf(now.AddDate(0, -1, 0)), ValidUntil: bonafide.DateOf(now.AddDate(2, 0, 0)),
	}
}

// standing says what a level under from counts for under to, and that its holders may refer people.
func standing(name string, from, to *bonafide.Mechanism, now time.Time) bonafide.Table {
	table := rates(name, from, to, now)
	table.Measure, table.Accept = nil, bonafide.Accept{MaxAgeDays: 90}
	table.Rates = []bonafide.Rate{{Level: "four", Gives: 3}, {Level: "three", Gives: 2}, {Level: "two", Gives: 1}}
	table.Referral = &bonafide.ReferralTerms{MinStake: 100, Classes: map[string]string{"kept": "unpaid"}}
	return table
}
