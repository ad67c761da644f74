package main

import (
	"time"

	"bonafide.example"
	"bonafide.example/internal/seal"
	"github.com/go-json-experiment/json/jsontext"
)

type tokenInput struct {
	Type       bonafide.Type   `json:"typ"`
	Token      string          `json:"token"`
	Origin     bonafide.Origin `json:"origin"`
	DID        jsontext.Value  `json:"did"`
	JWKS       jsontext.Value  `json:"jwks"`
	SelfSigned bool            `json:"self_signed"`
	Now        time.Time       `json:"now"`
}

// token verifies a token with the keys given, or with its own.
func token(input jsontext.Value) (any, error) {
	in, err := read[tokenInput](input)
	if err != nil {
		return nil, err
	}
	if in.SelfSigned {
		return nil, second(seal.OpenEntity(in.Token, in.Origin, in.Now))
	}
	token, err := seal.Parse(in.Token, in.Type)
	if err != nil {
		return nil, err
	}
	keys, err := in.keys(token)
	if err != nil {
		return nil, err
	}
	return nil, second(token.Open(keys))
}

// keys reads the keys that the token is to be verified with.
func (in tokenInput) keys(token *seal.Token) (seal.KeySet, error) {
	if in.DID != nil {
		if _, err := token.Issuer(); err != nil {
			return seal.KeySet{}, err
		}
		return seal.ParseDIDDocument(in.DID, in.Origin)
	}
	jwks, err := bonafide.ParsePeer[bonafide.JWKS](in.JWKS)
	if err != nil {
		return seal.KeySet{}, err
	}
	return seal.ParseKeySet(jwks)
}

type statusListInput struct {
	Token   string          `json:"token"`
	DID     jsontext.Value  `json:"did"`
	Issuer  bonafide.Origin `json:"issuer"`
	Address string          `json:"address"`
	Now     time.Time       `json:"now"`
	Index   string          `json:"index"`
}

// statusList opens a status list and reads an entry of it.
func statusList(input jsontext.Value) (any, error) {
	in, err := read[statusListInput](input)
	if err != nil {
		return nil, err
	}
	bits, err := in.open()
	if err != nil {
		return nil, err
	}
	set, err := (&bonafide.StatusEntry{Index: in.Index}).IsSet(bits)
	if err != nil {
		return nil, err
	}
	return map[string]bool{"set": set}, nil
}

// open opens the list.
func (in statusListInput) open() (bonafide.Bits, error) {
	token, err := seal.ParseStatusList(in.Token)
	if err != nil {
		return nil, err
	}
	keys, err := seal.ParseDIDDocument(in.DID, in.Issuer)
	if err != nil {
		return nil, err
	}
	list, err := seal.OpenAs[bonafide.StatusList](token, keys)
	if err != nil {
		return nil, err
	}
	if err := list.Check(in.Issuer, in.Address, in.Now); err != nil {
		return nil, err
	}
	return list.Bits()
}
