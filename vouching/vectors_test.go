package vouching_test

import (
	"maps"
	"slices"
	"testing"

	"bonafide.example"
	"bonafide.example/testdata"
	"bonafide.example/vouching"
	"github.com/go-json-experiment/json"
	"github.com/stretchr/testify/require"
)

// vectorInput is the input of the topic vouching.
type vectorInput struct {
	Parameters vouching.Parameters `json:"parameters"`
	Events     []vouching.Event    `json:"events"`
	At         bonafide.Seconds    `json:"at"`
	New        *vouching.Event     `json:"new"`
	Referrals  map[string][]int    `json:"referrals"`
}

// vectorFields names what a case's result tells of each member, vouch and charge. A field that the
// product's view leaves out is 0, false or "".
var vectorFields = struct{ member, vouch, charge map[string]any }{
	map[string]any{
		"id": "", "suspended": false, "earned": 0, "lost": 0, "charged": 0, "borne": 0, "score": 0, "own_level": 0,
		"vouched_level": 0, "level": 0, "kind": "", "capacity": 0, "lent": 0, "good": 0, "bad": 0, "room": 0,
	},
	map[string]any{"id": "", "burned": 0, "remaining": 0, "ends": 0, "live": false, "covered": false, "supports": 0, "void": ""},
	map[string]any{"fault": "", "member": "", "vouch": "", "hop": 0, "amount": 0, "healed": 0},
}

func TestVectors(t *testing.T) {
	cases, err := testdata.Cases[vectorInput]("vouching")
	require.NoError(t, err)
	require.NotEmpty(t, cases)
	for _, c := range cases {
		t.Run(c.Name, func(t *testing.T) {
			s, err := vouching.Evaluate(c.Input.Parameters, c.Input.Events, c.Input.At)
			if c.Input.New != nil {
				require.NoError(t, err)
				err = s.Refuse(*c.Input.New)
			}
			if c.Expect != testdata.OK {
				require.Equal(t, c.Expect, bonafide.CodeOf(err), "%v", err)
				return
			}
			require.NoError(t, err)
			switch {
			case c.Input.New == nil:
				require.JSONEq(t, string(c.Result), vectorResult(t, s, c.Input))
			case c.Result != nil:
				risk, err := bonafide.MarshalJSON(map[string]any{"risk": s.Risk(c.Input.New.Voucher, c.Input.New.Stake)})
				require.NoError(t, err)
				require.JSONEq(t, string(c.Result), string(risk))
			}
		})
	}
}

// vectorResult returns the state in the form of the vectors.
func vectorResult(t *testing.T, s *vouching.State, in vectorInput) string {
	result := map[string][]any{"members": {}, "vouches": {}, "charges": {}}
	for _, id := range s.Members() {
		m := picked(t, vectorFields.member, s.Member(id, in.Referrals[id]...))
		maps.Copy(m, picked(t, map[string]any{"good": 0, "bad": 0, "room": 0}, s.Brake(id)))
		result["members"] = append(result["members"], m)
	}
	ids := map[string]bool{}
	for _, e := range in.Events {
		ids[e.ID] = true
	}
	for _, id := range slices.Sorted(maps.Keys(ids)) {
		if v, found := s.Vouch(id); found {
			result["vouches"] = append(result["vouches"], picked(t, vectorFields.vouch, v))
		}
	}
	for _, id := range s.Faults() {
		f, _ := s.Fault(id)
		for _, charge := range f.Charges {
			result["charges"] = append(result["charges"], picked(t, vectorFields.charge, charge))
		}
	}
	data, err := json.Marshal(result)
	require.NoError(t, err)
	return string(data)
}

// picked returns these fields of a view.
func picked(t *testing.T, fields map[string]any, view any) map[string]any {
	data, err := bonafide.MarshalJSON(view)
	require.NoError(t, err)
	var all map[string]any
	require.NoError(t, json.Unmarshal(data, &all))
	of := maps.Clone(fields)
	for name := range fields {
		if value, shown := all[name]; shown {
			of[name] = value
		}
	}
	return of
}
