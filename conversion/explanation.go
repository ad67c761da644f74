package conversion

import (
	"time"

	"bonafide.example"
)

// Verdict says in one word whether anything counts.
type Verdict string

const (
	Converted Verdict = "converted"
	Nothing   Verdict = "nothing"
)

// Explanation is the answer to a [Question]: the level and everything it rests on. Its JSON form is part
// of the protocol. All texts are in English and French.
type Explanation struct {
	Verdict    Verdict            `json:"verdict"`
	At         time.Time          `json:"at"`                  // the instant it was computed for
	Mechanism  string             `json:"mechanism"`           // whose levels are given
	Level      int                `json:"level"`               // the level given; 0 for none
	LevelID    string             `json:"level_id,omitzero"`   // its id in the mechanism
	LevelName  bonafide.Text      `json:"level_name,omitzero"` // and its name
	Sentence   bonafide.Text      `json:"sentence"`            // the verdict in one sentence
	Inputs     []InputExplanation `json:"inputs"`              // in order of issuer, then mechanism
	Agreement  bool               `json:"agreement"`           // one level is owed to two issuers that agree
	CapReached bool               `json:"cap_reached"`         // the table that decides gives no more than this
	Expires    time.Time          `json:"expires,omitzero"`    // the earliest instant at which this may change by itself
	Contest    string             `json:"contest,omitzero"`    // where to contest it
	Notes      []bonafide.Text    `json:"notes"`               // agreement, cap, expiry and contest in words
}

// InputExplanation says what one input gives, or why it is passed over.
type InputExplanation struct {
	ID          string            `json:"-"` // the [Input]'s
	Issuer      bonafide.Origin   `json:"issuer"`
	Mechanism   string            `json:"mechanism"`
	Version     int               `json:"version"`
	Used        bool              `json:"used"`
	Decisive    bool              `json:"decisive"`        // the level given comes from it
	Reason      bonafide.Code     `json:"reason,omitzero"` // why it is not used
	Gives       int               `json:"gives"`           // the level it gives, were it alone
	EarnedLevel string            `json:"earned_level,omitzero"`
	Table       *TableExplanation `json:"table,omitzero"`      // absent when none names its mechanism
	Inequality  *Inequality       `json:"inequality,omitzero"` // of the row that matched, else of the last one
	Next        *Next             `json:"next,omitzero"`       // what is missing for more
	Sources     []bonafide.Origin `json:"sources"`
	AsOf        bonafide.Date     `json:"as_of"`
	CheckedAt   time.Time         `json:"checked_at,omitzero"`
	ReliedUntil time.Time         `json:"relied_until,omitzero"`
	Sentences   []bonafide.Text   `json:"sentences"` // all this in words, one idea each
}

// TableExplanation names the table that was applied.
type TableExplanation struct {
	ID      string `json:"id"`
	Version int    `json:"version"`
	Hash    string `json:"hash"`
	Row     int    `json:"row,omitzero"` // the row that matched, 1 for the first; absent if none did
}

// Inequality is a row's comparison with its integers, so that anyone can do it again by hand.
//
// With k = positive, n = total and the row's share a/b in lowest terms, the method "share" holds when
// n > 0, left = k·b and right = a·n have left ≥ right. The method "wilson", with z² = c/d in lowest terms,
// holds when n > 0, a < b, margin = k·b − a·n ≥ 0, and left = d·margin² and right = c·n·a·(b − a) have
// left ≥ right. All are decimal strings.
type Inequality struct {
	Method   string           `json:"method"`
	Measure  string           `json:"measure"`
	Positive string           `json:"positive"`
	Total    string           `json:"total"`
	AtLeast  bonafide.Decimal `json:"at_least"`
	A        string           `json:"a"`
	B        string           `json:"b"`
	Z2       bonafide.Decimal `json:"z2,omitzero"`
	C        string           `json:"c,omitzero"`
	D        string           `json:"d,omitzero"`
	Margin   string           `json:"margin,omitzero"`
	Left     string           `json:"left"`
	Right    string           `json:"right"`
	Holds    bool             `json:"holds"`
}

// Next says what is missing for the next better row, or for counting at all.
type Next struct {
	Row             int              `json:"row,omitzero"`              // the next better row
	Gives           int              `json:"gives,omitzero"`            // what that row gives
	AtLeast         bonafide.Decimal `json:"at_least,omitzero"`         // the share that it wants
	Level           string           `json:"level,omitzero"`            // or the earned level that it wants
	MissingPositive int64            `json:"missing_positive,omitzero"` // further ratings, all positive, that reach it
	OutOfReach      bool             `json:"out_of_reach,omitzero"`     // no number of ratings up to 1,000,000,000 does
	MissingSample   int64            `json:"missing_sample,omitzero"`   // further ratings before any count
	FromDate        bonafide.Date    `json:"from_date,omitzero"`        // the day from which the account is old enough
	Refresh         bool             `json:"refresh,omitzero"`          // a fresh statement from the issuer is all it takes
}

// Lines returns the whole explanation in plain words, one idea a line.
func (e *Explanation) Lines(lang bonafide.Lang) []string {
	lines := []string{e.Sentence.In(lang)}
	for _, input := range e.Inputs {
		for _, sentence := range input.Sentences {
			lines = append(lines, sentence.In(lang))
		}
	}
	for _, note := range e.Notes {
		lines = append(lines, note.In(lang))
	}
	return lines
}
