package main

import (
	"cmp"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"maps"
	"math"
	"os"
	"slices"
	"strconv"

	"bonafide.example"
	"bonafide.example/vouching"
)

// The mapping of ratings to events. Its numbers are a choice; they have no deeper reason than to
// give a few hundred vouches something to stand on.
const (
	otcPoints    = 10 // points for each unit of a positive rating; also what is put up for each unit of a high one
	otcHigh      = 5  // the least rating that is taken for a vouch
	otcClass     = "fraud"
	otcSeverity  = "0.5"
	otcOwnPoints = 300

	otcMapping = `  - A positive rating of r earns the one rated 10·r points.
  - The first rating of 5 or more that a member gives another is also a vouch, accepted at once, with a
    stake of 10·r, at the highest level that such a stake supports. What the rules refuse isn't given.
  - Each member judged -1 committed one fault of the class fraud (severity 0.5, 300 points of one's own), at
    the first negative rating received: reported then, final 14 days later.`
)

// rating is a row of the file of ratings.
type rating struct {
	rater, rated string
	value        int64
	at           bonafide.Seconds
}

// replayed is what a replay came to.
type replayed struct {
	ledger  *vouching.Ledger
	ratings int
	events  []vouching.Event // as taken
	judged  int              // members judged fraudulent
	undated int              // those of them who never got a negative rating
	refused map[bonafide.Code]int
	vouched map[string]int // the highest vouched level that each member ever showed, if any
}

func (s *simulation) replay() error {
	p, err := s.readParameters()
	if err != nil {
		return err
	}
	if s.parameters == "" {
		p.Classes = map[string]vouching.Class{otcClass: {Severity: otcSeverity, Points: otcOwnPoints}}
	}
	if _, known := p.Classes[otcClass]; !known {
		return fmt.Errorf("%s: has no class of fault %q", s.parameters, otcClass)
	}
	ratings, err := readCSV(s.otc, 4, parseRating)
	if err != nil {
		return err
	}
	fraudulent, err := readFraudulent(s.truth)
	if err != nil {
		return err
	}
	r, err := replay(p, ratings, fraudulent)
	if err != nil {
		return err
	}
	r.print(s.stdout)
	return nil
}

// readCSV reads a file without a header. What is wrong names the line.
func readCSV[T any](path string, columns int, parse func(row []string) (T, error)) (all []T, err error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	rows := csv.NewReader(file)
	rows.FieldsPerRecord = columns
	for {
		row, err := rows.Read()
		if errors.Is(err, io.EOF) {
			return all, nil
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
		parsed, err := parse(row)
		if err != nil {
			line, _ := rows.FieldPos(0)
			return nil, fmt.Errorf("%s:%d: %w", path, line, err)
		}
		all = append(all, parsed)
	}
}

func parseRating(row []string) (rating, error) {
	value, err := strconv.ParseInt(row[2], 10, 64)
	if err != nil || value < -10 || value > 10 {
		return rating{}, fmt.Errorf("the rating %q is not a number from -10 to 10", row[2])
	}
	at, err := strconv.ParseFloat(row[3], 64) // seconds with decimals, which are dropped
	if err != nil || !(at >= 1 && at < math.MaxInt32) {
		return rating{}, fmt.Errorf("the time %q is not a number of seconds since 1970", row[3])
	}
	return rating{row[0], row[1], value, bonafide.Seconds(at)}, nil
}

// readFraudulent returns the members judged -1, in order.
func readFraudulent(path string) (members []string, err error) {
	judged, err := readCSV(path, 2, func(row []string) (string, error) {
		switch row[1] {
		case "-1":
			return row[0], nil
		case "+1", "1":
			return "", nil
		}
		return "", fmt.Errorf("the judgement %q is neither +1 nor -1", row[1])
	})
	judged = slices.DeleteFunc(judged, func(id string) bool { return id == "" })
	slices.Sort(judged)
	return slices.Compact(judged), err
}

// otcEvents maps ratings and judgements to events, in the order of time. undated are the members
// judged who never got a negative rating.
func otcEvents(p vouching.Parameters, ratings []rating, fraudulent []string) (events []vouching.Event, undated int) {
	firstBad := map[string]bonafide.Seconds{}
	vouched := map[[2]string]bool{}
	slices.SortStableFunc(ratings, func(x, y rating) int { return cmp.Compare(x.at, y.at) })
	for i, r := range ratings {
		if r.value < 0 && firstBad[r.rated] == 0 {
			firstBad[r.rated] = r.at
		}
		if r.value <= 0 {
			continue
		}
		id := strconv.Itoa(i + 1)
		events = append(events, vouching.Event{Kind: vouching.KindEarn, ID: "rating-" + id, At: r.at, Member: r.rated, Points: otcPoints * r.value})
		pair := [2]string{r.rater, r.rated}
		if r.value < otcHigh || vouched[pair] || r.rater == r.rated {
			continue
		}
		vouched[pair] = true
		stake := otcPoints * r.value
		level := 1
		for level < len(p.MinStake) && p.MinStake[level] <= stake {
			level++
		}
		events = append(events, vouching.Event{
			Kind: vouching.KindVouch, ID: "vouch-" + id, At: r.at, Voucher: r.rater, Vouchee: r.rated,
			Level: level, Stake: stake, AcceptedBy: r.rated,
		})
	}
	for _, member := range fraudulent {
		at := firstBad[member]
		if at == 0 {
			undated++
			continue
		}
		events = append(events, vouching.Event{
			Kind: vouching.KindFault, ID: "fault-" + member, At: at + vouching.AppealWithin, Member: member,
			Class: otcClass, Occurred: at, Reported: at,
		})
	}
	slices.SortStableFunc(events, func(x, y vouching.Event) int { return cmp.Compare(x.At, y.At) })
	return events, undated
}

// replay lets the events happen one after another, and watches who is vouched.
func replay(p vouching.Parameters, ratings []rating, fraudulent []string) (*replayed, error) {
	r := &replayed{ratings: len(ratings), judged: len(fraudulent), refused: map[bonafide.Code]int{}, vouched: map[string]int{}}
	var err error
	if r.ledger, err = vouching.New(p, 1); err != nil {
		return nil, err
	}
	events, undated := otcEvents(p, ratings, fraudulent)
	r.undated = undated
	for _, e := range events {
		r.watch(r.ledger.Advance(e.At))
		if err := r.ledger.Refuse(e); err != nil {
			r.refused[bonafide.CodeOf(err)]++
			continue
		}
		touched, err := r.ledger.Add(e)
		if err != nil {
			return nil, err
		}
		r.events = append(r.events, e)
		r.watch(touched)
	}
	return r, nil
}

// watch looks at those who may have a vouched level since their own account, or that of somebody behind
// them, was touched.
func (r *replayed) watch(touched []string) {
	for _, id := range touched {
		for _, near := range append(r.ledger.Behind(id), id) {
			if level := r.ledger.Member(near).VouchedLevel; level > r.vouched[near] {
				r.vouched[near] = level
			}
		}
	}
}

// print says what the replay came to.
func (r *replayed) print(out io.Writer) {
	taken := map[vouching.Kind]int{}
	for _, e := range r.events {
		taken[e.Kind]++
	}
	say(out, "An illustration of how the rules run, not a prediction: ratings are taken for vouches that nobody gave.")
	say(out, "%7d  ratings, %d of them positive and so earned", r.ratings, taken[vouching.KindEarn])
	say(out, "%7d  vouches given", taken[vouching.KindVouch])
	for _, code := range bonafide.Codes() {
		if n := r.refused[code]; n > 0 {
			say(out, "%7d  refused (%s): %s", n, code, code.Meaning().Sentence.EN)
		}
	}
	levels := map[int]int{}
	for _, level := range r.vouched {
		levels[level]++
	}
	say(out, "%7d  members vouched at some time", len(r.vouched))
	for _, level := range slices.Backward(slices.Sorted(maps.Keys(levels))) {
		say(out, "%7d    at level %d at the most", levels[level], level)
	}
	say(out, "%7d  members judged fraudulent; %d have no negative rating, so no date, and are left out", r.judged, r.undated)
	r.printCharges(out)
}

func (r *replayed) printCharges(out io.Writer) {
	var charges, points [3]int64
	var people [3]map[string]bool
	people[1], people[2] = map[string]bool{}, map[string]bool{}
	reaching, most := 0, 0
	for _, id := range r.ledger.Faults() {
		f, _ := r.ledger.Fault(id)
		if len(f.Charges) > 0 {
			reaching++
		}
		most = max(most, len(f.Charges))
		for _, c := range f.Charges {
			charges[c.Hop]++
			points[c.Hop] += c.Amount
			people[c.Hop][c.Member] = true
		}
	}
	say(out, "%7d  faults, %d of which charge somebody; the most that one charges is %d", len(r.ledger.Faults()), reaching, most)
	for hop := 1; hop <= 2; hop++ {
		say(out, "%7d  charges at hop %d, of %d points in all, on %d people", charges[hop], hop, points[hop], len(people[hop]))
	}
}
