package main

import (
	"fmt"
	"time"

	"bonafide.example"
	"github.com/go-json-experiment/json/jsontext"
)

type parseInput struct {
	Object   string          `json:"object"`
	Text     string          `json:"text"`
	Issuer   bonafide.Origin `json:"issuer"`
	Address  string          `json:"address"`
	Audience bonafide.Origin `json:"audience"`
	Nonce    string          `json:"nonce"`
	Now      time.Time       `json:"now"`
}

// parse decodes a text as an object and checks it.
func parse(input jsontext.Value) (any, error) {
	in, err := read[parseInput](input)
	if err != nil {
		return nil, err
	}
	return nil, in.parse()
}

func (in parseInput) parse() error {
	data := []byte(in.Text)
	switch in.Object {
	case "json":
		return bonafide.CheckJSON(data)
	case "origin":
		return second(bonafide.ParseOrigin(in.Text))
	case "address":
		return second(bonafide.OriginOf(in.Text))
	case "did":
		return second(bonafide.OriginOfDID(in.Text))
	case "mechanism":
		return second(bonafide.Parse[bonafide.Mechanism](data))
	case "table":
		return second(bonafide.Parse[bonafide.Table](data))
	case "authorization-details":
		return second(bonafide.Parse[bonafide.AuthorizationDetails](data))
	case "signed-mechanism":
		return check(data, func(s *bonafide.SignedMechanism) error { return s.Check(in.Now) })
	case "signed-table":
		return check(data, func(s *bonafide.SignedTable) error { return s.Check(in.Now) })
	case "badge":
		return check(data, in.checkBadge)
	case "consented-status":
		return check(data, func(s *bonafide.ConsentedStatus) error { return s.Check(in.Audience, in.Nonce, in.Now) })
	case "ruling":
		return check(data, func(r *bonafide.Ruling) error { return r.Check(in.Audience, in.Now) })
	case "referral":
		return check(data, func(r *bonafide.Referral) error { return r.Check(in.Audience, in.Now) })
	case "outcome":
		return check(data, func(o *bonafide.Outcome) error { return o.Check(in.Audience, in.Now) })
	case "entity-configuration":
		return check(data, func(e *bonafide.EntityConfiguration) error { return e.Check(in.Issuer, in.Now) })
	default:
		return fmt.Errorf("%q is no object of the vectors", in.Object)
	}
}

// second returns what went wrong, where what was parsed doesn't matter.
func second[T any](_ T, err error) error { return err }

// checkBadge checks a badge and, where it was read from an address, that it is the one there.
func (in parseInput) checkBadge(c *bonafide.Credential) error {
	if err := c.Check(in.Issuer, in.Now); err != nil || in.Address == "" {
		return err
	}
	return c.CheckAddress(in.Address)
}

// check decodes a peer's object and checks it.
func check[T any](data []byte, check func(*T) error) error {
	object, err := bonafide.ParsePeer[T](data)
	if err != nil {
		return err
	}
	return check(&object)
}
