package main

import (
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"

	"bonafide.example"
	"bonafide.example/vouching"
	"github.com/go-json-experiment/json"
	"github.com/stretchr/testify/require"
)

// Both implementations are given random worlds, dense with vouches and with instants that coincide.
func TestVouchingAgrees(t *testing.T) {
	seen := map[string]int{}
	for seed := range uint64(250) {
		r := rand.New(rand.NewPCG(seed, 11))
		in := VouchingInput{Parameters: vouchDefaults(), Events: randomEvents(r), At: on(int64(r.IntN(500)))}
		in.Parameters.Classes["third"] = vouchClass{"0.33", 40}
		events := productEvents(t, in.Events)
		r.Shuffle(len(events), func(i, j int) { events[i], events[j] = events[j], events[i] })
		parameters := productParameters(t, in.Parameters)
		s, err := vouching.Evaluate(parameters, append(events, events[:len(events)/2]...), bonafide.Seconds(in.At))
		require.NoError(t, err, "seed %d", seed)
		due := in.state()
		require.Equal(t, due, productState(s, in.Events), "seed %d", seed)
		require.Equal(t, due, productState(ledgerOf(t, parameters, events, s.At()), in.Events), "seed %d", seed)
		count(seen, due)
		for _, member := range due.Members {
			offered := stands(member.ID, randomMember(r), 1, max(10, member.Room+int64(r.IntN(2))), in.At)
			if offered.ID = "~"; offered.Voucher == offered.Vouchee {
				continue
			}
			answer := newVouchModel(in).refuse(offered)
			require.Equal(t, answer, refusal(s.Refuse(productEvents(t, []vouchEvent{offered})[0])), "seed %d: %+v", seed, offered)
			seen["refused "+answer]++
		}
		requireElsewhere(t, in, s, r, seen, fmt.Sprintf("seed %d", seed))
		requireStill(t, in, s, due, fmt.Sprintf("seed %d", seed))
	}
	for what, least := range map[string]int{
		"vouched": 20, "hop 1": 20, "hop 2": 20, "void vouch-twice": 20, "void member-suspended": 20, "uncovered": 20, "ceiling": 20, "bad": 20, "good": 20,
		"referral lent": 20, "outcome charged": 20, "referral refused": 20, "tenth": 10, "referred": 10,
		"refused ok": 10, "refused vouch-twice": 10, "refused beyond-capacity": 10, "refused vouch-brake": 10,
	} {
		require.GreaterOrEqual(t, seen[what], least, "the worlds show too little of: %s", what)
	}
}

// requireElsewhere compares what crosses sites: new referrals, what they risk, what an outcome of each class may
// cost, and levels with supporters from other sites.
func requireElsewhere(t *testing.T, in VouchingInput, s *vouching.State, r *rand.Rand, seen map[string]int, message string) {
	in.Referrals = map[string][]int{}
	for _, id := range s.Members() {
		for range r.IntN(3) {
			in.Referrals[id] = append(in.Referrals[id], r.IntN(4))
		}
	}
	m := newVouchModel(in)
	for _, id := range s.Members() {
		level := s.Member(id, in.Referrals[id]...).VouchedLevel
		require.Equal(t, m.vouchedLevel(id), level, "%s: %s by %v", message, id, in.Referrals[id])
		if level > s.Member(id).VouchedLevel {
			seen["referred"]++
		}
		offered := named("~", referred(id, max(10, s.Brake(id).Room+int64(r.IntN(2))), in.At))
		answer := m.refuse(offered)
		require.Equal(t, answer, refusal(s.Refuse(productEvents(t, []vouchEvent{offered})[0])), "%s: %+v", message, offered)
		if answer != "ok" {
			seen["referral refused"]++
		}
		due := m.risk(id, offered.Stake)
		require.Equal(t, due, risk(s.Risk(id, offered.Stake)), "%s: %+v", message, offered)
	}
	for _, referral := range m.of("refer") {
		if m.live(referral, m.at) {
			seen["referral lent"]++
		}
		for class := range in.Parameters.Classes {
			points, err := s.OutcomePoints(referral.ID, class)
			require.NoError(t, err)
			require.Equal(t, m.outcomePoints(referral, class), points, "%s: %s of %s", message, class, referral.ID)
			if points < min(m.direct(referral, class), referral.Stake-m.burned(referral)) {
				seen["tenth"]++
			}
		}
	}
	for _, c := range m.charges {
		if slices.ContainsFunc(m.of("outcome"), func(o vouchEvent) bool { return o.ID == c.Fault }) {
			seen["outcome charged"]++
		}
	}
}

// ledgerOf adds the events of the past in the order given.
func ledgerOf(t *testing.T, p vouching.Parameters, events []vouching.Event, at bonafide.Seconds) *vouching.State {
	ledger, err := vouching.New(p, at)
	require.NoError(t, err)
	for _, e := range events {
		if e.At <= at {
			_, err := ledger.Add(e)
			require.NoError(t, err)
		}
	}
	return ledger.State
}

// refusal returns the code of a refusal, ok for none.
func refusal(err error) string {
	if err == nil {
		return "ok"
	}
	return string(bonafide.CodeOf(err))
}

// The history in examples/vouching is the worked example.
func TestVouchingExample(t *testing.T) {
	data, err := os.ReadFile("../../examples/vouching/worked.ndjson")
	require.NoError(t, err)
	var events []vouchEvent
	for line := range strings.Lines(string(data)) {
		var e vouchEvent
		require.NoError(t, json.Unmarshal([]byte(line), &e))
		events = append(events, e)
	}
	require.Equal(t, vouchWorkedWorld(), events)
	data, err = os.ReadFile("../../examples/vouching/parameters.json")
	require.NoError(t, err)
	var parameters vouchParameters
	require.NoError(t, json.Unmarshal(data, &parameters))
	require.Equal(t, vouchDefaults(), parameters)
}

// count notes what a world shows.
func count(seen map[string]int, s VouchingState) {
	for _, m := range s.Members {
		seen[m.Kind]++
		if m.Borne < m.Charged {
			seen["ceiling"]++
		}
		seen["bad"] += int(m.Bad)
		seen["good"] += int(m.Good)
	}
	for _, v := range s.Vouches {
		seen["void "+v.Void]++
		if v.Live && !v.Covered {
			seen["uncovered"]++
		}
	}
	for _, c := range s.Charges {
		seen[fmt.Sprintf("hop %d", c.Hop)]++
	}
}

// requireStill checks by this implementation that nothing of a member changes before the product says so,
// however far off that is, as long as no event happens.
func requireStill(t *testing.T, in VouchingInput, s *vouching.State, now VouchingState, message string) {
	var past []vouchEvent
	for _, e := range in.Events {
		if e.At <= in.At {
			past = append(past, e)
		}
	}
	for i, id := range s.Members() {
		if i%3 != 0 { // some are enough
			continue
		}
		until := int64(s.Member(id).Next) - 1
		if until < 0 {
			until = in.At + 2000*day
		}
		m := newVouchModel(VouchingInput{Parameters: in.Parameters, Events: past, At: until})
		then := m.member(id)
		then.Good, then.Bad, then.Room = now.Members[i].Good, now.Members[i].Bad, now.Members[i].Room
		require.Equal(t, now.Members[i], then, "%s: %s until %d", message, id, until)
	}
}

var randomMembers = []string{"ann", "ben", "cem", "dan", "eve", "fay", "gus", "hal"}

func randomMember(r *rand.Rand) string { return randomMembers[r.IntN(len(randomMembers))] }

// randomEvents makes a history of eight members within some 500 days, in whole days but for a second now
// and then.
func randomEvents(r *rand.Rand) (events []vouchEvent) {
	anyone := func() string { return randomMember(r) }
	instant := func() int64 { return on(int64(r.IntN(40))*10) + max(0, int64(r.IntN(12)-9)) }
	add := func(e vouchEvent) {
		e.ID = fmt.Sprintf("%s-%d", e.Kind, r.IntN(1_000_000))
		for _, other := range events {
			if other.ID == e.ID {
				return
			}
		}
		events = append(events, e)
	}
	for _, member := range randomMembers {
		add(vouchEvent{Kind: "earn", At: on(0), Member: member, Points: int64(r.IntN(12)) * 110})
	}
	for range 15 + r.IntN(35) {
		v := vouchEvent{Kind: "vouch", At: instant(), Voucher: anyone(), Vouchee: anyone(), Level: 1 + r.IntN(3), Stake: 10 + int64(r.IntN(14))*10}
		if v.AcceptedBy = v.Vouchee; v.Voucher != v.Vouchee {
			add(v)
		}
	}
	for range r.IntN(12) {
		add(vouchEvent{Kind: "refer", At: instant(), Voucher: anyone(), Stake: 10 + int64(r.IntN(14))*10, Site: []string{bazar, outils}[r.IntN(2)]})
	}
	for _, e := range events {
		if e.stakes() && r.IntN(4) == 0 {
			add(vouchEvent{Kind: "withdraw", At: e.At + int64(r.IntN(30))*day, Vouch: e.ID})
		}
	}
	for range r.IntN(9) {
		f := vouchEvent{Kind: "fault", Member: anyone(), Occurred: instant(), Attested: r.IntN(3) == 0}
		f.Class = []string{"late", "unpaid", "fraud", "third"}[r.IntN(4)]
		f.Reported = f.Occurred + int64(r.IntN(18))*10*day
		f.At = f.Reported + int64(r.IntN(8))*10*day
		add(f)
	}
	for _, e := range events {
		if e.Kind == "refer" && r.IntN(2) == 0 {
			o := vouchEvent{Kind: "outcome", Referral: e.ID, Class: "unpaid", Points: int64(r.IntN(100)), Occurred: e.At + int64(r.IntN(40)-2)*10*day}
			o.Reported = o.Occurred + int64(r.IntN(18))*10*day
			o.At = o.Reported + int64(r.IntN(17))*10*day
			add(o)
		}
	}
	for _, e := range events {
		if (e.Kind == "fault" || e.Kind == "outcome") && r.IntN(4) == 0 {
			add(vouchEvent{Kind: "reverse", At: e.At + int64(r.IntN(100)-10)*day, Fault: e.ID})
		}
	}
	for range r.IntN(4) {
		add(vouchEvent{Kind: "suspend", At: instant(), Member: anyone()})
		add(vouchEvent{Kind: "restore", At: instant(), Member: anyone()})
	}
	return events
}

func productEvents(t *testing.T, events []vouchEvent) (theirs []vouching.Event) {
	data, err := json.Marshal(events)
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(data, &theirs))
	return theirs
}

func productParameters(t *testing.T, p vouchParameters) vouching.Parameters {
	theirs, err := bonafide.Parse[vouching.Parameters]([]byte(text(p)))
	require.NoError(t, err)
	return theirs
}

// productState returns what the product says, in the form of this implementation.
func productState(s *vouching.State, events []vouchEvent) VouchingState {
	state := VouchingState{Members: []memberState{}, Vouches: []vouchState{}, Charges: []vouchCharge{}}
	for _, id := range s.Members() {
		m, b := s.Member(id), s.Brake(id)
		state.Members = append(state.Members, memberState{
			ID: id, Suspended: m.Suspended, Earned: m.Earned, Lost: m.Lost, Charged: m.Charged, Borne: m.Borne, Score: m.Score,
			OwnLevel: m.OwnLevel, VouchedLevel: m.VouchedLevel, Level: m.Level, Kind: string(m.Kind),
			Capacity: m.Capacity, Lent: m.Lent, Good: int64(b.Good), Bad: int64(b.Bad), Room: b.Room,
		})
	}
	for _, id := range sortedIDs(events) {
		if v, found := s.Vouch(id); found {
			state.Vouches = append(state.Vouches, vouchState{
				ID: id, Burned: v.Burned, Remaining: v.Remaining, Ends: int64(v.Ends),
				Live: v.Live, Covered: v.Covered, Supports: v.Supports, Void: string(v.Void),
			})
		}
	}
	for _, id := range s.Faults() {
		f, _ := s.Fault(id)
		for _, c := range f.Charges {
			state.Charges = append(state.Charges, vouchCharge{Fault: id, Member: c.Member, Vouch: c.Vouch, Hop: c.Hop, Amount: c.Amount, Healed: c.Healed})
		}
	}
	return state
}
