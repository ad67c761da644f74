package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"time"

	"bonafide.example"
	"bonafide.example/badge"
	"bonafide.example/internal/seal"
	"github.com/rogpeppe/go-internal/testscript"
)

// setup gives each script the files of a small world in its folder: the mechanism and table of
// examples/ratings, the history and parameters of examples/vouching, and badges of that issuer with what it takes to check them offline.
func setup(e *testscript.Env) error {
	e.Values[serverKey{}] = &servers{}
	e.Setenv("BONAFIDE_DRAIN", "0s") // nobody waits for a proxy to notice
	if err := copyExample(e.WorkDir); err != nil {
		return err
	}
	f, err := newFixture(filepath.Join(e.WorkDir, "trader.json"))
	if err != nil {
		return err
	}
	files, err := f.files()
	if err != nil {
		return err
	}
	for name, data := range files {
		if err := os.WriteFile(filepath.Join(e.WorkDir, name), data, 0o600); err != nil {
			return err
		}
	}
	return nil
}

// copyExample copies the files of examples/ratings and examples/vouching.
func copyExample(dir string) error {
	for _, name := range []string{
		"ratings/trader.json", "ratings/table.json", "ratings/site.json",
		"vouching/worked.ndjson", "vouching/parameters.json", "vouching/neighbour.json", "vouching/bazar.json", "vouching/helped.csv",
	} {
		data, err := os.ReadFile(filepath.Join("../../examples", name))
		if err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(dir, filepath.Base(name)), data, 0o600); err != nil {
			return err
		}
	}
	return nil
}

// fixture is an issuer that only exists in files.
type fixture struct {
	mechanism bonafide.Mechanism
	key       *seal.PrivateKey
	sealer    *seal.Sealer
	now       time.Time
}

const (
	otc     = bonafide.Origin("https://otc.example")
	lists   = string(otc) + "/status/1"
	revoked = 7 // the index of the entry that is set
)

func newFixture(path string) (*fixture, error) {
	read, err := readFiles[bonafide.Mechanism]([]string{path})
	if err != nil {
		return nil, err
	}
	f := &fixture{mechanism: read[0], now: time.Now()}
	f.key, f.sealer, err = newSealer(otc)
	return f, err
}

func newSealer(origin bonafide.Origin) (*seal.PrivateKey, *seal.Sealer, error) {
	key, err := seal.GenerateKey()
	if err != nil {
		return nil, nil, err
	}
	kid, err := seal.DIDKeyID(origin, key.Public())
	if err != nil {
		return nil, nil, err
	}
	sealer, err := seal.NewSealer(key, kid)
	return key, sealer, err
}

// files returns everything by file name.
func (f *fixture) files() (map[string][]byte, error) {
	document, err := seal.DIDDocument(otc, f.key.Public())
	if err != nil {
		return nil, err
	}
	did, err := bonafide.MarshalJSON(document)
	if err != nil {
		return nil, err
	}
	_, impostor, err := newSealer(otc)
	if err != nil {
		return nil, err
	}
	_, other, err := newSealer("https://other.example")
	if err != nil {
		return nil, err
	}
	files := map[string][]byte{"did.json": did, "page.html": []byte("<!doctype html>\n<html></html>"), "empty.jwt": []byte("\n")}
	week := f.now.AddDate(0, 0, 7)
	for name, c := range map[string]struct {
		sealer  *seal.Sealer
		index   int
		until   time.Time
		address string
	}{
		"good.jwt":     {f.sealer, 3, week, "good"},
		"revoked.jwt":  {f.sealer, revoked, week, "revoked"},
		"expired.jwt":  {f.sealer, 3, f.now.AddDate(0, 0, -1), "expired"},
		"impostor.jwt": {impostor, 3, week, "impostor"},
		"hostile.jwt":  {f.sealer, 3, week, "x\x1b[2J\r\nGood now: trust me \u202egnp"},
	} {
		if files[name], err = seals(c.sealer, f.badge(c.address, c.index, c.until)); err != nil {
			return nil, err
		}
	}
	if err := bake(files); err != nil {
		return nil, err
	}
	files["altered.jwt"] = altered(files["revoked.jwt"], files["good.jwt"])
	for name, c := range map[string]struct {
		sealer  *seal.Sealer
		entries int
		until   time.Time
	}{
		"list.jwt":       {f.sealer, bonafide.MinListSize, f.now.Add(time.Hour)},
		"list-short.jwt": {f.sealer, 1024, f.now.Add(time.Hour)},
		"list-old.jwt":   {f.sealer, bonafide.MinListSize, f.now.Add(-time.Hour)},
		"list-other.jwt": {other, bonafide.MinListSize, f.now.Add(time.Hour)},
	} {
		bits := make(bonafide.Bits, c.entries/8)
		bits.Set(revoked)
		list, err := bonafide.NewStatusList(otc, lists, bits, c.until.Add(-2*time.Hour), c.until)
		if err != nil {
			return nil, err
		}
		if files[name], err = seals(c.sealer, list); err != nil {
			return nil, err
		}
	}
	return files, nil
}

// bake adds pictures: one with nothing in it, and two with badges.
func bake(files map[string][]byte) error {
	p := badge.Picture{Host: otc.Host(), Level: 4, Levels: 4, State: badge.Current}
	image, err := badge.PNG(p)
	files["picture.png"] = image
	files["good.png"] = badge.Bake(image, strings.TrimSpace(string(files["good.jwt"])))
	files["revoked.svg"] = badge.Bake(badge.SVG(p), strings.TrimSpace(string(files["revoked.jwt"])))
	files["twice.svg"] = badge.Bake(files["revoked.svg"], "x")
	files["torn.png"] = files["good.png"][:2000]
	return err
}

// badge states 39 positive ratings of 40.
func (f *fixture) badge(code string, index int, until time.Time) *bonafide.Credential {
	return bonafide.NewCredential(bonafide.Badge{
		Address: string(otc) + "/b/" + code, SubjectID: "urn:uuid:7a0c4a6e-3a53-4a0e-9d5c-0d2c5a1b8f10", IssuerName: "OTC",
		Status: bonafide.Status{
			Mechanism: f.mechanism.ID, Version: f.mechanism.Version, Context: f.mechanism.Context,
			Level: "excellent", Kind: bonafide.Earned, EarnedLevel: "excellent",
			Measures: []bonafide.Measure{{ID: "ratings", Positive: 39, Total: 40}},
			AsOf:     bonafide.Date(f.now.UTC().Format(time.DateOnly)), Sources: []bonafide.Origin{otc}, State: bonafide.Current,
		},
		Entry:     bonafide.NewStatusEntry("urn:uuid:0d6f1a52-8b0b-4d0a-8a0e-1f6a2b3c4d5e", lists, index),
		ValidFrom: until.AddDate(0, 0, -30), ValidUntil: until,
	}, &f.mechanism)
}

func seals(sealer *seal.Sealer, payload any) ([]byte, error) {
	token, err := sealer.Seal(context.Background(), bonafide.TypeCredential, payload)
	return []byte(token + "\n"), err
}

// altered returns a badge whose content is that of another, under its own signature.
func altered(badge, content []byte) []byte {
	parts := bytes.Split(badge, []byte("."))
	parts[1] = bytes.Split(content, []byte("."))[1]
	return bytes.Join(parts, []byte("."))
}
