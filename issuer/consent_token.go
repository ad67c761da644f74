package issuer

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"time"

	"bonafide.example"
	"bonafide.example/internal/oauth"
	"bonafide.example/store"
)

// token gives a status for a code, or a new one for a refresh token (RFC 6749, sections 4.1.3 and 6).
func (i *Issuer) token(r *http.Request) (int, any, error) {
	form, client, assertion, err := i.authenticate(r)
	if err != nil {
		return 0, nil, err
	}
	if !i.consents.tokens.Allow(string(client.Issuer), i.now()) {
		return 0, nil, bonafide.Errorf(bonafide.RateLimited, string(client.Issuer), "asks for more than %d statuses a second", asksPerSecond)
	}
	t := &telling{issuer: i, ctx: r.Context(), form: form, client: client.Issuer, now: i.now()}
	var tell func(store.Tx) (*oauth.TokenResponse, error)
	switch form.Get("grant_type") {
	case oauth.GrantCode:
		tell = t.exchange
	case oauth.GrantRefresh:
		tell = t.refresh
	case "":
		return 0, nil, bonafide.Errorf(bonafide.BadRequest, "grant_type", "is missing")
	default:
		return 0, nil, oauth.Refuse(oauth.UnsupportedGrantType, bonafide.Errorf(bonafide.BadValue, "grant_type", "is not %s or %s", oauth.GrantCode, oauth.GrantRefresh))
	}
	var response *oauth.TokenResponse
	err = i.Store.Update(r.Context(), func(tx store.Tx) (err error) {
		if err = forget(tx, t.now); err != nil {
			return err
		}
		if err = remember(tx, t.client, assertion); err != nil {
			return err
		}
		response, err = tell(tx)
		return err
	})
	return http.StatusOK, response, err
}

// telling is one token request of an authenticated client. Its methods run within the transaction that
// writes down what is told: nothing leaves before that is on disk, and what is refused leaves no trace.
type telling struct {
	issuer *Issuer
	ctx    context.Context
	form   url.Values
	client bonafide.Origin
	now    time.Time
}

// exchange takes a code, once, and begins the consent.
func (t *telling) exchange(tx store.Tx) (*oauth.TokenResponse, error) {
	code := t.form.Get("code")
	g, found, err := store.GetJSON[grant](tx, grantKey(code))
	if err != nil {
		return nil, err
	}
	asked := &g.Request.Request
	switch {
	case !found || g.Request.Client != t.client || !t.now.Before(g.Expires.Time()):
		return nil, bonafide.Errorf(bonafide.BadGrant, "code", "is unknown, used, older than %s or another client's", oauth.CodeLife)
	case t.form.Get("redirect_uri") != asked.RedirectURI:
		return nil, bonafide.Errorf(bonafide.BadGrant, "redirect_uri", "is not that of the authorization request")
	}
	if err := oauth.CheckVerifier(t.form.Get("code_verifier"), asked.Challenge); err != nil {
		return nil, err
	}
	if err := tx.Delete(grantKey(code)); err != nil {
		return nil, err
	}
	refreshToken := oauth.Random()
	c := consent{
		ID: oauth.Random(), Member: g.Member, Verifier: t.client, Details: asked.Details, Refresh: hash(refreshToken),
		Given: bonafide.SecondsOf(t.now), Until: bonafide.SecondsOf(t.now.AddDate(0, 0, asked.Details.RetentionDays)),
	}
	if err := putUntil(tx, refreshKey(c.Refresh), consentRef{c.Member, c.ID}, c.Until); err != nil {
		return nil, err
	}
	return t.tell(tx, &c, refreshToken, c.Details)
}

// refresh tells the latest status under a consent. The refresh token stays the same: were it replaced, a
// crash on either side would lose the consent.
func (t *telling) refresh(tx store.Tx) (*oauth.TokenResponse, error) {
	refreshToken := t.form.Get("refresh_token")
	ref, found, err := store.GetJSON[consentRef](tx, refreshKey(hash(refreshToken)))
	if err != nil {
		return nil, err
	}
	var c consent
	if found {
		if c, found, err = store.GetJSON[consent](tx, consentKey(ref.Member, ref.ID)); err != nil {
			return nil, err
		}
	}
	if !found || c.Verifier != t.client || !t.now.Before(c.Until.Time()) {
		return nil, bonafide.Errorf(bonafide.BadGrant, "refresh_token", "is unknown, withdrawn, run out or another client's")
	}
	details := c.Details
	if parameter := t.form.Get("authorization_details"); parameter != "" {
		asked, err := oauth.ReadDetails(parameter, t.issuer.Origin)
		if err != nil {
			return nil, err
		}
		if !sameButNonce(asked, details) {
			return nil, oauth.Refuse(oauth.InvalidDetails, bonafide.Errorf(bonafide.BadValue, "authorization_details", "differs from what was granted in more than its nonce"))
		}
		details = asked
	}
	return t.tell(tx, &c, refreshToken, details)
}

func sameButNonce(a, b bonafide.AuthorizationDetails) bool {
	same := slices.Equal(a.Claims, b.Claims)
	return same && a.Mechanism == b.Mechanism && a.Purpose == b.Purpose && a.RetentionDays == b.RetentionDays && a.Badge == b.Badge
}

// tell makes a statement under the consent and writes both down.
func (t *telling) tell(tx store.Tx, c *consent, refreshToken string, details bonafide.AuthorizationDetails) (*oauth.TokenResponse, error) {
	m, err := t.issuer.mechanismAt(c.Details.Mechanism)
	if err != nil {
		return nil, err
	}
	exact, err := t.issuer.tellable(tx, m, c.Member, c.Details.Badge)
	if err != nil {
		return nil, err
	}
	if err := t.issuer.settleConsent(tx, c, m, exact); err != nil {
		return nil, err
	}
	if len(c.Statements) >= maxStatements {
		return nil, bonafide.Errorf(bonafide.RateLimited, "refresh_token", "%d statements under it may be relied on already", maxStatements)
	}
	stated, err := t.state(tx, c, exact, details.Nonce)
	if err != nil {
		return nil, err
	}
	if err := t.issuer.scheduleAsking(tx, m, c.Member); err != nil {
		return nil, err
	}
	if err := putUntil(tx, consentKey(c.Member, c.ID), c, c.Until); err != nil {
		return nil, err
	}
	if err := t.issuer.notice(tx, c.Verifier); err != nil {
		return nil, err
	}
	signed, err := t.issuer.sealer.Seal(t.ctx, bonafide.TypeStatus, stated)
	if err != nil {
		return nil, err
	}
	return &oauth.TokenResponse{
		AccessToken: oauth.Random(), TokenType: "Bearer", ExpiresIn: int64(bonafide.MaxAcceptance.Seconds()),
		RefreshToken: refreshToken, Details: []bonafide.AuthorizationDetails{details}, Status: signed,
	}, nil
}

// state adds a statement to the consent, with a fresh entry of a status list, and returns its payload.
func (t *telling) state(tx store.Tx, c *consent, exact bonafide.Status, nonce string) (*bonafide.ConsentedStatus, error) {
	subject, err := pseudonym(tx, c.Verifier, c.Member)
	if err != nil {
		return nil, err
	}
	entry, err := t.issuer.allocate(tx, statementList, c.ID)
	if err != nil {
		return nil, err
	}
	issued := bonafide.SecondsOf(t.now)
	c.ToldAt, c.Told = issued, tell(exact, c.Details.Claims)
	reliedUntil := min(bonafide.SecondsOf(t.now.Add(bonafide.MaxReliance)), c.Until)
	c.Statements = append(c.Statements, statement{entry, c.Told, reliedUntil})
	return &bonafide.ConsentedStatus{
		Issuer: t.issuer.Origin, Audience: c.Verifier, Subject: subject, Nonce: nonce, ID: oauth.Random(),
		IssuedAt: issued, Expires: bonafide.SecondsOf(t.now.Add(bonafide.MaxAcceptance)), ReliedUntil: reliedUntil,
		Status: c.Told, CredentialStatus: entry,
	}, nil
}
