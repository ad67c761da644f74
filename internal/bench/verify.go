package bench

import (
	"context"
	"crypto/ecdsa"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"math/big"
	"strings"
	"time"

	"bonafide.example"
	"bonafide.example/conversion"
	"bonafide.example/internal/fetch"
	"bonafide.example/internal/seal"
)

// verify measures what it takes to verify badges and convert them: the profile of the token, the signature, strict
// JSON, what a credential must hold, dates, and the bit in a status list that is in memory. Verifying the signature
// alone is what no implementation can do without.
func (b *bench) verify(ctx context.Context) (err error) {
	w, err := b.world(ctx, "camille")
	if err != nil {
		return err
	}
	defer ended(&err, w.stop)
	c, err := w.checker(ctx)
	if err != nil {
		return err
	}
	bare, err := newRaw(c.token)
	if err != nil {
		return err
	}
	alone := side{meter: processor, do: repeat(func() error { return bare.verify(c.key) })}
	fresh, err := b.compare(side{meter: processor, ready: c.reissue, do: c.checkNew}, alone)
	if err != nil {
		return err
	}
	b.add(fresh.row("verify a badge that was never seen, and convert it", "its ES256 signature alone", atMost(1.8)))
	again, err := b.compare(side{meter: processor, do: repeat(func() error { return c.check(c.token) })}, alone)
	if err != nil {
		return err
	}
	b.add(again.row("the same badge again", "its ES256 signature alone", atMost(0.1)))
	status, err := c.badge.Stated()
	if err != nil {
		return err
	}
	list, err := c.client.StatusList(ctx, w.shop.Origin, c.badge.Status.Credential)
	if err != nil {
		return err
	}
	words := side{meter: processor, do: repeat(func() error { conversion.Convert(c.question(status, list)); return nil })}
	explained, err := b.compare(words, alone)
	if err != nil {
		return err
	}
	b.add(explained.row("explain the conversion, in the words of two languages", "its ES256 signature alone", Aim{}))
	return nil
}

// checker reads the badges of a shop as the club does.
type checker struct {
	ctx    context.Context
	client *fetch.Client
	badge  *bonafide.Credential
	token  string
	sealer *seal.Sealer // the shop's
	key    *ecdsa.PublicKey
	to     *bonafide.Mechanism
	rules  []conversion.Rule
	fresh  []string // badges that say the same in other signatures
}

func (w *world) checker(ctx context.Context) (*checker, error) {
	c := &checker{ctx: ctx, to: &w.club.Mechanisms[0]}
	var err error
	if c.client, err = fetch.New(fetch.Config{Local: true}); err != nil {
		return nil, err
	}
	if c.badge, c.token, err = c.client.Badge(ctx, w.badge); err != nil {
		return nil, err
	}
	if c.sealer, err = seal.ForOrigin(w.shop.Origin, w.shop.Keys.Credential); err != nil {
		return nil, err
	}
	ok := false
	if c.key, ok = w.shop.Keys.Credential.Public().(*ecdsa.PublicKey); !ok {
		return nil, errors.New("the key isn't for ES256")
	}
	table := &w.club.Tables[0]
	hash, err := bonafide.Hash(table)
	c.rules = []conversion.Rule{{Table: *table, Hash: hash, From: &w.shop.Mechanisms[0]}}
	return c, err
}

// reissue signs the badge anew, so many times.
func (c *checker) reissue(times int) error {
	c.fresh = c.fresh[:0]
	for range times {
		token, err := c.sealer.Seal(c.ctx, bonafide.TypeCredential, c.badge)
		if err != nil {
			return err
		}
		c.fresh = append(c.fresh, token)
	}
	return nil
}

func (c *checker) checkNew(int) error {
	for _, token := range c.fresh {
		if err := c.check(token); err != nil {
			return err
		}
	}
	return nil
}

// check verifies a badge and converts what it says.
func (c *checker) check(token string) error {
	badge, err := c.client.OpenBadge(c.ctx, token)
	if err != nil {
		return err
	}
	list, err := c.client.StatusList(c.ctx, c.rules[0].Table.From.Issuer, badge.Status.Credential)
	if err != nil {
		return err
	}
	if set, err := badge.Status.IsSet(list.Bits); err != nil || set {
		return errors.Join(err, errors.New("the badge doesn't hold"))
	}
	status, err := badge.Stated()
	if err != nil {
		return err
	}
	if conversion.Level(c.question(status, list)) == 0 {
		return errors.New("the badge counts for nothing")
	}
	return nil
}

// question asks what a status counts for at the club.
func (c *checker) question(status bonafide.Status, list *fetch.List) conversion.Question {
	return conversion.Question{
		Site: c.to.Origin(), To: c.to, Rules: c.rules, Now: time.Now(),
		Inputs: []conversion.Input{{Status: status, Condition: conversion.Good, CheckedAt: list.FetchedAt}},
	}
}

// raw is what there is to a signature by ES256.
type raw struct {
	message []byte
	r, s    *big.Int
}

func newRaw(token string) (*raw, error) {
	last := strings.LastIndexByte(token, '.')
	signature, err := base64.RawURLEncoding.DecodeString(token[last+1:])
	if err != nil || len(signature) != 64 {
		return nil, errors.Join(err, errors.New("the token isn't signed by ES256"))
	}
	return &raw{[]byte(token[:last]), new(big.Int).SetBytes(signature[:32]), new(big.Int).SetBytes(signature[32:])}, nil
}

func (r *raw) verify(key *ecdsa.PublicKey) error {
	digest := sha256.Sum256(r.message)
	if !ecdsa.Verify(key, digest[:], r.r, r.s) {
		return errors.New("the signature doesn't hold")
	}
	return nil
}

// sign signs the same bytes.
func (r *raw) sign(key *ecdsa.PrivateKey) error {
	digest := sha256.Sum256(r.message)
	_, _, err := ecdsa.Sign(rand.Reader, key, digest[:])
	return err
}
