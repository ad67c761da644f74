package issuer

import (
	"net/http"
	"net/url"
	"strings"

	"bonafide.example"
	"bonafide.example/internal/oauth"
	"bonafide.example/internal/web"
	"bonafide.example/store"
)

// push answers a pushed authorization request (RFC 9126).
func (i *Issuer) push(r *http.Request) (int, any, error) {
	form, client, assertion, err := i.authenticate(r)
	if err != nil {
		return 0, nil, err
	}
	if !i.consents.pushes.Allow(string(client.Issuer), i.now()) {
		return 0, nil, bonafide.Errorf(bonafide.RateLimited, string(client.Issuer), "pushes more than %d requests a second", asksPerSecond)
	}
	asked, err := oauth.ReadRequest(form, client, i.Origin)
	if err != nil {
		return 0, nil, err
	}
	if _, err := i.mechanismAt(asked.Details.Mechanism); err != nil {
		return 0, nil, oauth.Refuse(oauth.InvalidDetails, err)
	}
	now := i.now()
	pushed := oauth.Pushed{RequestURI: oauth.RequestURIPrefix + oauth.Random(), ExpiresIn: int64(oauth.RequestLife.Seconds())}
	kept := request{
		Client: client.Issuer, Name: client.Metadata.OAuthClient.ClientName, Request: asked,
		Expires: bonafide.SecondsOf(now.Add(oauth.RequestLife)),
	}
	err = i.Store.Update(r.Context(), func(tx store.Tx) error {
		if err := forget(tx, now); err != nil {
			return err
		}
		if err := remember(tx, client.Issuer, assertion); err != nil {
			return err
		}
		if err := makeSecret(tx); err != nil {
			return err
		}
		if err := store.PutJSON(tx, verifierKey(client.Issuer), bonafide.SecondsOf(now)); err != nil {
			return err
		}
		return putUntil(tx, requestKey(pushed.RequestURI), kept, kept.Expires)
	})
	return http.StatusCreated, pushed, err
}

// authenticate reads a client's form and tells whether it is from the verifier that it names, and
// whether that one is answered.
func (i *Issuer) authenticate(r *http.Request) (form url.Values, client *bonafide.EntityConfiguration, a oauth.Assertion, err error) {
	if form, err = web.Form(r); err != nil {
		return nil, nil, a, err
	}
	verifier, err := oauth.ClientOf(form)
	if err != nil {
		return nil, nil, a, err
	}
	if client, err = i.admit(r.Context(), verifier); err != nil {
		return nil, nil, a, unresolved(err)
	}
	a, err = oauth.Authenticate(form, client, i.Origin, i.now())
	return form, client, a, err
}

// unresolved names the error of a verifier that couldn't be looked up: what may pass is told apart from
// what it publishes wrongly.
func unresolved(err error) error {
	switch code := bonafide.CodeOf(err); {
	case code == bonafide.NotAdmitted || code == bonafide.RateLimited || code == bonafide.Internal:
		return err
	case code == bonafide.Unreachable || code == bonafide.FetchBudget:
		return oauth.Refuse(oauth.TemporarilyUnavailable, err)
	default:
		return oauth.Refuse(oauth.InvalidClient, err)
	}
}

// mechanismAt returns the mechanism at an address of this issuer.
func (i *Issuer) mechanismAt(address string) (*bonafide.Mechanism, error) {
	slug, ok := strings.CutPrefix(address, string(i.Origin)+"/mechanisms/")
	if !ok {
		return nil, bonafide.Errorf(bonafide.NotFound, address, "is not a mechanism of %s", i.Origin)
	}
	return i.Mechanism(slug)
}
