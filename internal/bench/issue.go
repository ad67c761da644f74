package bench

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	mathrand "math/rand/v2"
	"time"

	"bonafide.example"
	"bonafide.example/internal/seal"
)

// benched is the site in whose name is signed what no site serves.
const benched bonafide.Origin = "https://bench.example"

// issue measures what it takes to build a badge and sign it.
func (b *bench) issue(ctx context.Context) error {
	m, err := mechanismOf(sellerJSON, benched)
	if err != nil {
		return err
	}
	key, sealer, err := signer()
	if err != nil {
		return err
	}
	now := time.Now()
	stated := bonafide.Badge{
		Address: string(benched) + "/b/K7QXM2VTP4WN9RFA", SubjectID: "urn:uuid:5c2f0d8e-32f5-4a0a-9d3c-6e7b8a9f0b1c", IssuerName: "Bench",
		Status: bonafide.Status{
			Mechanism: m.ID, Version: m.Version, Context: m.Context, Level: "four", Kind: bonafide.Earned, EarnedLevel: "four",
			Measures: []bonafide.Measure{{ID: "ratings", Positive: 401, Total: 405}}, AccountSince: "2024-01", Since: "2026-01",
			AsOf: bonafide.DateOf(now), Sources: []bonafide.Origin{benched}, State: bonafide.Current,
		},
		Entry:     bonafide.NewStatusEntry("urn:uuid:0a3b8f7e-8d0c-4c8a-b4f5-0d9f7c1e2a3b", string(benched)+"/status/1", 4711),
		ValidFrom: now, ValidUntil: now.AddDate(0, 0, 60),
	}
	form, err := bonafide.NewForm(m)
	if err != nil {
		return err
	}
	build := func() (string, error) { return sealer.Seal(ctx, bonafide.TypeCredential, form.Credential(stated)) }
	token, err := build()
	if err != nil {
		return err
	}
	bare, err := newRaw(token)
	if err != nil {
		return err
	}
	c, err := b.compare(
		side{meter: processor, do: repeat(func() error { _, err := build(); return err })},
		side{meter: processor, do: repeat(func() error { return bare.sign(key) })})
	if err != nil {
		return err
	}
	b.add(c.row("build a badge and sign it", "the ES256 signature alone", atMost(1.7)))
	return nil
}

// signer makes a key, and a sealer that signs with it.
func signer() (*ecdsa.PrivateKey, *seal.Sealer, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, nil, err
	}
	own, err := seal.GenerateKey()
	if err != nil {
		return nil, nil, err
	}
	sealer, err := seal.ForOrigin(benched, own)
	return key, sealer, err
}

// list measures what it takes to pack a status list of a million entries, one in a hundred of them set, and sign it.
func (b *bench) list(ctx context.Context) error {
	const entries = 1 << 20
	_, sealer, err := signer()
	if err != nil {
		return err
	}
	bits := make(bonafide.Bits, entries/8)
	random := mathrand.New(mathrand.NewPCG(1, 2))
	for range entries / 100 {
		bits.Set(random.IntN(entries))
	}
	now := time.Now()
	took, err := b.alone(side{meter: processor, do: repeat(func() error {
		list, err := bonafide.NewStatusList(benched, string(benched)+"/status/1", bits, now, now.Add(bonafide.MaxListLife))
		if err != nil {
			return err
		}
		_, err = sealer.Seal(ctx, bonafide.TypeCredential, list)
		return err
	})})
	if err != nil {
		return err
	}
	b.add(Row{What: "a status list of 1 M entries, built and signed", Took: nanoseconds(took), Aim: Aim{Value: 4e6, Unit: Nanoseconds}})
	return nil
}
