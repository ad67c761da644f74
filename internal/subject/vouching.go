package main

import (
	"maps"
	"slices"

	"bonafide.example"
	"bonafide.example/vouching"
	"github.com/go-json-experiment/json/jsontext"
)

type vouchingInput struct {
	Parameters vouching.Parameters `json:"parameters"`
	Events     []vouching.Event    `json:"events"`
	At         bonafide.Seconds    `json:"at"`
	New        *vouching.Event     `json:"new"`
	Referrals  map[string][]int    `json:"referrals"`
}

// vouch computes the state of a history, or judges a new event.
func vouch(input jsontext.Value) (any, error) {
	in, err := read[vouchingInput](input)
	if err != nil {
		return nil, err
	}
	state, err := vouching.Evaluate(in.Parameters, in.Events, in.At)
	if err != nil {
		return nil, err
	}
	if in.New == nil {
		return in.result(state)
	}
	if err := state.Refuse(*in.New); err != nil {
		return nil, err
	}
	if in.New.Kind != vouching.KindVouch && in.New.Kind != vouching.KindRefer {
		return nil, nil
	}
	return map[string]any{"risk": state.Risk(in.New.Voucher, in.New.Stake)}, nil
}

// result returns the state in the form of the vectors.
func (in vouchingInput) result(s *vouching.State) (any, error) {
	shown := shown{members: []any{}, vouches: []any{}, charges: []any{}}
	for _, id := range s.Members() {
		if err := shown.member(s.Member(id, in.Referrals[id]...), s.Brake(id)); err != nil {
			return nil, err
		}
	}
	ids := map[string]bool{}
	for _, e := range in.Events {
		ids[e.ID] = true
	}
	for _, id := range slices.Sorted(maps.Keys(ids)) {
		if v, found := s.Vouch(id); found {
			if err := shown.vouch(v); err != nil {
				return nil, err
			}
		}
	}
	for _, id := range s.Faults() {
		f, _ := s.Fault(id)
		for _, c := range f.Charges {
			if err := shown.charge(c); err != nil {
				return nil, err
			}
		}
	}
	return map[string]any{"members": shown.members, "vouches": shown.vouches, "charges": shown.charges}, nil
}

// shown gathers the product's views in the form of the vectors, which leave out no field: one that is left out of
// a view is 0, false or "".
type shown struct {
	members, vouches, charges []any
}

func (s *shown) member(views ...any) error {
	return add(&s.members, map[string]any{
		"id": "", "suspended": false, "earned": 0, "lost": 0, "charged": 0, "borne": 0, "score": 0, "own_level": 0,
		"vouched_level": 0, "level": 0, "kind": "", "capacity": 0, "lent": 0, "good": 0, "bad": 0, "room": 0,
	}, views...)
}

func (s *shown) vouch(view any) error {
	return add(&s.vouches, map[string]any{
		"id": "", "burned": 0, "remaining": 0, "ends": 0, "live": false, "covered": false, "supports": 0, "void": "",
	}, view)
}

func (s *shown) charge(view any) error {
	return add(&s.charges, map[string]any{"fault": "", "member": "", "vouch": "", "hop": 0, "amount": 0, "healed": 0}, view)
}

// add adds these fields, with the values that they have in the views, to a list.
func add(to *[]any, of map[string]any, views ...any) error {
	for _, view := range views {
		all, err := fields(view)
		if err != nil {
			return err
		}
		for name, value := range all {
			if _, wanted := of[name]; wanted {
				of[name] = value
			}
		}
	}
	*to = append(*to, of)
	return nil
}
