package bonafide_test

import (
	"testing"
	"time"

	"bonafide.example"
	"bonafide.example/testdata"
	"github.com/stretchr/testify/require"
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

// parse does what the README of the vectors says.
func (in parseInput) parse() error {
	data := []byte(in.Text)
	switch in.Object {
	case "json":
		return bonafide.CheckJSON(data)
	case "origin":
		_, err := bonafide.ParseOrigin(in.Text)
		return err
	case "address":
		_, err := bonafide.OriginOf(in.Text)
		return err
	case "did":
		_, err := bonafide.OriginOfDID(in.Text)
		return err
	case "mechanism":
		_, err := bonafide.Parse[bonafide.Mechanism](data)
		return err
	case "table":
		_, err := bonafide.Parse[bonafide.Table](data)
		return err
	case "authorization-details":
		_, err := bonafide.Parse[bonafide.AuthorizationDetails](data)
		return err
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
	}
	return bonafide.Errorf(bonafide.NotFound, in.Object, "is no object of the vectors")
}

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

func TestParseVectors(t *testing.T) {
	cases, err := testdata.Cases[parseInput]("parse")
	require.NoError(t, err)
	require.NotEmpty(t, cases)
	for _, c := range cases {
		t.Run(c.Name, func(t *testing.T) {
			err := c.Input.parse()
			code := bonafide.CodeOf(err)
			if err == nil {
				code = testdata.OK
			}
			require.Equal(t, c.Expect, code, "%s %v", c.Description, err)
		})
	}
}
