package vouching

import "bonafide.example"

// Member is what holds of one member at an instant. The letters are those of the spec.
type Member struct {
	ID        string `json:"id"`
	Suspended bool   `json:"suspended,omitzero"`

	Earned  int64 `json:"earned"`  // E: all points earned
	Lost    int64 `json:"lost"`    // D: points lost to own faults, as far as not healed
	Charged int64 `json:"charged"` // V*: charges on own vouches, as far as not healed
	Borne   int64 `json:"borne"`   // V: what of them is borne, at most half of what was earned
	Score   int64 `json:"score"`   // S: max(0, E − D − V)

	OwnLevel     int           `json:"own_level"`     // earned by oneself; only it lends anything
	VouchedLevel int           `json:"vouched_level"` // held by supporters
	Level        int           `json:"level"`         // the one shown: the greater of the two; 0 for none
	Kind         bonafide.Kind `json:"kind,omitzero"` // which of the two it is, own before vouched; "" at level 0

	Capacity int64 `json:"capacity"` // how much may be put up in all
	Lent     int64 `json:"lent"`     // how much is: the stakes of the live vouches given

	Losses   []Loss  `json:"losses,omitzero"`   // by own faults, in order of (final, id)
	Given    []Vouch `json:"given,omitzero"`    // vouches for others and referrals, in order of (accepted, id)
	Received []Vouch `json:"received,omitzero"` // vouches by others, in order of (accepted, id)

	// Next is the first instant from now on at which any of this may change without an event: 0 if never.
	Next bonafide.Seconds `json:"next,omitzero"`
}

// Vouch is one vouch or referral at an instant.
type Vouch struct {
	ID        string           `json:"id"`
	Voucher   string           `json:"voucher"`
	Vouchee   string           `json:"vouchee,omitzero"` // of a vouch
	Site      bonafide.Origin  `json:"site,omitzero"`    // of a referral: where whom it is for is
	Level     int              `json:"level,omitzero"`   // of a vouch: the level offered
	Stake     int64            `json:"stake"`            // q = burned + remaining
	Burned    int64            `json:"burned"`
	Remaining int64            `json:"remaining"`
	Accepted  bonafide.Seconds `json:"accepted"`
	Ends      bonafide.Seconds `json:"ends"`               // it is live from Accepted until, but not at, Ends
	Withdrawn bonafide.Seconds `json:"withdrawn,omitzero"` // when notice was given
	Live      bool             `json:"live"`
	Covered   bool             `json:"covered"`  // it is live and its voucher's capacity reaches this far
	Supports  int              `json:"supports"` // the highest level that it supports now; 0 for none
	Charges   []Charge         `json:"charges,omitzero"`

	// Void says why the vouch counts for nothing, as if it had never been: it should have been refused
	// with this code.
	Void bonafide.Code `json:"void,omitzero"`
}

// Charge is what one fault costs one member, on one vouch.
type Charge struct {
	Fault    string           `json:"fault"`
	Vouch    string           `json:"vouch"`
	Member   string           `json:"member"` // who bears it: the voucher
	Hop      int              `json:"hop"`    // 1: vouched for the person at fault; 2: for somebody who did
	Amount   int64            `json:"amount"`
	Healed   int64            `json:"healed"`
	HealedBy bonafide.Seconds `json:"healed_by"` // when nothing of it is left
}

// Loss is what a fault costs the member who committed it.
type Loss struct {
	Fault    string           `json:"fault"`
	Points   int64            `json:"points"`
	Healed   int64            `json:"healed"`
	HealedBy bonafide.Seconds `json:"healed_by"`
}

// Fault is one fault or outcome at an instant, with everyone it charges in order of member id.
type Fault struct {
	ID       string           `json:"id"`
	Member   string           `json:"member,omitzero"`   // of a fault: who committed it
	Referral string           `json:"referral,omitzero"` // of an outcome: the id of the referral
	Class    string           `json:"class"`
	Occurred bonafide.Seconds `json:"occurred"`
	Reported bonafide.Seconds `json:"reported"`
	Final    bonafide.Seconds `json:"final"`
	Attested bool             `json:"attested,omitzero"`
	Reversed bool             `json:"reversed,omitzero"` // then it charges nobody
	Charges  []Charge         `json:"charges,omitzero"`
}

// Brake is the record that bounds new vouches: with them, all live stakes must fit
// capacity·(good+4)/(good+bad+4). It never touches vouches already given.
type Brake struct {
	Good int   `json:"good"` // distinct vouchees here, behind whom one stood for 90 days uncharged, now at an own level
	Bad  int   `json:"bad"`  // vouches and referrals with an unhealed charge at hop 1
	Room int64 `json:"room"` // the most that may be put up anew
}

// Risk is the most that a vouch can cost its voucher.
type Risk struct {
	Points        int64 `json:"points"`          // the whole stake, unless the ceiling, half of what was earned, comes first
	OwnLevel      int   `json:"own_level"`       // now
	OwnLevelAfter int   `json:"own_level_after"` // if all that stands on live vouches, this one among them, were lost today
}
