package bonafide

import "time"

// KeyUse is what a key of a site is for, and nothing else.
type KeyUse string

const (
	UseCredential KeyUse = "credential" // signs what is published and told; in the DID document
	UseClient     KeyUse = "client"     // signs client assertions; in oauth_client.jwks
	UseFederation KeyUse = "federation" // signs the entity configuration and the key history
)

// KeyEnd is why a key ended.
type KeyEnd string

const (
	Superseded  KeyEnd = "superseded"  // another took its place; what it signed holds to its own end
	Compromised KeyEnd = "compromised" // somebody else may have it: nothing that it signed counts, of whatever date
)

// KeyHistoryPath is where a site publishes its [KeyHistory].
const KeyHistoryPath = "/.well-known/bonafide-key-history"

// MaxHistory is how many keys a key history may have.
const MaxHistory = 200

// KeyHistory is the payload of a bonafide-key-history+jwt at [KeyHistoryPath]: every key that a site
// publishes or did, and by whose word each came after another. A federation key of its own signs it.
type KeyHistory struct {
	Issuer   Origin          `json:"iss"`
	IssuedAt Seconds         `json:"iat"`
	Expires  Seconds         `json:"exp"`
	Keys     []HistoricalKey `json:"keys"` // in the order in which they were published
}

// HistoricalKey is one key of a [KeyHistory].
type HistoricalKey struct {
	Use        KeyUse  `json:"use"`
	Key        JWK     `json:"key"`                 // its kid is the thumbprint
	From       Seconds `json:"from,omitzero"`       // since when it is published; 0: that isn't known
	Until      Seconds `json:"until,omitzero"`      // from when it is published no more, perhaps in the future; 0: no end is set
	Reason     KeyEnd  `json:"reason,omitzero"`     // with until
	Succession string  `json:"succession,omitzero"` // a token of an earlier key for this one; "": it is the first of its use
}

// Succession is the payload of a bonafide-succession+jwt, by which one key of a site says that another is the site's too.
type Succession struct {
	IssuedAt Seconds `json:"iat"`
	Use      KeyUse  `json:"use"`
	Key      string  `json:"key"` // the thumbprint of the other
}

// Check tells whether the history is origin's own, in time, and in order. Its keys and successions are checked by whoever
// verifies them.
func (h *KeyHistory) Check(origin Origin, now time.Time) error {
	if h.Issuer != origin {
		return Errorf(WrongIssuer, string(origin), "publishes a key history of %q", string(h.Issuer))
	}
	if len(h.Keys) < 1 || len(h.Keys) > MaxHistory {
		return Errorf(BadKeySet, "keys", "there are %d instead of 1 to %d", len(h.Keys), MaxHistory)
	}
	first := map[KeyUse]bool{}
	var before Seconds
	for _, key := range h.Keys {
		if err := key.check(); err != nil {
			return err
		}
		if key.From < before {
			return Errorf(BadKeySet, key.Key.Kid, "stands after a key that was published later")
		}
		before = key.From
		if first[key.Use] != (key.Succession != "") {
			return Errorf(BadKeySet, key.Key.Kid, "every key has a succession but the first for each use, which has none")
		}
		first[key.Use] = true
	}
	return CheckTimes(string(origin), h.IssuedAt, h.Expires, now)
}

func (k *HistoricalKey) check() error {
	switch k.Use {
	case UseCredential, UseClient, UseFederation:
	default:
		return Errorf(BadKeySet, k.Key.Kid, "use %q is not credential, client or federation", string(k.Use))
	}
	if k.Reason != "" && k.Reason != Superseded && k.Reason != Compromised {
		return Errorf(BadKeySet, k.Key.Kid, "reason %q is not superseded or compromised", string(k.Reason))
	}
	if (k.Reason == "") != (k.Until == 0) || k.From < 0 || k.Until < 0 || k.Until != 0 && k.Until < k.From {
		return Errorf(BadKeySet, k.Key.Kid, "an end has a date, not before the beginning, and a reason")
	}
	return nil
}

// MayFollow tells whether a key for one use may vouch for a key for another: each for its own, the federation key
// for all, and the credential key for a federation key, should that be lost.
func (u KeyUse) MayFollow(signer KeyUse) bool {
	return signer == u || signer == UseFederation || signer == UseCredential && u == UseFederation
}
