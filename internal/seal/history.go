package seal

import (
	"context"
	"crypto"
	"time"

	"bonafide.example"
)

// MaxKeyHistory is how many bytes the token of a key history may have.
const MaxKeyHistory = 256 << 10

// SealSuccession has a key say that another is the site's too. The token's kid is the thumbprint of the first.
func SealSuccession(ctx context.Context, by bonafide.Signer, use bonafide.KeyUse, of crypto.PublicKey, at time.Time) (string, error) {
	sealer, err := ForKeySet(by)
	if err != nil {
		return "", err
	}
	thumbprint, err := Thumbprint(of)
	if err != nil {
		return "", err
	}
	return sealer.Seal(ctx, bonafide.TypeSuccession, bonafide.Succession{IssuedAt: bonafide.SecondsOf(at), Use: use, Key: thumbprint})
}

// History is a key history whose signatures hold. Whose it is depends on the keys that its reader trusts: see Follow.
type History struct {
	bonafide.KeyHistory
	Signer string            // the thumbprint of the federation key that signed it
	by     map[string]string // thumbprint → that of the key which vouches for it
}

// OpenKeyHistory opens the key history of origin: a federation key of its own that isn't compromised signed it, its keys
// are named by their thumbprints, and each succession is by a key of the history that may vouch for the other. It fails
// with [bonafide.BadKeySet], [bonafide.UnknownKey], [bonafide.BadSignature] and the codes of every token.
func OpenKeyHistory(token string, origin bonafide.Origin, now time.Time) (*History, error) {
	t, err := parse(token, bonafide.TypeKeyHistory, MaxKeyHistory)
	if err != nil {
		return nil, err
	}
	document, err := Peek[bonafide.KeyHistory](t)
	if err != nil {
		return nil, err
	}
	h := &History{document, t.kid, map[string]string{}}
	keys, uses, err := h.open()
	if err != nil {
		return nil, err
	}
	if uses[t.kid] != bonafide.UseFederation || h.Reason(t.kid) == bonafide.Compromised {
		return nil, bonafide.Errorf(bonafide.UnknownKey, t.kid, "is no federation key of the history that still counts")
	}
	if _, err := t.Open(keys); err != nil {
		return nil, err
	}
	if err := h.Check(origin, now); err != nil {
		return nil, err
	}
	for _, key := range h.Keys {
		if key.Succession == "" {
			continue
		}
		if h.by[key.Key.Kid], err = openSuccession(&key, keys, uses); err != nil {
			return nil, err
		}
	}
	return h, nil
}

// open takes the keys of the history, with their uses by thumbprint.
func (h *History) open() (KeySet, map[string]bonafide.KeyUse, error) {
	keys := KeySet{map[string]crypto.PublicKey{}}
	uses := map[string]bonafide.KeyUse{}
	for _, key := range h.Keys {
		public, err := ParsePublicJWK(key.Key)
		if err != nil {
			return keys, uses, err
		}
		if thumbprint, err := Thumbprint(public); err != nil || thumbprint != key.Key.Kid {
			return keys, uses, bonafide.Errorf(bonafide.BadKeySet, key.Key.Kid, "is not named by its thumbprint")
		}
		if err := keys.add(key.Key.Kid, public); err != nil {
			return keys, uses, err
		}
		uses[key.Key.Kid] = key.Use
	}
	return keys, uses, nil
}

// openSuccession returns which key vouches for this one.
func openSuccession(key *bonafide.HistoricalKey, keys KeySet, uses map[string]bonafide.KeyUse) (by string, err error) {
	token, err := Parse(key.Succession, bonafide.TypeSuccession)
	if err != nil {
		return "", err
	}
	said, err := OpenAs[bonafide.Succession](token, keys)
	if err != nil {
		return "", err
	}
	switch {
	case said.Key != key.Key.Kid || said.Use != key.Use:
		return "", bonafide.Errorf(bonafide.BadKeySet, key.Key.Kid, "has the succession of another key or use")
	case token.kid == key.Key.Kid:
		return "", bonafide.Errorf(bonafide.BadKeySet, key.Key.Kid, "vouches for itself")
	case !key.Use.MayFollow(uses[token.kid]):
		return "", bonafide.Errorf(bonafide.BadKeySet, key.Key.Kid, "a %s key can't vouch for a %s key", uses[token.kid], key.Use)
	case said.IssuedAt <= 0:
		return "", bonafide.Errorf(bonafide.BadKeySet, key.Key.Kid, "has a succession without date")
	}
	return token.kid, nil
}

// Reason returns why the key with that thumbprint ended: "" if it didn't, or isn't known.
func (h *History) Reason(thumbprint string) bonafide.KeyEnd {
	for _, key := range h.Keys {
		if key.Key.Kid == thumbprint {
			return key.Reason
		}
	}
	return ""
}

// Follow returns the thumbprints of the keys that are the site's for whoever trusts those of pins: the pins, and what
// they lead to by successions, without any that is compromised; and those that are. The word of a compromised key
// leads nowhere: whoever stole it can give it. Which are compromised is believed only if the key that signed the
// history is among the trusted, or whoever took over an origin could have its own keys refused for ever.
func (h *History) Follow(pins map[string]bool) (trusted, compromised map[string]bool) {
	compromised = map[string]bool{}
	for _, key := range h.Keys {
		if key.Reason == bonafide.Compromised {
			compromised[key.Key.Kid] = true
		}
	}
	if trusted = h.follow(pins, compromised); trusted[h.Signer] {
		return trusted, compromised
	}
	return h.follow(pins, nil), nil
}

func (h *History) follow(pins, without map[string]bool) map[string]bool {
	trusted := map[string]bool{}
	for thumbprint := range pins {
		if !without[thumbprint] {
			trusted[thumbprint] = true
		}
	}
	for found := true; found; {
		found = false
		for thumbprint, by := range h.by {
			if trusted[by] && !trusted[thumbprint] && !without[thumbprint] {
				trusted[thumbprint], found = true, true
			}
		}
	}
	return trusted
}
