package seal_test

import (
	"testing"
	"time"

	"bonafide.example"
	"bonafide.example/internal/seal"
	"bonafide.example/testdata"
	"github.com/go-json-experiment/json/jsontext"
	"github.com/stretchr/testify/require"
)

// codeOf returns the code of err as vectors expect it.
func codeOf(err error) bonafide.Code {
	if err == nil {
		return testdata.OK
	}
	return bonafide.CodeOf(err)
}

type tokenInput struct {
	Type       bonafide.Type   `json:"typ"`
	Token      string          `json:"token"`
	Origin     bonafide.Origin `json:"origin"`
	DID        jsontext.Value  `json:"did"`
	JWKS       jsontext.Value  `json:"jwks"`
	SelfSigned bool            `json:"self_signed"`
	Now        time.Time       `json:"now"`
}

// open does what the README of the vectors says.
func (in tokenInput) open() error {
	if in.SelfSigned {
		_, err := seal.OpenEntity(in.Token, in.Origin, in.Now)
		return err
	}
	token, err := seal.Parse(in.Token, in.Type)
	if err != nil {
		return err
	}
	var keys seal.KeySet
	if in.DID != nil {
		if _, err := token.Issuer(); err != nil {
			return err
		}
		if keys, err = seal.ParseDIDDocument(in.DID, in.Origin); err != nil {
			return err
		}
	} else {
		jwks, err := bonafide.ParsePeer[bonafide.JWKS](in.JWKS)
		if err != nil {
			return err
		}
		if keys, err = seal.ParseKeySet(jwks); err != nil {
			return err
		}
	}
	_, err = token.Open(keys)
	return err
}

func TestTokenVectors(t *testing.T) {
	for _, topic := range []string{"token", "key"} {
		cases, err := testdata.Cases[tokenInput](topic)
		require.NoError(t, err)
		require.NotEmpty(t, cases)
		for _, c := range cases {
			t.Run(topic+"/"+c.Name, func(t *testing.T) {
				err := c.Input.open()
				require.Equal(t, c.Expect, codeOf(err), "%s %v", c.Description, err)
			})
		}
	}
}

type statusListInput struct {
	Token   string          `json:"token"`
	DID     jsontext.Value  `json:"did"`
	Issuer  bonafide.Origin `json:"issuer"`
	Address string          `json:"address"`
	Now     time.Time       `json:"now"`
	Index   string          `json:"index"`
}

// read opens the list and reads the entry.
func (in statusListInput) read() (set bool, err error) {
	token, err := seal.ParseStatusList(in.Token)
	if err != nil {
		return false, err
	}
	keys, err := seal.ParseDIDDocument(in.DID, in.Issuer)
	if err != nil {
		return false, err
	}
	list, err := seal.OpenAs[bonafide.StatusList](token, keys)
	if err != nil {
		return false, err
	}
	if err := list.Check(in.Issuer, in.Address, in.Now); err != nil {
		return false, err
	}
	bits, err := list.Bits()
	if err != nil {
		return false, err
	}
	position, err := (&bonafide.StatusEntry{Index: in.Index}).Position()
	if err != nil {
		return false, err
	}
	return bits.Get(position)
}

func TestStatusListVectors(t *testing.T) {
	cases, err := testdata.Cases[statusListInput]("statuslist")
	require.NoError(t, err)
	require.NotEmpty(t, cases)
	for _, c := range cases {
		t.Run(c.Name, func(t *testing.T) {
			set, err := c.Input.read()
			require.Equal(t, c.Expect, codeOf(err), "%s %v", c.Description, err)
			if c.Expect == testdata.OK {
				result, err := bonafide.Parse[struct {
					Set bool `json:"set"`
				}](c.Result)
				require.NoError(t, err)
				require.Equal(t, result.Set, set, c.Description)
			}
		})
	}
}
