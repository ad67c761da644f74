// Package conversion computes what statuses earned elsewhere count for at a site that publishes
// conversion tables, and explains it.
//
// [Convert] is a pure function: the same [Question] has the same answer everywhere, whatever the order
// of its inputs and rules. There is no clock, no network and no float in it. What it is given has been
// checked already: signatures, audiences and status lists are the verifier's business.
//
// Each input is looked at by itself, against the one table that names its mechanism. Guards can only
// pass it over, in this order, each with its reason: not-recognised, revoked, paused, not-current,
// own-source, mechanism-changed, table-expired, stale, no-earned-level, account-too-young, no-measure,
// sample-too-small. Then the table's first row that holds says what the input gives, cut by the table's
// cap; if none does, the reason is no-rate. [Combination] of several inputs is told at [Convert].
package conversion

import (
	"time"

	"bonafide.example"
)

// Condition is what has become of a statement since its issuer made it.
type Condition string

const (
	Good    Condition = "good"    // it still holds, as far as its status list tells
	Revoked Condition = "revoked" // its bit is set in the issuer's status list
	Paused  Condition = "paused"  // the status list is past its end and can't be had
)

// Input is one status given to be converted.
type Input struct {
	Status      bonafide.Status
	Condition   Condition
	CheckedAt   time.Time // when the status list was last read; zero if it wasn't
	ReliedUntil time.Time // from then on it counts no more; zero: its table alone bounds it
}

// Rule is a published table with what is needed to apply it.
type Rule struct {
	Table bonafide.Table
	Hash  string // the [bonafide.Hash] of the table, shown in explanations

	// From is the version of the table's from mechanism that statuses are read by. A table that
	// accepts several versions may stand once for each. It may be nil for a table with a measure;
	// a table of levels passes over statuses whose version isn't From's.
	From *bonafide.Mechanism
}

// Question is everything that an answer depends on.
type Question struct {
	Site    bonafide.Origin     // the site that converts
	To      *bonafide.Mechanism // the mechanism whose levels are given; tables to another are left out
	Rules   []Rule
	Inputs  []Input
	Now     time.Time
	Contest string // the address where the answer can be contested; may be empty
}
