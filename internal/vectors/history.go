package main

import (
	"slices"
	"time"
)

// HistoryInput is the input of the topic history.
type HistoryInput struct {
	Origin string   `json:"origin"`
	Token  string   `json:"token"`
	Now    string   `json:"now"`
	Pins   []string `json:"pins"` // thumbprints that are remembered
}

// HistoryResult is what comes of it.
type HistoryResult struct {
	Trusted     []string `json:"trusted"`     // thumbprints, in their order
	Compromised []string `json:"compromised"` // likewise: those that are believed to be
}

// published is from when the first keys of the history are published, in seconds.
var published = issued.Add(-100 * 24 * time.Hour).Unix()

// one is a key of a history, by the word of another unless that is nil.
func one(use string, k key, by *key) object {
	o := object{"use": use, "key": k.jwk(), "from": published}
	if by != nil {
		o["succession"] = succeeding(*by, use, k)
	}
	return o
}

// succeeding is the word of a key for another.
func succeeding(by key, use string, k key) string {
	return vouchedFor(by, by.thumbprint(), object{"iat": published, "use": use, "key": k.thumbprint()})
}

func vouchedFor(by key, kid string, payload object) string {
	return by.signed(text(object{"alg": by.alg(), "kid": kid, "typ": "bonafide-succession+jwt"}), text(payload))
}

// compromised is a key that was stolen a day ago.
func compromised(o object) object {
	return edit(edit(o, "until", issued.Add(-24*time.Hour).Unix()), "reason", "compromised")
}

// historyOf is a history of bazar of these keys.
func historyOf(keys ...object) object {
	var all []any
	for _, k := range keys {
		all = append(all, k)
	}
	return object{"iss": bazar, "iat": issued.Unix(), "exp": now.Add(time.Hour).Unix(), "keys": all}
}

// told signs a history.
func told(by key, history object) string {
	return by.signed(text(object{"alg": by.alg(), "kid": by.thumbprint(), "typ": "bonafide-key-history+jwt"}), text(history))
}

func historyCase(name, requirement, description, token, expect string) Case {
	return Case{name, []string{requirement}, description, HistoryInput{bazar, token, instant(now), []string{}}, expect, nil}
}

// thumbprints returns those of the keys, in their order.
func thumbprints(keys []key) []string {
	all := []string{}
	for _, k := range keys {
		all = append(all, k.thumbprint())
	}
	slices.Sort(all)
	return all
}

// History returns the cases of key histories.
func History() []Case {
	return slices.Concat(historyFollowed(), historySigned(), historyForm(), historySuccessions())
}

// historyFollowed are the cases of who is trusted after whom.
func historyFollowed() []Case {
	first, second, third := es256("bazar"), es256("bazar second"), eddsa("bazar third")
	federation, federation2, stranger := es256("bazar entity"), es256("bazar entity second"), es256("stranger")
	f := one("federation", federation, nil)
	c := func(name, requirement, description string, signer key, history object, pins, trusted, gone []key) Case {
		return Case{name, []string{requirement}, description, HistoryInput{bazar, told(signer, history), instant(now), thumbprints(pins)}, "ok",
			HistoryResult{thumbprints(trusted), thumbprints(gone)}}
	}
	stolen := compromised(one("credential", first, nil))
	keys := func(all ...key) []key { return all }
	return []Case{
		c("good", "BF-KEY-11", "One key of each use; the credential key is remembered.", federation,
			historyOf(one("credential", first, nil), one("client", es256("bazar client"), nil), f), keys(first), keys(first), nil),
		c("good-nothing-remembered", "BF-PIN-2", "Nothing is remembered, so that nothing leads anywhere.", federation,
			historyOf(one("credential", first, nil), f), nil, nil, nil),
		c("good-second", "BF-PIN-2", "The key remembered vouches for the next.", federation,
			historyOf(one("credential", first, nil), f, one("credential", second, &first)), keys(first), keys(first, second), nil),
		c("good-third", "BF-PIN-2", "And that for the one after it, on the other curve.", federation,
			historyOf(one("credential", first, nil), f, one("credential", second, &first), one("credential", third, &second)), keys(first), keys(first, second, third), nil),
		c("good-not-backwards", "BF-PIN-2", "The later key is remembered: it doesn't lead to the one before.", federation,
			historyOf(one("credential", first, nil), f, one("credential", second, &first)), keys(second), keys(second), nil),
		c("good-federation-vouches", "BF-KEY-13", "A federation key vouches for a credential key.", federation,
			historyOf(one("credential", first, nil), f, one("credential", second, &federation)), keys(federation), keys(federation, second), nil),
		c("good-credential-vouches", "BF-KEY-13", "A credential key vouches for a federation key, the one before being stolen.", federation2,
			historyOf(one("credential", first, nil), compromised(f), one("federation", federation2, &first)), keys(first), keys(first, federation2), keys(federation)),
		c("good-stranger-remembered", "BF-PIN-2", "Only a key that isn't in the history is remembered: it leads to none of these.", federation,
			historyOf(one("credential", first, nil), f), keys(stranger), keys(stranger), nil),
		c("good-compromised", "BF-PIN-3", "A stolen key counts no more, and leads nowhere: the thief could vouch too.", federation,
			historyOf(stolen, f, one("credential", second, &first)), keys(first, federation), keys(federation), keys(first)),
		c("good-compromised-and-replaced", "BF-PIN-2", "The federation key vouches for the one after a stolen one.", federation,
			historyOf(stolen, f, one("credential", second, &federation)), keys(first, federation), keys(federation, second), keys(first)),
		c("good-compromised-not-believed", "BF-PIN-3", "The key that signed isn't trusted, so it isn't believed that another is stolen.", federation,
			historyOf(stolen, f), keys(first), keys(first), nil),
		c("good-compromised-by-who-was-led-to", "BF-PIN-3", "The key that signed is led to, and believed.", federation2,
			historyOf(stolen, f, one("federation", federation2, &federation)), keys(first, federation), keys(federation, federation2), keys(first)),
		c("good-superseded", "BF-PIN-2", "A key that ended in good order leads on.", federation,
			historyOf(edit(edit(one("credential", first, nil), "until", published), "reason", "superseded"), f, one("credential", second, &first)), keys(first), keys(first, second), nil),
	}
}

// historySigned are the cases of who signs a history.
func historySigned() []Case {
	first, federation, stranger := es256("bazar"), es256("bazar entity"), es256("stranger")
	good := historyOf(one("credential", first, nil), one("federation", federation, nil))
	header := object{"alg": "ES256", "kid": federation.thumbprint(), "typ": "bonafide-key-history+jwt"}
	return []Case{
		historyCase("signed-by-credential-key", "BF-KEY-11", "Signed by a credential key of its own.", told(first, good), "unknown-key"),
		historyCase("signed-by-stranger", "BF-KEY-11", "Signed by a key that isn't in it.", told(stranger, good), "unknown-key"),
		historyCase("signed-under-borrowed-kid", "BF-KEY-11", "Signed by another key under the name of its federation key.", stranger.signed(text(header), text(good)), "bad-signature"),
		historyCase("signed-by-compromised-key", "BF-KEY-11", "Signed by a federation key that it calls compromised.",
			told(federation, historyOf(one("credential", first, nil), compromised(one("federation", federation, nil)))), "unknown-key"),
		historyCase("another-type", "BF-TOKEN-6", "Signed as an entity configuration.",
			federation.signed(text(edit(header, "typ", "entity-statement+jwt")), text(good)), "wrong-type"),
		historyCase("expired", "BF-TOKEN-14", "It has expired.", told(federation, edit(good, "exp", now.Add(-30*time.Minute).Unix())), "expired"),
		historyCase("of-another-site", "BF-KEY-12", "It is another site's.", told(federation, edit(good, "iss", outils)), "wrong-issuer"),
	}
}

// historyForm are the cases of its keys one by one.
func historyForm() []Case {
	first, federation := es256("bazar"), es256("bazar entity")
	good := historyOf(one("credential", first, nil), one("federation", federation, nil))
	c := func(name, requirement, description string, history object, expect string) Case {
		return historyCase(name, requirement, description, told(federation, history), expect)
	}
	ended := func(until int64, reason any) object {
		return edit(edit(good, "keys.0.until", until), "keys.0.reason", reason)
	}
	with := ended(published, "superseded")
	ok := c("good-ended-at-once", "BF-KEY-16", "A key ended in the second in which it began.", with, "ok")
	ok.Result = HistoryResult{[]string{}, []string{}}
	return []Case{
		ok,
		c("until-before-from", "BF-KEY-16", "A key ended before it began.", ended(published-1, "superseded"), "bad-key-set"),
		c("until-without-reason", "BF-KEY-16", "An end without a reason.", edit(good, "keys.0.until", published), "bad-key-set"),
		c("reason-without-until", "BF-KEY-16", "A reason without an end.", edit(good, "keys.0.reason", "superseded"), "bad-key-set"),
		c("reason-unknown", "BF-KEY-16", "A reason that there isn't.", ended(published, "lost"), "bad-key-set"),
		c("use-unknown", "BF-KEY-12", "A use that there isn't.", edit(good, "keys.0.use", "badges"), "bad-key-set"),
		c("kid-not-thumbprint", "BF-KEY-12", "A key under another name than its thumbprint.", edit(good, "keys.0.key.kid", "key-1"), "bad-key-set"),
		c("key-twice", "BF-KEY-12", "A key stands twice, for two uses.", historyOf(one("credential", first, nil), one("client", first, nil), one("federation", federation, nil)), "bad-key-set"),
		c("private-key", "BF-KEY-12", "A key has its private part.", edit(good, "keys.0.key.d", encode(seed("bazar"))), "bad-key-set"),
		c("out-of-order", "BF-KEY-12", "A key stands after one that was published later.", edit(good, "keys.0.from", published+1), "bad-key-set"),
	}
}

// historySuccessions are the cases of one key's word for another.
func historySuccessions() []Case {
	first, second, client, federation, stranger := es256("bazar"), es256("bazar second"), es256("bazar client"), es256("bazar entity"), es256("stranger")
	f := one("federation", federation, nil)
	c := func(name, description string, next object, expect string) Case {
		return historyCase(name, "BF-KEY-13", description,
			told(federation, historyOf(one("credential", first, nil), one("client", client, nil), f, next)), expect)
	}
	by := func(token string) object { return edit(one("credential", second, nil), "succession", token) }
	said := object{"iat": published, "use": "credential", "key": second.thumbprint()}
	return []Case{
		c("succession-missing", "The second key of a use without a succession.", one("credential", second, nil), "bad-key-set"),
		historyCase("succession-of-the-first", "BF-KEY-13", "The first key of a use with one.",
			told(federation, historyOf(f, one("credential", first, &federation))), "bad-key-set"),
		c("succession-by-stranger", "By a key that isn't in the history.", one("credential", second, &stranger), "unknown-key"),
		c("succession-forged", "Signed by another key under the name of the one before.", by(vouchedFor(stranger, first.thumbprint(), said)), "bad-signature"),
		c("succession-of-another-key", "The succession of another key.", by(succeeding(first, "credential", stranger)), "bad-key-set"),
		c("succession-for-another-use", "The succession of the key, for another use.", by(succeeding(first, "client", second)), "bad-key-set"),
		c("succession-by-client-key", "By a client key, which may vouch for client keys alone.", one("credential", second, &client), "bad-key-set"),
		c("succession-by-itself", "By the key itself.", one("credential", second, &second), "bad-key-set"),
		c("succession-for-client-by-credential-key", "By a credential key for a client key.", one("client", second, &first), "bad-key-set"),
	}
}
