package awkward

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"time"

	"bonafide.example"
	"bonafide.example/internal/seal"
	"bonafide.example/site"
)

// How many credential keys there are: the first few at once, and one more with each start. Each start publishes all
// that there were before, since what they signed is still read.
const (
	keysAtOnce = 3
	maxKeys    = 8 // of 16 (BF-KEY-1)
)

// withOthers returns the site's keys, each with others from the same folder (credential-2.jwk, client-2.jwk, …), which
// are made where they are missing. now is the site's clock.
func withOthers(keys site.Keys, folder string, now func() time.Time) (site.Keys, error) {
	credential, err := openRing(folder, "credential", keys.Credential, keysAtOnce, now)
	if err != nil {
		return keys, err
	}
	if next := len(credential.keys) + 1; next <= maxKeys {
		if credential.late, err = makeKey(folder, "credential", next); err != nil {
			return keys, err
		}
	}
	client, err := openRing(folder, "client", keys.Client, 2, now)
	if err != nil {
		return keys, err
	}
	federation, err := openRing(folder, "federation", keys.Federation, 2, now)
	return site.Keys{Credential: credential, Client: client, Federation: federation}, err
}

// openRing returns the key with those of its name that the folder has, of which it makes as many as are wanted.
func openRing(folder, name string, first bonafide.Signer, wanted int, now func() time.Time) (*ring, error) {
	r := &ring{keys: []bonafide.Signer{first}, now: now, start: now()}
	for n := 2; n <= maxKeys; n++ {
		key, err := seal.ReadKeyFile(keyFile(folder, name, n))
		if errors.Is(err, fs.ErrNotExist) && n <= wanted {
			key, err = makeKey(folder, name, n)
		}
		if errors.Is(err, fs.ErrNotExist) {
			return r, nil
		}
		if err != nil {
			return nil, err
		}
		r.keys = append(r.keys, key)
	}
	return r, nil
}

// makeKey makes a key and keeps it before anything is signed with it. Every other one is on Ed25519.
func makeKey(folder, name string, number int) (*seal.PrivateKey, error) {
	generate := seal.GenerateKey
	if number%2 == 0 {
		generate = seal.GenerateEdwardsKey
	}
	key, err := generate()
	if err != nil {
		return nil, err
	}
	return key, key.WriteFile(keyFile(folder, name, number))
}

func keyFile(folder, name string, number int) string {
	return filepath.Join(folder, fmt.Sprintf("%s-%d.jwk", name, number))
}
