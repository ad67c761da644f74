package vouching_test

import (
	"slices"
	"testing"

	"bonafide.example"
	"bonafide.example/testdata"
	"bonafide.example/vouching"
	"github.com/go-json-experiment/json/jsontext"
	"github.com/stretchr/testify/require"
)

// FuzzEvaluate looks for a history on which the model panics, whose state depends on the order or the repetition of
// its events, breaks a bound, or isn't that of a ledger.
func FuzzEvaluate(f *testing.F) {
	cases, err := testdata.Cases[jsontext.Value]("vouching")
	require.NoError(f, err)
	for _, c := range cases {
		require.NoError(f, c.Input.Compact())
		f.Add([]byte(c.Input))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		in, err := bonafide.Parse[vectorInput](text)
		if err != nil {
			requireCode(t, err)
			return
		}
		s, err := vouching.Evaluate(in.Parameters, in.Events, in.At)
		if err != nil {
			requireCode(t, err)
			return
		}
		events := slices.Concat(in.Events, in.Events)
		slices.Reverse(events)
		other, err := vouching.Evaluate(in.Parameters, events, in.At)
		require.NoError(t, err)
		shown := vectorResult(t, s, in)
		require.JSONEq(t, shown, vectorResult(t, other, in))
		l, err := vouching.New(in.Parameters, in.At)
		require.NoError(t, err)
		for _, e := range events {
			if e.At <= in.At {
				_, err := l.Add(e)
				require.NoError(t, err)
			}
		}
		require.JSONEq(t, shown, vectorResult(t, l.State, in))
		for _, id := range s.Members() {
			requireBounds(t, &in.Parameters, s.Member(id))
		}
		if in.New != nil {
			requireHeld(t, in, s)
		}
	})
}

func requireCode(t *testing.T, err error) {
	t.Helper()
	code := bonafide.CodeOf(err)
	require.NotEqual(t, bonafide.Internal, code, "%v", err)
	require.Contains(t, bonafide.Codes(), code, "%v", err)
}

// requireBounds tells whether nobody has more than they earned, nor a vouched level that none may have.
func requireBounds(t *testing.T, p *vouching.Parameters, m vouching.Member) {
	require.LessOrEqual(t, m.Score, m.Earned)
	require.True(t, 0 <= m.Level && m.Level <= len(p.Levels), m.Level)
	require.True(t, 0 <= m.VouchedLevel && m.VouchedLevel <= len(p.Supporters), m.VouchedLevel)
	require.LessOrEqual(t, int64(0), min(m.Lost, m.Charged, m.Borne, m.Capacity, m.Lent))
	require.LessOrEqual(t, m.Borne, m.Charged)
	for _, v := range slices.Concat(m.Given, m.Received) {
		require.True(t, 0 <= v.Burned && v.Burned+v.Remaining == v.Stake && 0 <= v.Remaining, "%+v", v)
		require.True(t, v.Void == "" || !v.Live, "%+v", v)
	}
}

// requireHeld tells whether an event that isn't refused holds once it is there.
func requireHeld(t *testing.T, in vectorInput, s *vouching.State) {
	_, known := s.Vouch(in.New.ID)
	if err := s.Refuse(*in.New); err != nil {
		requireCode(t, err)
		return
	}
	s, err := vouching.Evaluate(in.Parameters, append(in.Events, *in.New), max(in.At, in.New.At))
	require.NoError(t, err)
	if v, found := s.Vouch(in.New.ID); found && !known {
		require.Empty(t, v.Void)
	}
}
