package peer

import (
	"encoding/json"
	"maps"
	"net/http"
	"net/url"
	"slices"

	"bonafide.example/conformance"
	"bonafide.example/conformance/wire"
)

// Push takes a pushed request. Whether the verifier proves who it is isn't looked at here: cases do, by [Site.Requests].
func (i *Issuer) Push(w http.ResponseWriter, r *http.Request) {
	details, err := conformance.Decode([]byte(r.PostForm.Get("authorization_details")))
	first, ok := wire.At(details, 0).(wire.Object)
	if err != nil || !ok {
		refuse(w, http.StatusBadRequest, "invalid_authorization_details", "bad-value")
		return
	}
	uri := "urn:ietf:params:oauth:request_uri:" + wire.Random(16)
	i.mutex.Lock()
	i.pushed[uri] = Asked{
		Client: r.PostForm.Get("client_id"), Redirect: r.PostForm.Get("redirect_uri"), State: r.PostForm.Get("state"),
		Challenge: r.PostForm.Get("code_challenge"), Details: first,
	}
	i.mutex.Unlock()
	answer(w, http.StatusCreated, wire.Object{"request_uri": uri, "expires_in": 600})
}

// Authorize consents, and sends the browser back with a code.
func (i *Issuer) Authorize(w http.ResponseWriter, r *http.Request) {
	back, err := i.Consent(r.URL.Query().Get("request_uri"))
	if err != nil {
		http.Error(w, err.Error(), http.StatusUnprocessableEntity)
		return
	}
	http.Redirect(w, r, back, http.StatusSeeOther)
}

// Consent gives the holder's consent to a pushed request, and returns where the browser goes then.
func (i *Issuer) Consent(requestURI string) (string, error) {
	i.mutex.Lock()
	defer i.mutex.Unlock()
	asked, ok := i.pushed[requestURI]
	if !ok {
		return "", errUnknown
	}
	code := wire.Random(16)
	asked.Subject = i.Subject
	i.codes[code] = asked
	return asked.Back(url.Values{"code": {code}, "iss": {i.Origin}}), nil
}

// Back returns the address by which a browser brings an answer to the verifier. The state is added.
func (a Asked) Back(answer url.Values) string {
	if a.State != "" {
		answer.Set("state", a.State)
	}
	return a.Redirect + "?" + answer.Encode()
}

// Pushed returns what was pushed under a request_uri.
func (i *Issuer) Pushed(requestURI string) (Asked, bool) {
	i.mutex.Lock()
	defer i.mutex.Unlock()
	asked, ok := i.pushed[requestURI]
	return asked, ok
}

// Token exchanges a code or a refresh token for a statement.
func (i *Issuer) Token(w http.ResponseWriter, r *http.Request) {
	response, err := i.Grant(r.PostForm)
	if err != nil {
		refuse(w, http.StatusBadRequest, "invalid_grant", "bad-grant")
		return
	}
	answer(w, http.StatusOK, response)
}

// Grant returns the honest response to the form of a token request.
func (i *Issuer) Grant(form url.Values) (wire.Object, error) {
	i.mutex.Lock()
	defer i.mutex.Unlock()
	refresh := form.Get("refresh_token")
	asked, ok := i.consents[refresh]
	if form.Get("grant_type") == "authorization_code" {
		refresh = wire.Random(32)
		asked, ok = i.codes[form.Get("code")]
		delete(i.codes, form.Get("code"))
		ok = ok && wire.Challenge(form.Get("code_verifier")) == asked.Challenge
	}
	if !ok {
		return nil, errUnknown
	}
	if text := form.Get("authorization_details"); text != "" {
		details, err := conformance.Decode([]byte(text))
		if err != nil {
			return nil, err
		}
		asked.Details, _ = wire.At(details, 0).(wire.Object)
	}
	i.consents[refresh] = asked
	return i.respond(asked, refresh)
}

// respond returns the token response to what was asked. The lock is held.
func (i *Issuer) respond(asked Asked, refresh string) (wire.Object, error) {
	now := i.Now().Unix()
	statement := wire.Object{
		"iss": i.Origin, "aud": asked.Client, "sub": asked.Subject, "nonce": asked.Details["nonce"], "jti": wire.Random(24),
		"iat": now, "exp": now + 600, "relied_until": now + 30*86400,
		"status": consented(i.Status, wire.Strings(asked.Details, "claims")), "credentialStatus": i.told.Entry(i.told.Take()),
	}
	if i.Alter != nil {
		i.Alter(statement)
	}
	i.Last = statement
	token, err := i.Seal("bonafide-status+jwt", statement)
	if err != nil {
		return nil, err
	}
	response := wire.Object{
		"access_token": wire.Random(16), "token_type": "Bearer", "expires_in": 600, "refresh_token": refresh,
		"authorization_details": []any{asked.Details}, "bonafide_status": token,
	}
	if i.Answer != nil {
		i.Answer(response)
	}
	return response, nil
}

// consented returns what of a status is told under these claims.
func consented(status wire.Object, claims []string) wire.Object {
	told := maps.Clone(status)
	for claim, fields := range map[string][]string{
		"level": {"level", "earned_level", "since"}, "measures": {"measures"}, "account_since": {"account_since"},
	} {
		for _, field := range fields {
			if !slices.Contains(claims, claim) {
				delete(told, field)
			}
		}
	}
	return told
}

// Revoked ends all consents: refreshing is refused from now on.
func (i *Issuer) Revoked() {
	i.mutex.Lock()
	defer i.mutex.Unlock()
	clear(i.consents)
}

func answer(w http.ResponseWriter, status int, value any) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	if err := json.NewEncoder(w).Encode(value); err != nil {
		return // whoever asked is gone
	}
}

func refuse(w http.ResponseWriter, status int, name, code string) {
	answer(w, status, wire.Object{"error": name, "error_description": "refused by the suite", "bonafide_error": code})
}
