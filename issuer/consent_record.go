package issuer

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"time"

	"bonafide.example"
	"bonafide.example/internal/oauth"
	"bonafide.example/store"
)

// request is a pushed authorization request that nobody has decided yet.
type request struct {
	Client  bonafide.Origin  `json:"client"`
	Name    string           `json:"name"` // what the client calls itself
	Request oauth.Request    `json:"request"`
	Expires bonafide.Seconds `json:"expires"`
}

// grant is a request that a member has allowed, until its code is exchanged.
type grant struct {
	Request request          `json:"request"`
	Member  string           `json:"member"`
	Expires bonafide.Seconds `json:"expires"`
}

// consent is a member's consent that a verifier be told something, with what it was told. It is written
// by the transaction that first tells something, and forgotten at its end.
type consent struct {
	ID         string                        `json:"id"`
	Member     string                        `json:"member"`
	Verifier   bonafide.Origin               `json:"verifier"`
	Details    bonafide.AuthorizationDetails `json:"details"`
	Refresh    string                        `json:"refresh"` // the hash of the refresh token
	Given      bonafide.Seconds              `json:"given"`
	Until      bonafide.Seconds              `json:"until"`
	Withdrawn  bonafide.Seconds              `json:"withdrawn,omitzero"`
	ToldAt     bonafide.Seconds              `json:"told_at"`
	Told       bonafide.Status               `json:"told"`                // the latest
	Statements []statement                   `json:"statements,omitzero"` // those that may be relied on still
}

// statement is one consented status that was told, and whose bit isn't set.
type statement struct {
	Entry       bonafide.StatusEntry `json:"entry"`
	Status      bonafide.Status      `json:"status"`
	ReliedUntil bonafide.Seconds     `json:"relied_until"`
}

// consentRef says which consent a refresh token stands for.
type consentRef struct {
	Member string `json:"member"`
	ID     string `json:"id"`
}

// maxStatements is how many statements under one consent may be relied on at once: a verifier needs a
// new one when the last has ended, once in 30 days, and when the holder asks for it.
const maxStatements = 100

func requestKey(uri string) []byte        { return store.Key("i", "consent-request", hash(uri)) }
func grantKey(code string) []byte         { return store.Key("i", "consent-code", hash(code)) }
func refreshKey(hashed string) []byte     { return store.Key("i", "consent-refresh", hashed) }
func consentKey(member, id string) []byte { return store.Key("i", "consent", member, id) }
func verifierKey(verifier bonafide.Origin) []byte {
	return store.Key("i", "consent-verifier", string(verifier))
}
func assertionKey(v bonafide.Origin, j string) []byte {
	return store.Key("i", "consent-assertion", string(v), hash(j))
}

// hash is what is kept of a secret that somebody else holds.
func hash(secret string) string {
	sum := sha256.Sum256([]byte(secret))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

// putUntil keeps a record that [forget] removes some time after it has expired.
func putUntil(tx store.Tx, key []byte, value any, expires bonafide.Seconds) error {
	if err := store.PutJSON(tx, key, value); err != nil {
		return err
	}
	return tx.Put(dueKey(expires, string(key)), nil)
}

func dueKey(at bonafide.Seconds, key ...string) []byte {
	return store.Key(append([]string{"i", "consent-due", fmt.Sprintf("%012d", at)}, key...)...)
}

// forget removes some of the records that have expired: each transaction that adds one calls it, and it
// removes more than that one adds; without any traffic RunDue does.
func forget(tx store.Tx, now time.Time) error {
	const atOnce = 32
	var due [][]byte
	expired := store.Range{From: store.Key("i", "consent-due"), To: dueKey(bonafide.SecondsOf(now))}
	err := tx.Scan(expired, func(key, _ []byte) (bool, error) {
		due = append(due, key)
		return len(due) < atOnce, nil
	})
	if err != nil {
		return err
	}
	for _, key := range due {
		if err := tx.Delete([]byte(store.Parts(key)[3])); err != nil {
			return err
		}
		if err := tx.Delete(key); err != nil {
			return err
		}
	}
	return nil
}

// remember keeps an assertion's id while it could be sent again, and refuses one that was.
func remember(tx store.Tx, client bonafide.Origin, a oauth.Assertion) error {
	key := assertionKey(client, a.ID)
	_, used, err := store.GetJSON[bool](tx, key)
	if err != nil {
		return err
	}
	restored, err := RestoredAt(tx)
	if err != nil {
		return err
	}
	if a.IssuedAt.Before(restored.Time()) {
		return oauth.Refuse(oauth.InvalidClient, bonafide.Errorf(bonafide.Replayed, "client_assertion", "it is of before the issuer's records were restored"))
	}
	if used {
		return oauth.Refuse(oauth.InvalidClient, bonafide.Errorf(bonafide.Replayed, "client_assertion", "its jti was used already"))
	}
	return putUntil(tx, key, true, bonafide.SecondsOf(a.Expires))
}

var secretKey = store.Key("i", "consent-secret")

// makeSecret makes the secret behind pseudonyms, once.
func makeSecret(tx store.Tx) error {
	_, found, err := store.GetJSON[[]byte](tx, secretKey)
	if err != nil || found {
		return err
	}
	secret := make([]byte, 32)
	rand.Read(secret)
	return store.PutJSON(tx, secretKey, secret)
}

// keyed returns 128 bits that only this issuer can derive from the parts.
func keyed(r store.Reader, parts ...string) (string, error) {
	secret, found, err := store.GetJSON[[]byte](r, secretKey)
	if err != nil {
		return "", err
	}
	if !found {
		return "", fmt.Errorf("the store holds no secret for pseudonyms")
	}
	mac := hmac.New(sha256.New, secret)
	mac.Write(store.Key(parts...))
	return base64.RawURLEncoding.EncodeToString(mac.Sum(nil)[:16]), nil
}

// pseudonym returns what the member is called towards one verifier: always the same, and unlike what
// any other verifier is told.
func pseudonym(r store.Reader, verifier bonafide.Origin, member string) (string, error) {
	return keyed(r, "pseudonym", string(verifier), member)
}

// tell returns what a verifier is told of a status: the claims consented to, coarsely. Without the claim
// to a level kind is always earned, which says nothing then.
func tell(exact bonafide.Status, claims []bonafide.Claim) bonafide.Status {
	told := bonafide.Status{
		Mechanism: exact.Mechanism, Version: exact.Version, Context: exact.Context,
		Kind: bonafide.Earned, AsOf: exact.AsOf, Sources: exact.Sources, State: exact.State,
	}
	for _, claim := range claims {
		switch claim {
		case bonafide.ClaimLevel:
			told.Level, told.Kind, told.EarnedLevel, told.Since = exact.Level, exact.Kind, exact.EarnedLevel, exact.Since
		case bonafide.ClaimMeasures:
			for _, m := range exact.Measures {
				told.Measures = append(told.Measures, m.Coarse())
			}
		case bonafide.ClaimAccountSince:
			told.AccountSince = exact.AccountSince
		}
	}
	return told
}
