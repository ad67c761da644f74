package keyfolder

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"time"

	"bonafide.example"
	"bonafide.example/internal/seal"
)

// Overlap is how long a new key is published before it signs. Readers may use a key set for an hour (BF-FETCH-8), what
// they read may have been kept by a proxy for 5 minutes, and servers may take a quarter of a minute to see a change.
const Overlap = 2 * time.Hour

// settled is how long a key has been replaced before its private half is destroyed: no server's clock is so far behind.
const settled = time.Hour

// maxPublished is how many keys of one use are published at once (BF-KEY-1).
const maxPublished = 16

// keptFor says how long a key stays published once it signs no more: as long as anything that it signed is read.
func keptFor(use bonafide.KeyUse) time.Duration {
	switch use {
	case bonafide.UseCredential:
		return bonafide.MaxBadgeLife + 24*time.Hour // badges; lists, mechanisms and tables are signed again sooner
	case bonafide.UseFederation:
		return 25 * time.Hour // an entity configuration and a key history are valid for a day
	default:
		return time.Hour // a client assertion is valid for minutes
	}
}

// Rotate has a new key take the place of the present one for a use: it is published from now on and signs after the
// [Overlap]; the present one signs until then and stays published for what it signed. It returns the new key. While
// one is under way another is refused.
func (f *Folder) Rotate(ctx context.Context, use bonafide.KeyUse) (Key, error) {
	done, err := f.change()
	if err != nil {
		return Key{}, err
	}
	defer done()
	held, now := f.held.Load(), f.instant()
	if next := held.of(use, now, Next); len(next) > 0 {
		return Key{}, fmt.Errorf("a %s key is on its way already: it signs from %s on", use, next[0].Signs.Format(time.RFC3339))
	}
	if n := len(held.of(use, now, Present, Former)); n >= maxPublished {
		return Key{}, fmt.Errorf("%d %s keys are published, as many as readers take; wait until one of them has ended", n, use)
	}
	index := present(held.keys, use, now)
	old := held.keys[index]
	key, err := f.add(ctx, held, use, old)
	if err != nil {
		return Key{}, err
	}
	key.Signs = later(now, later(old.Published, old.Signs)).Add(Overlap)
	keys := slices.Clone(held.keys)
	keys[index].Until = key.Signs.Add(keptFor(use))
	return key, f.keep(append(keys, key), now.Add(-settled), Former, Past, Compromised)
}

// later returns the later of two instants: a clock may have been set back, and a history isn't.
func later(a, b time.Time) time.Time {
	if a.Before(b) {
		return b
	}
	return a
}

// add makes a new key for a use, by the word of another, and writes its private half.
func (f *Folder) add(ctx context.Context, held *holding, use bonafide.KeyUse, by Key) (Key, error) {
	if len(held.keys) >= bonafide.MaxHistory {
		return Key{}, fmt.Errorf("the history has %d keys, as many as readers take", len(held.keys))
	}
	signer, err := f.privateOf(by, held)
	if err != nil {
		return Key{}, err
	}
	private, err := seal.GenerateKey()
	if err != nil {
		return Key{}, err
	}
	now := f.instant()
	key, err := newKey(use, private, now)
	if err != nil {
		return Key{}, err
	}
	key.Published = later(now, held.keys[len(held.keys)-1].Published)
	if key.Succession, err = seal.SealSuccession(ctx, signer, use, key.public, now); err != nil {
		return Key{}, err
	}
	encrypted, err := f.Encrypted()
	if err != nil {
		return Key{}, err
	}
	key.File = string(use) + "-" + key.Thumbprint() + ".jwk"
	if _, err = f.writePrivate(key.File, private, encrypted); err != nil {
		return Key{}, err
	}
	// For the refresh that follows: what is encrypted takes long to read.
	kept := &holding{held.keys, maps.Clone(held.private), held.legacy}
	kept.private[key.Thumbprint()] = private
	f.held.Store(kept)
	return key, nil
}

// keep writes the keys and takes them up, and destroys the private halves of those that were in one of the states at that
// instant. They go last, and the record forgets them after: what is interrupted leaves no key that signs without its
// private half, and the next change destroys what was left.
func (f *Folder) keep(keys []Key, at time.Time, states ...State) error {
	if err := f.replace(keys); err != nil {
		return err
	}
	destroyed, err := f.destroy(keys, at, states...)
	if err != nil || !destroyed {
		return err
	}
	return f.replace(keys)
}

// replace writes the keys and takes them up.
func (f *Folder) replace(keys []Key) error {
	err := f.writeRecord(keys)
	if err == nil {
		_, err = f.refresh()
	}
	return err
}

// destroy removes the private halves of the keys that are in one of the states at that instant, and tells whether there
// were any.
func (f *Folder) destroy(keys []Key, at time.Time, states ...State) (found bool, err error) {
	for i := range keys {
		if keys[i].File == "" || !slices.Contains(states, StateOf(keys, i, at)) {
			continue
		}
		path := filepath.Join(f.path, keys[i].File)
		if err := errors.Join(remove(path), remove(path+encryptedSuffix)); err != nil {
			return found, err
		}
		keys[i].File, found = "", true
	}
	return found, nil
}
