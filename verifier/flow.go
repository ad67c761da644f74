package verifier

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"time"

	"bonafide.example"
	"bonafide.example/store"
)

// flowLife is how long an import that was begun may take.
const flowLife = 10 * time.Minute

// flow is an import that was begun: what the issuer's answer must fit.
type flow struct {
	State        string                        `json:"state"`
	Account      string                        `json:"account"`
	Browser      string                        `json:"browser"` // the hash of the cookie of the browser that began it
	Issuer       bonafide.Origin               `json:"issuer"`
	Details      bonafide.AuthorizationDetails `json:"details"`       // what was asked for
	CodeVerifier string                        `json:"code_verifier"` // PKCE (RFC 7636)
	Expires      time.Time                     `json:"expires"`
	Used         bool                          `json:"used"` // an answer to it was taken
}

func flowKey(state string) []byte { return store.Key("verifier", "flow", state) }

// claim takes the one answer that a flow may have, before anything is asked of the issuer: of many that
// come at once, one goes on. browser is the cookie of the request, account who is signed in, issuer the
// answer's iss parameter (RFC 9207).
func (v *Verifier) claim(ctx context.Context, state, browser, account, issuer string) (flow, error) {
	var f flow
	err := v.config.Store.Update(ctx, func(tx store.Tx) (err error) {
		f, err = v.underWay(tx, state)
		switch {
		case err != nil:
			return err
		case subtle.ConstantTimeCompare([]byte(f.Browser), []byte(hashed(browser))) != 1:
			return bonafide.Errorf(bonafide.WrongState, "state", "belongs to an import that another browser began")
		case f.Account != account:
			return bonafide.Errorf(bonafide.WrongState, "state", "belongs to an import that another account began")
		case f.Used:
			return bonafide.Errorf(bonafide.Replayed, "state", "belongs to an import that was answered already")
		case issuer != string(f.Issuer):
			return bonafide.Errorf(bonafide.WrongIssuer, "iss", "is %q, but %q was asked", issuer, string(f.Issuer))
		}
		f.Used = true
		return store.PutJSON(tx, flowKey(state), f)
	})
	return f, err
}

// underWay returns a flow that is neither too old nor, by its holder, erased.
func (v *Verifier) underWay(r store.Reader, state string) (flow, error) {
	f, found, err := store.GetJSON[flow](r, flowKey(state))
	if err == nil && (!found || !v.now().Before(f.Expires)) {
		err = bonafide.Errorf(bonafide.WrongState, "state", "names no import under way")
	}
	return f, err
}

// hashed returns the SHA-256 of s: who reads the store can't take over an import.
func hashed(s string) string {
	sum := sha256.Sum256([]byte(s))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}
