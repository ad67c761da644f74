package main

import (
	"context"

	"bonafide.example"
	"bonafide.example/internal/fetch"
	"github.com/go-json-experiment/json/jsontext"
)

type readInput struct {
	Address string `json:"address"`
}

// reader reads badges, and remembers what it may of what it fetched.
type reader struct {
	client *fetch.Client
}

func newReader() (*reader, error) {
	client, err := fetch.New(fetch.Config{Local: true})
	return &reader{client}, err
}

// read tells whether the badge at an address may be relied on now.
func (r *reader) read(input jsontext.Value) (any, error) {
	in, err := read[readInput](input)
	if err != nil {
		return nil, err
	}
	ctx, cancel := fetch.Budget(context.Background())
	defer cancel()
	badge, _, err := r.client.Badge(ctx, in.Address)
	if err != nil {
		return nil, err
	}
	return nil, r.inForce(ctx, badge)
}

// inForce looks the badge's bit up.
func (r *reader) inForce(ctx context.Context, badge *bonafide.Credential) error {
	issuer, err := bonafide.OriginOf(badge.ID)
	if err != nil {
		return err
	}
	list, err := r.client.StatusList(ctx, issuer, badge.Status.Credential)
	if err != nil {
		return err
	}
	set, err := badge.Status.IsSet(list.Bits)
	if err == nil && set {
		return bonafide.Errorf(bonafide.Revoked, badge.ID, "is set in its status list")
	}
	return err
}
