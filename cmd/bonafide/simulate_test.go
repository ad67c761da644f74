package main

import (
	"encoding/csv"
	"os"
	"strconv"
	"testing"

	"bonafide.example/internal/need"
	"bonafide.example/vouching"
	"github.com/stretchr/testify/require"
)

// TestRealRatingsReplayed replays the ratings of a real site, and counts again by other means what can be.
func TestRealRatingsReplayed(t *testing.T) {
	const ratingsPath, truthPath = "../../../shared/data/otc/otc_network.csv", "../../../shared/data/otc/otc_gt.csv"
	need.File(t, "shared", ratingsPath)
	ratings, err := readCSV(ratingsPath, 4, parseRating)
	require.NoError(t, err)
	fraudulent, err := readFraudulent(truthPath)
	require.NoError(t, err)
	p := vouching.Default()
	p.Classes = map[string]vouching.Class{otcClass: {Severity: otcSeverity, Points: otcOwnPoints}}
	r, err := replay(p, ratings, fraudulent)
	require.NoError(t, err)

	earned, high := recountRatings(t, ratingsPath)
	require.Equal(t, 35592, r.ratings)
	for member, points := range earned {
		require.Equal(t, points, r.ledger.Member(member).Earned, member)
	}
	for _, e := range r.events {
		if e.Kind == vouching.KindVouch {
			high--
		}
	}
	for _, n := range r.refused {
		high -= n
	}
	require.Zero(t, high, "each high rating is a vouch, or was refused as one")
	require.Len(t, r.ledger.Faults(), 180-r.undated)

	// The state that went on is the one computed anew.
	full, err := vouching.Evaluate(p, r.events, r.ledger.At())
	require.NoError(t, err)
	for _, id := range full.Members() {
		require.Equal(t, full.Member(id), r.ledger.Member(id), id)
	}
	charged := 0
	for _, id := range full.Faults() {
		f, _ := r.ledger.Fault(id)
		charges := map[string]int64{}
		for _, c := range f.Charges {
			charges[c.Member] = c.Amount
		}
		require.Equal(t, recountCharges(r.events, f), charges, id)
		charged += len(charges)
	}
	require.Positive(t, charged)
}

// recountRatings says what each member earned, and how many ratings are high.
func recountRatings(t *testing.T, path string) (earned map[string]int64, high int) {
	file, err := os.Open(path)
	require.NoError(t, err)
	defer file.Close()
	rows, err := csv.NewReader(file).ReadAll()
	require.NoError(t, err)
	earned = map[string]int64{}
	for _, row := range rows {
		value, err := strconv.ParseInt(row[2], 10, 64)
		require.NoError(t, err)
		earned[row[1]] += 10 * max(0, value)
		if value >= 5 {
			high++
		}
	}
	return earned, high
}

// recountCharges says what a fault costs whom: nobody withdraws in a replay, and half of a stake is charged.
func recountCharges(events []vouching.Event, f vouching.Fault) map[string]int64 {
	charges := map[string]int64{}
	behind := func(member string, charge func(v vouching.Event)) {
		for _, v := range events {
			if v.Vouchee == member && v.Voucher != f.Member && v.At <= f.Occurred && f.Occurred < v.At+365*86_400 {
				charge(v)
			}
		}
	}
	behind(f.Member, func(v vouching.Event) {
		half := (v.Stake + 1) / 2
		charges[v.Voucher] = max(charges[v.Voucher], half)
		behind(v.Voucher, func(w vouching.Event) {
			charges[w.Voucher] = max(charges[w.Voucher], min(w.Stake, half/4))
		})
	})
	return charges
}
