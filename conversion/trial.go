package conversion

import (
	"math/big"
	"slices"
	"strconv"
	"strings"
	"time"

	"bonafide.example"
)

// Trial is what somebody might come with to a table.
type Trial struct {
	Ratings bonafide.Measure // where its rows compare a share: so many of so many, exactly; the ID is the table's
	Level   string           // else the id of the level earned there; "" for none, as is one that isn't known
	Since   bonafide.Month   // when their account was opened; "" fits a table that asks for no age
}

// maxRatings bounds how many ratings can be tried.
const maxRatings = 1_000_000_000

// TrialRule returns the rule by which a table is tried out. A mechanism that isn't at hand (nil) is stood for by the levels
// that the table names, which decides the same; where ratings decide, none is needed.
func TrialRule(t *bonafide.Table, hash string, from *bonafide.Mechanism) Rule {
	rule := Rule{Table: *t, Hash: hash}
	if t.Measure != nil {
		return rule
	}
	if rule.From = from; from == nil {
		rule.From = &bonafide.Mechanism{ID: t.From.Mechanism, Version: slices.Max(t.From.Versions)}
		for _, rate := range slices.Backward(t.Rates) {
			rule.From.Levels = append(rule.From.Levels, bonafide.Level{ID: rate.Level, Name: bonafide.Text{EN: rate.Level, FR: rate.Level}})
		}
	}
	return rule
}

// Question asks what the trial counts for under a rule of [TrialRule], of a table that holds together. Its one input is what the
// issuer would tell: ratings are rounded as it rounds them.
func (trial Trial) Question(site bonafide.Origin, to *bonafide.Mechanism, rule Rule, now time.Time) Question {
	t := &rule.Table
	status := bonafide.Status{
		Mechanism: t.From.Mechanism, Version: slices.Max(t.From.Versions), Context: t.From.Context, Kind: bonafide.Earned,
		AsOf: bonafide.DateOf(now), AccountSince: trial.Since, Sources: []bonafide.Origin{t.From.Issuer}, State: bonafide.Current,
	}
	if t.Measure != nil {
		status.EarnedLevel = "any" // which one doesn't matter, but that there is one
		ratings := trial.Ratings
		ratings.ID = t.Measure.Share
		status.Measures = []bonafide.Measure{ratings.Coarse()}
	} else {
		status.Version = rule.From.Version
		if rule.From.LevelNumber(trial.Level) > 0 {
			status.EarnedLevel = trial.Level
		}
	}
	return Question{Site: site, To: to, Rules: []Rule{rule}, Inputs: []Input{{Status: status, Condition: Good}}, Now: now}
}

// Rounded tells whether the issuer would tell other ratings than these.
func (trial Trial) Rounded() bool { return trial.Ratings.Coarse() != trial.Ratings }

// ReadRatings reads so many positive ratings of so many. The positive ones may be a share such as "97 %" or "97,5%", cut
// to a whole number. The error, bad-value, names what can't be, "positive" or "total"; where both are numbers, and
// more are positive than there are, they are returned beside it.
func ReadRatings(positive, total string) (m bonafide.Measure, err error) {
	if m.Total, err = strconv.ParseInt(total, 10, 64); err != nil || m.Total < 0 || m.Total > maxRatings {
		return bonafide.Measure{}, bonafide.Errorf(bonafide.BadValue, "total", "is no whole number from 0 to %d", maxRatings)
	}
	var ok bool
	if m.Positive, ok = readPositive(positive, m.Total); !ok {
		return bonafide.Measure{}, bonafide.Errorf(bonafide.BadValue, "positive", "is neither a whole number nor a share such as 97 %%")
	}
	if m.Positive > m.Total {
		return m, bonafide.Errorf(bonafide.BadValue, "positive", "is above %d, all of them", m.Total)
	}
	return m, nil
}

// readPositive reads a number of ratings, or a share of them.
func readPositive(said string, total int64) (int64, bool) {
	share, isShare := strings.CutSuffix(said, "%")
	if !isShare {
		n, err := strconv.ParseInt(said, 10, 64)
		return n, err == nil && n >= 0
	}
	var percent bonafide.Decimal
	if percent.UnmarshalText([]byte(strings.Replace(strings.TrimSpace(share), ",", ".", 1))) != nil {
		return 0, false
	}
	part := new(big.Rat).Mul(percent.Rat(), big.NewRat(total, 100))
	whole := new(big.Int).Quo(part.Num(), part.Denom())
	return whole.Int64(), whole.IsInt64()
}
