package keyfolder

import (
	"context"
	"fmt"
	"slices"
	"time"

	"bonafide.example"
	"bonafide.example/internal/seal"
)

// Compromise has nothing count that a key signed, of whatever date, since whoever stole it dates what they like. The key
// goes out of the published set at once and its private half is destroyed. If it was the one that signs, another
// signs from now on: the next one if there is one, else a new one. Keys that came by its word get another's: a key
// of the site for another use vouches for them (see [bonafide.KeyUse.MayFollow]). What was interrupted is finished by
// doing it again.
func (f *Folder) Compromise(ctx context.Context, thumbprint string) (signs Key, err error) {
	done, err := f.change()
	if err != nil {
		return Key{}, err
	}
	defer done()
	held, now := f.held.Load(), f.instant()
	index := slices.IndexFunc(held.keys, func(k Key) bool { return k.Thumbprint() == thumbprint })
	if index < 0 {
		return Key{}, fmt.Errorf("no key of %q has the thumbprint %q; bonafide keys list tells which there are", f.path, thumbprint)
	}
	use := held.keys[index].Use
	if since := held.keys[index].Compromised; !since.IsZero() {
		if held.keys[index].File == "" {
			return Key{}, fmt.Errorf("the %s key %s is compromised since %s", use, thumbprint, since.Format("2006-01-02 15:04"))
		}
		// It was interrupted before the private half was gone.
		return held.keys[present(held.keys, use, now)], f.keep(slices.Clone(held.keys), now, Compromised)
	}
	guarantor := held.keys[present(held.keys, guarantorOf(use), now)]
	signed := present(held.keys, use, now)
	next := held.of(use, now, Next)
	keys := slices.Clone(held.keys)
	ended := later(now, keys[index].Published)
	keys[index].Compromised, keys[index].Until = ended, ended
	switch {
	case index == signed && len(next) > 0:
		begin(keys, next[0].Thumbprint(), now)
	case index == signed:
		key, err := f.add(ctx, held, use, guarantor)
		if err != nil {
			return Key{}, err
		}
		keys = append(keys, key)
	case len(next) > 0 && next[0].Thumbprint() == thumbprint: // what was to follow doesn't
		keys[signed].Until = time.Time{}
	}
	if err := f.relink(ctx, keys, thumbprint, guarantor); err != nil {
		return Key{}, err
	}
	if err := f.keep(keys, now, Compromised, Past); err != nil {
		return Key{}, err
	}
	return keys[present(keys, use, now)], nil
}

// guarantorOf returns the use of the key that vouches for keys of this use when the one before can't.
func guarantorOf(use bonafide.KeyUse) bonafide.KeyUse {
	if use == bonafide.UseFederation {
		return bonafide.UseCredential
	}
	return bonafide.UseFederation
}

// begin has the key sign from that instant on.
func begin(keys []Key, thumbprint string, at time.Time) {
	for i := range keys {
		if keys[i].Thumbprint() == thumbprint {
			keys[i].Signs = at
		}
	}
}

// relink has the guarantor vouch for the keys that came by the word of the compromised one.
func (f *Folder) relink(ctx context.Context, keys []Key, compromised string, guarantor Key) error {
	signer, err := f.privateOf(guarantor, f.held.Load())
	if err != nil {
		return err
	}
	for i := range keys {
		if keys[i].Succession == "" || !keys[i].Compromised.IsZero() {
			continue
		}
		token, err := seal.Parse(keys[i].Succession, bonafide.TypeSuccession)
		if err != nil {
			return err
		}
		if token.KeyID() != compromised || keys[i].Thumbprint() == guarantor.Thumbprint() {
			continue
		}
		if keys[i].Succession, err = seal.SealSuccession(ctx, signer, keys[i].Use, keys[i].public, f.instant()); err != nil {
			return err
		}
	}
	return nil
}
