package verifier

import (
	"bytes"
	"context"
	"math/rand/v2"
	"time"

	"bonafide.example"
	"bonafide.example/internal/fetch"
	"bonafide.example/internal/oauth"
	"bonafide.example/store"
	"github.com/google/uuid"
)

// retentionDays is how long a consent is asked for: until it ends, an input can be followed.
const retentionDays = int(bonafide.MaxConsent / (24 * time.Hour))

// begin starts an import of a mechanism's status for an account: it pushes the request to the issuer,
// keeps the flow, and returns where the browser is to be sent. badge is the badge's address if the
// import began from one. browser is the browser's cookie.
func (v *Verifier) begin(ctx context.Context, account, browser, mechanism, badge string) (string, error) {
	tables, err := v.tables(ctx)
	if err != nil {
		return "", err
	}
	naming := tables.of(mechanism)
	if len(naming) == 0 {
		return "", bonafide.Errorf(bonafide.NotRecognised, mechanism, "is named in no conversion table of this site")
	}
	issuer := naming[0].From.Issuer
	if err := v.trust(ctx, issuer); err != nil {
		return "", err
	}
	details := bonafide.AuthorizationDetails{
		Type: bonafide.DetailsType, Mechanism: mechanism, Claims: naming.claims(), Purpose: v.config.Purpose,
		RetentionDays: retentionDays, Nonce: oauth.Random(), Badge: badge,
	}
	if err := details.Validate(); err != nil {
		return "", err
	}
	ctx, cancel := fetch.Budget(ctx)
	defer cancel()
	server, err := v.server(ctx, issuer)
	if err != nil {
		return "", err
	}
	codeVerifier, challenge := oauth.NewPKCE()
	state := oauth.Random()
	address, err := v.client.Push(ctx, server, oauth.Request{RedirectURI: v.redirectURI(), State: state, Challenge: challenge, Details: details})
	if err != nil {
		return "", err
	}
	f := flow{
		State: state, Account: account, Browser: hashed(browser), Issuer: issuer, Details: details,
		CodeVerifier: codeVerifier, Expires: v.now().Add(flowLife),
	}
	return address, v.config.Store.Update(ctx, func(tx store.Tx) error { return store.PutJSON(tx, flowKey(state), f) })
}

// server returns the issuer's OAuth endpoints, as it publishes them itself.
func (v *Verifier) server(ctx context.Context, issuer bonafide.Origin) (*bonafide.AuthorizationServer, error) {
	entity, err := v.fetch.Entity(ctx, issuer)
	if err != nil {
		return nil, err
	}
	if entity.Metadata.AuthorizationServer == nil {
		return nil, bonafide.Errorf(bonafide.BadMetadata, string(issuer), "publishes no oauth_authorization_server")
	}
	return entity.Metadata.AuthorizationServer, nil
}

// finish exchanges the code of a claimed flow for a statement, checks it, and keeps it as an input, whose id it returns.
func (v *Verifier) finish(ctx context.Context, f flow, code string) (id string, err error) {
	ctx, cancel := fetch.Budget(ctx)
	defer cancel()
	server, err := v.server(ctx, f.Issuer)
	if err != nil {
		return "", err
	}
	response, err := v.client.Exchange(ctx, server, code, f.CodeVerifier, v.redirectURI())
	if err != nil {
		return "", err
	}
	s, err := v.open(ctx, response, f.Issuer, &f.Details)
	if err != nil {
		return "", err
	}
	if err := v.fit(ctx, s.mechanism); err != nil {
		return "", err
	}
	return v.grant(ctx, f, s)
}

// grant keeps the statement as an input of the flow's account, or in place of the one that the same
// subject fed before. A subject that feeds another account is refused with already-imported. A referral of
// that subject which the account redeemed ends: nobody stands behind themselves. It returns the input's id.
func (v *Verifier) grant(ctx context.Context, f flow, s *statement) (id string, err error) {
	fresh := uuid.NewString()
	err = v.config.Store.Update(ctx, func(tx store.Tx) error {
		if _, err := v.underWay(tx, f.State); err != nil { // what was erased meanwhile stays erased
			return err
		}
		if err := v.accept(tx, s); err != nil {
			return err
		}
		in := &input{ID: fresh, Account: f.Account, ImportedAt: v.now()}
		in.take(s, v.now())
		of := store.Prefix(subjectKey(s.Issuer, s.Subject))
		err := store.ScanJSON(tx, of, func(key []byte, fed feed) (bool, error) {
			if fed.Account != f.Account {
				return false, bonafide.Errorf(bonafide.AlreadyImported, string(s.Issuer), "its account that answered feeds another account here")
			}
			if bytes.Equal(key, in.subjectKey()) {
				in.ID = fed.ID
			}
			return true, nil
		})
		if err != nil {
			return err
		}
		id = in.ID
		if err := in.put(tx); err != nil {
			return err
		}
		return v.endOwn(tx, f.Account, s.Issuer, s.Subject)
	})
	return id, err
}

// take puts a statement into the input, in place of the one before.
func (in *input) take(s *statement, now time.Time) {
	in.Token, in.Statement, in.Details, in.RefreshToken = s.token, s.ConsentedStatus, s.details, s.refreshToken
	in.StatedAt, in.Ended, in.Failures, in.Failure = now, false, 0, ""
	in.RefreshAt = now.Add(refreshDelay(s.ReliedUntil.Time().Sub(now)))
}

// refreshDelay returns a random time within 30 days and within how long the statement may be relied on:
// nobody can tell from when a site asks what else happened then.
func refreshDelay(reliance time.Duration) time.Duration {
	return rand.N(max(min(reliance, bonafide.MaxReliance), time.Minute))
}
