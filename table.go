package bonafide

import (
	"fmt"
	"math/big"
	"slices"
	"strings"
)

// Table is a conversion table ("rates"): what a status under one mechanism of one issuer counts for
// under a mechanism of the site that publishes the table. It binds nobody but that site.
type Table struct {
	ID         string     `json:"id"`                // its address, ORIGIN/conversions/NAME
	Version    int        `json:"version"`           // 1, 2, 3…
	Previous   string     `json:"previous,omitzero"` // the [Hash] of the version before; absent in the first
	From       TableFrom  `json:"from"`
	To         TableTo    `json:"to"`
	Accept     Accept     `json:"accept,omitzero"`
	Measure    *MeasureBy `json:"measure,omitzero"` // what the rates compare, if it is a share
	Rates      []Rate     `json:"rates"`            // strictly decreasing: the first row that holds decides
	Cap        int        `json:"cap"`              // the highest level given, alone or with others
	Agreement  bool       `json:"agreement,omitzero"`
	ValidFrom  Date       `json:"valid_from"`
	ValidUntil Date       `json:"valid_until"` // the last day in force

	Referral *ReferralTerms `json:"referral,omitzero"` // on which terms members of the issuer may refer people to this site; absent: they may not
}

// ReferralTerms says what a referral from the table's issuer needs to count here.
type ReferralTerms struct {
	MinStake int64 `json:"min_stake"` // the least stake locked there, in the issuer's points
	// Classes names, for classes of fault of the mechanism here, the issuer's class that the voucher's site
	// is told. Of faults of other classes it isn't told.
	Classes map[string]string `json:"classes,omitzero"`
}

// TableFrom names what is converted.
type TableFrom struct {
	Issuer    Origin `json:"issuer"`
	Mechanism string `json:"mechanism"`
	Versions  []int  `json:"versions"` // the versions looked at; any other pauses the table
	Context   string `json:"context"`
}

// TableTo names the mechanism whose levels are given.
type TableTo struct {
	Mechanism string `json:"mechanism"`
}

// Accept holds the guards. They only refuse; 0 means no guard.
type Accept struct {
	MinSample      int64 `json:"min_sample,omitzero"`       // least total of the measure
	MaxAgeDays     int   `json:"max_age_days,omitzero"`     // oldest as_of
	MinAccountDays int   `json:"min_account_days,omitzero"` // youngest account at the issuer
}

// MeasureBy says which share the rates compare, and how.
type MeasureBy struct {
	Share      string      `json:"share"`               // the measure's id
	Confidence *Confidence `json:"confidence,omitzero"` // absent: the plain share
}

// Confidence takes, instead of the plain share, a lower bound of it that small samples weigh down.
type Confidence struct {
	Method string  `json:"method"` // "wilson": Wilson's lower bound (J. Am. Stat. Assoc. 22, 1927)
	Z2     Decimal `json:"z2"`     // z squared: "3.8416" for 95 %
}

// Rate is one row: at_least with a measure, level without.
type Rate struct {
	AtLeast Decimal `json:"at_least,omitzero"` // the least share for this row
	Level   string  `json:"level,omitzero"`    // the least earned level for this row, by id
	Gives   int     `json:"gives"`             // the level given here
}

// Origin returns the origin of the site that publishes the table.
func (t *Table) Origin() Origin {
	origin, _ := OriginOf(t.ID)
	return origin
}

// Slug returns the NAME in the table's address.
func (t *Table) Slug() string { return t.ID[strings.LastIndexByte(t.ID, '/')+1:] }

// Edition returns the version and the hash of the version before.
func (t *Table) Edition() (version int, previous string) { return t.Version, t.Previous }

// Validate tells whether the table holds together by itself. Whether it fits its mechanisms is for
// conversion.Check to tell.
func (t *Table) Validate() error {
	origin, err := OriginOf(t.ID)
	if err != nil {
		return Errorf(BadTable, "id", "%q is not an address on the publishing site's origin", t.ID)
	}
	if !origin.ownsNamed("conversions", t.ID) {
		return Errorf(BadTable, "id", "%q is not %s/conversions/NAME, NAME being a-z, 0-9 and hyphens", t.ID, origin)
	}
	if !validEdition(t.Version, t.Previous) {
		return Errorf(BadTable, "version", "every version but the first names the hash of the one before as previous")
	}
	if !t.From.Issuer.Owns(t.From.Mechanism) || t.From.Issuer == "" {
		return Errorf(BadTable, "from.mechanism", "%q is not on the issuer's origin %q", t.From.Mechanism, t.From.Issuer)
	}
	if t.From.Issuer == origin {
		return Errorf(BadTable, "from.issuer", "a site doesn't convert its own statuses")
	}
	if len(t.From.Versions) == 0 || slices.Min(t.From.Versions) < 1 {
		return Errorf(BadTable, "from.versions", "name at least one version of the mechanism")
	}
	if !validName(t.From.Context) {
		return Errorf(BadTable, "from.context", "%q is not a word of a-z, 0-9 and hyphens", t.From.Context)
	}
	if !origin.Owns(t.To.Mechanism) {
		return Errorf(BadTable, "to.mechanism", "%q is not on the publishing site's origin %q", t.To.Mechanism, origin)
	}
	if t.Accept.MinSample < 0 || t.Accept.MaxAgeDays < 0 || t.Accept.MinAccountDays < 0 {
		return Errorf(BadTable, "accept", "a guard is negative")
	}
	if t.Accept.MinSample > 0 && t.Measure == nil {
		return Errorf(BadTable, "accept.min_sample", "there is no measure whose sample it could bound")
	}
	if t.Cap < 1 {
		return Errorf(BadTable, "cap", "%d is not 1 or more", t.Cap)
	}
	if t.ValidFrom == "" || t.ValidUntil < t.ValidFrom {
		return Errorf(BadTable, "valid_until", "%q is before valid_from %q", t.ValidUntil, t.ValidFrom)
	}
	if err := t.validateMeasure(); err != nil {
		return err
	}
	if err := t.validateReferral(); err != nil {
		return err
	}
	return t.validateRates()
}

func (t *Table) validateReferral() error {
	if t.Referral == nil {
		return nil
	}
	if t.Measure != nil {
		return Errorf(BadTable, "referral", "needs rates by level: a referral tells no measure")
	}
	if t.Accept.MinAccountDays > 0 {
		return Errorf(BadTable, "referral", "stands beside accept.min_account_days: a referral doesn't tell since when its voucher has the account")
	}
	if t.Referral.MinStake < 1 || t.Referral.MinStake > MaxPoints {
		return Errorf(BadTable, "referral.min_stake", "%d is not within 1 and %d", t.Referral.MinStake, MaxPoints)
	}
	for here, there := range t.Referral.Classes {
		if !validName(here) || !validName(there) {
			return Errorf(BadTable, "referral.classes", "%q: %q are not two classes of fault", here, there)
		}
	}
	return nil
}

func (t *Table) validateMeasure() error {
	if t.Measure == nil {
		return nil
	}
	if !validName(t.Measure.Share) {
		return Errorf(BadTable, "measure.share", "%q is not the id of a measure", t.Measure.Share)
	}
	c := t.Measure.Confidence
	if c == nil {
		return nil
	}
	if c.Method != "wilson" {
		return Errorf(BadTable, "measure.confidence.method", "%q is not wilson", c.Method)
	}
	if c.Z2.Rat().Sign() <= 0 || c.Z2.Rat().Cmp(big.NewRat(100, 1)) > 0 {
		return Errorf(BadTable, "measure.confidence.z2", "%q is not within 0 and 100", string(c.Z2))
	}
	return nil
}

// MaxRates is how many rows a table may have.
const MaxRates = 50

func (t *Table) validateRates() error {
	if len(t.Rates) == 0 || len(t.Rates) > MaxRates {
		return Errorf(BadTable, "rates", "there must be 1 to %d", MaxRates)
	}
	for i, rate := range t.Rates {
		field := fmt.Sprintf("rates[%d]", i)
		if rate.Gives < 1 {
			return Errorf(BadTable, field+".gives", "%d is not 1 or more", rate.Gives)
		}
		if rate.Gives > t.Cap {
			return Errorf(BadTable, field+".gives", "%d is above the cap %d", rate.Gives, t.Cap)
		}
		if i > 0 && rate.Gives >= t.Rates[i-1].Gives {
			return Errorf(BadTable, field+".gives", "%d is not below the row before", rate.Gives)
		}
		if t.Measure == nil {
			if !validName(rate.Level) || rate.AtLeast != "" {
				return Errorf(BadTable, field, "names a level and no share, since the table has no measure")
			}
			continue
		}
		if rate.Level != "" || !validShare(rate.AtLeast) {
			return Errorf(BadTable, field+".at_least", "%q is not a share above 0 and at most 1", string(rate.AtLeast))
		}
		if i > 0 && rate.AtLeast.Rat().Cmp(t.Rates[i-1].AtLeast.Rat()) >= 0 {
			return Errorf(BadTable, field+".at_least", "%q is not below the row before", string(rate.AtLeast))
		}
	}
	return nil
}
