package oauth

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"time"

	"bonafide.example"
	"bonafide.example/internal/fetch"
	"bonafide.example/internal/seal"
)

// Poster sends a form and returns the answer, whatever its status: a [*fetch.Client].
type Poster interface {
	PostForm(ctx context.Context, address string, form url.Values) (*fetch.Answer, error)
}

// Client is the verifier's half. It is safe for concurrent use.
type Client struct {
	Origin bonafide.Origin // the verifier's: its client_id
	Sealer *seal.Sealer    // with the key of its oauth_client.jwks, used for nothing else
	Fetch  Poster
	Now    func() time.Time
}

// Push sends the request to the issuer and returns where the holder is to be sent. An issuer that
// refuses it is [bonafide.IssuerRefused]; one that can't answer just now [bonafide.Unreachable], and one that can't be
// reached an error of the fetch package.
func (c *Client) Push(ctx context.Context, server *bonafide.AuthorizationServer, r Request) (string, error) {
	details, err := bonafide.MarshalJSON([]bonafide.AuthorizationDetails{r.Details})
	if err != nil {
		return "", err
	}
	if !server.Issuer.Owns(server.AuthorizationEndpoint) {
		return "", foreign(server, server.AuthorizationEndpoint)
	}
	pushed, err := post[Pushed](ctx, c, server, server.PushedRequestEndpoint, url.Values{
		"response_type":         {"code"},
		"redirect_uri":          {r.RedirectURI},
		"state":                 {r.State},
		"code_challenge":        {r.Challenge},
		"code_challenge_method": {"S256"},
		"authorization_details": {string(details)},
	}, 201)
	if err != nil {
		return "", err
	}
	return WithQuery(server.AuthorizationEndpoint, url.Values{"client_id": {string(c.Origin)}, "request_uri": {pushed.RequestURI}}), nil
}

// Exchange gives the code for a status. redirectURI and verifier are those of the request.
func (c *Client) Exchange(ctx context.Context, server *bonafide.AuthorizationServer, code, verifier, redirectURI string) (*TokenResponse, error) {
	return post[TokenResponse](ctx, c, server, server.TokenEndpoint, url.Values{
		"grant_type": {GrantCode}, "code": {code}, "code_verifier": {verifier}, "redirect_uri": {redirectURI},
	}, 200)
}

// Refresh asks for a new statement under a consent. details are those that were granted, with a new
// nonce. It fails with [bonafide.ConsentWithdrawn] when the consent is over.
func (c *Client) Refresh(ctx context.Context, server *bonafide.AuthorizationServer, refreshToken string, details *bonafide.AuthorizationDetails) (*TokenResponse, error) {
	asked, err := bonafide.MarshalJSON([]*bonafide.AuthorizationDetails{details})
	if err != nil {
		return nil, err
	}
	response, err := post[TokenResponse](ctx, c, server, server.TokenEndpoint, url.Values{
		"grant_type": {GrantRefresh}, "refresh_token": {refreshToken}, "authorization_details": {string(asked)},
	}, 200)
	if NameOf(err) == InvalidGrant {
		return nil, bonafide.Errorf(bonafide.ConsentWithdrawn, string(server.Issuer), "no longer takes the refresh token").Because(err)
	}
	return response, err
}

// ReadAnswer takes the parameters with which the holder comes back from the issuer, and returns the
// code. The caller has checked their state before. It fails with [bonafide.WrongIssuer] when another
// issuer answers (RFC 9207), with [bonafide.WrongAccount], [bonafide.NotCurrent] or
// [bonafide.ConsentDeclined] when the issuer says so, with [bonafide.Unreachable] when it can't answer just now,
// otherwise with [bonafide.IssuerRefused].
func ReadAnswer(query url.Values, server bonafide.Origin) (code string, err error) {
	if iss := query.Get("iss"); iss != string(server) {
		return "", bonafide.Errorf(bonafide.WrongIssuer, "iss", "%q is not %s, which was asked", cut(iss), server)
	}
	name := Name(query.Get("error"))
	if name == AccessDenied {
		code := bonafide.Code(query.Get("bonafide_error"))
		if !slices.Contains([]bonafide.Code{bonafide.WrongAccount, bonafide.NotCurrent}, code) {
			code = bonafide.ConsentDeclined
		}
		return "", bonafide.Errorf(code, string(server), "sent nothing back")
	}
	if name != "" {
		return "", refused(server, ErrorBody{Error: name, Description: query.Get("error_description")})
	}
	code = query.Get("code")
	if code == "" || len(code) > maxGrant {
		return "", bonafide.Errorf(bonafide.BadAnswer, "code", "is missing or longer than %d characters", maxGrant)
	}
	return code, nil
}

// post sends a form with the client's assertion to an endpoint of the issuer, and once more with another if it is
// refused for the moment.
func post[T any](ctx context.Context, c *Client, server *bonafide.AuthorizationServer, endpoint string, form url.Values, due int) (*T, error) {
	if !server.Issuer.Owns(endpoint) {
		return nil, foreign(server, endpoint)
	}
	form.Set("client_id", string(c.Origin))
	form.Set("client_assertion_type", AssertionType)
	answer, err := fetch.Twice(ctx, func() (*fetch.Answer, error) {
		assertion, err := c.assert(ctx, server.Issuer)
		if err != nil {
			return nil, err
		}
		form.Set("client_assertion", assertion)
		return c.Fetch.PostForm(ctx, endpoint, form)
	})
	if err != nil {
		return nil, err
	}
	if answer.Status != due {
		return nil, refusal(server.Issuer, endpoint, answer)
	}
	value, err := bonafide.ParsePeer[T](answer.Body)
	if err != nil {
		return nil, bonafide.Errorf(bonafide.BadAnswer, endpoint, "answers something else than is due").Because(err)
	}
	return &value, nil
}

// assert makes a client assertion for the issuer.
func (c *Client) assert(ctx context.Context, server bonafide.Origin) (string, error) {
	now := c.Now()
	return c.Sealer.Seal(ctx, bonafide.TypeAssertion, assertion{
		Issuer: c.Origin, Subject: c.Origin, Audience: string(server), ID: Random(),
		IssuedAt: bonafide.SecondsOf(now), Expires: bonafide.SecondsOf(now.Add(time.Minute)),
	})
}

// refusal reads an answer that isn't what is due. Who refuses for the moment (429, 5xx) is away.
func refusal(server bonafide.Origin, endpoint string, answer *fetch.Answer) error {
	body, err := bonafide.ParsePeer[ErrorBody](answer.Body)
	switch {
	case answer.Status == http.StatusTooManyRequests || answer.Status >= http.StatusInternalServerError:
		return bonafide.Errorf(bonafide.Unreachable, endpoint, "answers with status %d: %q", answer.Status, cut(body.Description)).Because(fetch.PutOff(answer.Header))
	case err != nil || body.Error == "":
		return bonafide.Errorf(bonafide.BadAnswer, endpoint, "answers with status %d and no OAuth error", answer.Status).Because(err)
	}
	return refused(server, body)
}

// refused tells in the issuer's own words, quoted and cut, that it refused, or can't answer just now.
func refused(server bonafide.Origin, body ErrorBody) error {
	code := bonafide.IssuerRefused
	if body.Error == TemporarilyUnavailable {
		code = bonafide.Unreachable
	}
	name := cut(string(body.Error))
	return Refuse(Name(name), bonafide.Errorf(code, string(server), "says %q: %q", name, cut(body.Description)))
}

func foreign(server *bonafide.AuthorizationServer, endpoint string) error {
	return bonafide.Errorf(bonafide.BadMetadata, endpoint, "is not on %s", server.Issuer)
}
