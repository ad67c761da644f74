package conversion_test

import (
	"time"

	"bonafide.example"
	"bonafide.example/conversion"
)

const (
	bazar  bonafide.Origin = "https://bazar.example"
	depot  bonafide.Origin = "https://depot.example"
	outils bonafide.Origin = "https://outils.example"
)

func noon() time.Time { return time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC) }

func words(s string) bonafide.Text { return bonafide.Text{EN: s, FR: s + " (fr)"} }

// member is the mechanism of outils.example whose levels are given: three of them.
func member() *bonafide.Mechanism {
	return &bonafide.Mechanism{
		ID: "https://outils.example/mechanisms/member", Version: 1, Context: "selling", Scale: bonafide.Ordinal,
		Levels: []bonafide.Level{
			{ID: "known", Name: bonafide.Text{EN: "Known", FR: "Connu"}},
			{ID: "regular", Name: bonafide.Text{EN: "Regular", FR: "Habitué"}},
			{ID: "pillar", Name: bonafide.Text{EN: "Pillar", FR: "Pilier"}}},
	}
}

// seller is a mechanism of issuer that states the measure ratings.
func seller(issuer bonafide.Origin) *bonafide.Mechanism {
	return &bonafide.Mechanism{
		ID: string(issuer) + "/mechanisms/seller", Version: 3, Context: "selling", Scale: bonafide.Ordinal,
		Levels: []bonafide.Level{
			{ID: "bronze", Name: bonafide.Text{EN: "Bronze", FR: "Bronze"}},
			{ID: "silver", Name: bonafide.Text{EN: "Silver", FR: "Argent"}},
			{ID: "gold", Name: bonafide.Text{EN: "Gold", FR: "Or"}}},
		Measures: []bonafide.MeasureDef{{ID: "ratings", Name: words("Ratings")}},
	}
}

// shares is the table of protocol.md for issuer's sellers.
func shares(issuer bonafide.Origin) conversion.Rule {
	return conversion.Rule{Hash: "sha-256:x", From: seller(issuer), Table: bonafide.Table{
		ID: "https://outils.example/conversions/" + issuer.Host()[:5], Version: 4, Previous: "sha-256:47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU",
		From:    bonafide.TableFrom{Issuer: issuer, Mechanism: string(issuer) + "/mechanisms/seller", Versions: []int{3}, Context: "selling"},
		To:      bonafide.TableTo{Mechanism: "https://outils.example/mechanisms/member"},
		Accept:  bonafide.Accept{MinSample: 20, MaxAgeDays: 90, MinAccountDays: 180},
		Measure: &bonafide.MeasureBy{Share: "ratings", Confidence: &bonafide.Confidence{Method: "wilson", Z2: "3.8416"}},
		Rates:   []bonafide.Rate{{AtLeast: "0.99", Gives: 3}, {AtLeast: "0.95", Gives: 2}, {AtLeast: "0.80", Gives: 1}},
		Cap:     3, ValidFrom: "2026-11-01", ValidUntil: "2027-11-01",
	}}
}

// plainly makes the rates compare the plain share.
func plainly(r conversion.Rule) conversion.Rule {
	r.Table.Measure = &bonafide.MeasureBy{Share: "ratings"}
	return r
}

// agreeing lets the table take part in agreement.
func agreeing(r conversion.Rule) conversion.Rule {
	r.Table.Agreement = true
	return r
}

// levels is a table of levels for issuer's sellers, without guards.
func levels(issuer bonafide.Origin) conversion.Rule {
	r := shares(issuer)
	r.Table.Accept, r.Table.Measure = bonafide.Accept{}, nil
	r.Table.Rates = []bonafide.Rate{{Level: "gold", Gives: 2}, {Level: "bronze", Gives: 1}}
	return r
}

// rated is a good input from issuer with so many positive of so many ratings.
func rated(issuer bonafide.Origin, positive, total int64) conversion.Input {
	return conversion.Input{Condition: conversion.Good, Status: bonafide.Status{
		Mechanism: string(issuer) + "/mechanisms/seller", Version: 3, Context: "selling",
		Level: "gold", Kind: bonafide.Earned, EarnedLevel: "gold",
		Measures:     []bonafide.Measure{{ID: "ratings", Positive: positive, Total: total}},
		AccountSince: "2020-02", AsOf: "2026-11-20", Sources: []bonafide.Origin{issuer}, State: bonafide.Current,
	}}
}

func ask(rules []conversion.Rule, inputs ...conversion.Input) conversion.Question {
	return conversion.Question{Site: outils, To: member(), Rules: rules, Inputs: inputs, Now: noon()}
}
