package awkward

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
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
	if err != nil {
		return keys, err
	}
	others, err := vouched(now(), map[bonafide.KeyUse]*ring{
		bonafide.UseCredential: credential, bonafide.UseClient: client, bonafide.UseFederation: federation,
	})
	plain := keys.History
	keys.Credential, keys.Client, keys.Federation = credential, client, federation
	keys.History = func() []bonafide.HistoricalKey {
		if known := plain(); len(known) > 0 {
			return append(known, others...)
		}
		return nil
	}
	return keys, err
}

// vouched returns the keys that the rings have beside the site's own, each by the word of that one.
func vouched(at time.Time, rings map[bonafide.KeyUse]*ring) (all []bonafide.HistoricalKey, err error) {
	for use, r := range rings {
		others := r.keys[1:]
		if r.late != nil {
			others = append(slices.Clone(others), r.late)
		}
		for _, key := range others {
			jwk, err := seal.PublicJWK(key.Public())
			if err != nil {
				return nil, err
			}
			succession, err := seal.SealSuccession(context.Background(), r.keys[0], use, key.Public(), at)
			if err != nil {
				return nil, err
			}
			all = append(all, bonafide.HistoricalKey{Use: use, Key: jwk, From: bonafide.SecondsOf(at), Succession: succession})
		}
	}
	return all, nil
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
