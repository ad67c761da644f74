package main

import (
	"maps"
	"slices"
	"time"

	"bonafide.example"
	"bonafide.example/internal/seal"
	"github.com/go-json-experiment/json/jsontext"
)

type historyInput struct {
	Origin bonafide.Origin `json:"origin"`
	Token  string          `json:"token"`
	Now    time.Time       `json:"now"`
	Pins   []string        `json:"pins"`
}

// followed is what a key history leads to.
type followed struct {
	Trusted     []string `json:"trusted"`
	Compromised []string `json:"compromised"`
}

// history opens a key history, and follows it from the keys that are remembered.
func history(input jsontext.Value) (any, error) {
	in, err := read[historyInput](input)
	if err != nil {
		return nil, err
	}
	h, err := seal.OpenKeyHistory(in.Token, in.Origin, in.Now)
	if err != nil {
		return nil, err
	}
	pins := map[string]bool{}
	for _, pin := range in.Pins {
		pins[pin] = true
	}
	trusted, compromised := h.Follow(pins)
	return followed{sorted(trusted), sorted(compromised)}, nil
}

// sorted returns the names of a set in their order, never nil.
func sorted(set map[string]bool) []string {
	names := slices.AppendSeq([]string{}, maps.Keys(set))
	slices.Sort(names)
	return names
}
