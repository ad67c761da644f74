package demo

import (
	"bytes"
	"context"
	"encoding/base64"
	"net/http"
	"strconv"
	"strings"

	"bonafide.example"
	"bonafide.example/internal/seal"
)

// liar stands before an issuer's token endpoint. While it has a lie to tell, it puts that in the place
// of the consented status in the issuer's answers.
type liar struct {
	honest http.Handler
	sealer *seal.Sealer // with the issuer's own key: lies are well signed unless the lie is the signature
	tell   lie
}

// lie takes the consented status that is the truth, and returns what is told instead.
type lie func(ctx context.Context, truth string) (string, error)

// newLiar places a liar at a site. It is silent at first.
func newLiar(p *Place) (*liar, error) {
	sealer, err := seal.ForOrigin(p.Origin, p.Keys.Credential)
	if err != nil {
		return nil, err
	}
	l := &liar{honest: p.handler, sealer: sealer}
	p.handler = l
	return l, nil
}

func (l *liar) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if l.tell == nil || r.URL.Path != "/oauth/token" {
		l.honest.ServeHTTP(w, r)
		return
	}
	answer := &kept{header: http.Header{}}
	l.honest.ServeHTTP(answer, r)
	body := answer.body.Bytes()
	if answer.status < http.StatusBadRequest { // what is refused is asked again
		var err error
		if body, err = l.lie(r.Context(), body); err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
	}
	for name, values := range answer.header {
		w.Header()[name] = values
	}
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(max(answer.status, http.StatusOK))
	w.Write(body)
}

// lie replaces the consented status in a token response.
func (l *liar) lie(ctx context.Context, body []byte) ([]byte, error) {
	response, err := bonafide.ParsePeer[map[string]any](body)
	if err != nil {
		return nil, err
	}
	truth, _ := response["bonafide_status"].(string)
	if response["bonafide_status"], err = l.tell(ctx, truth); err != nil {
		return nil, err
	}
	return bonafide.MarshalJSON(response)
}

// while lets the liar lie while something is done.
func (l *liar) while(tell lie, do deed) deed {
	return func(ctx context.Context) error {
		l.tell = tell
		defer func() { l.tell = nil }()
		return do(ctx)
	}
}

// changed is the lie of a changed statement, signed by the given sealer.
func (l *liar) changed(by *seal.Sealer, change func(*bonafide.ConsentedStatus)) lie {
	return func(ctx context.Context, truth string) (string, error) {
		statement, err := l.opened(truth)
		if err != nil {
			return "", err
		}
		change(&statement)
		return by.Seal(ctx, bonafide.TypeStatus, &statement)
	}
}

// opened returns what a consented status of the issuer says.
func (l *liar) opened(text string) (bonafide.ConsentedStatus, error) {
	token, err := seal.Parse(text, bonafide.TypeStatus)
	if err != nil {
		return bonafide.ConsentedStatus{}, err
	}
	keys, err := l.sealer.Keys()
	if err != nil {
		return bonafide.ConsentedStatus{}, err
	}
	return seal.OpenAs[bonafide.ConsentedStatus](token, keys)
}

// another is the lie of another token in the statement's place.
func another(token string) lie {
	return func(context.Context, string) (string, error) { return token, nil }
}

// otherSignature returns the token with another signature of the right form.
func otherSignature(token string) string {
	i := strings.LastIndexByte(token, '.') + 1
	other := byte('A')
	if token[i] == other {
		other = 'B'
	}
	return token[:i] + string(other) + token[i+1:]
}

// otherPayload returns the token with one word of its payload replaced by another.
func otherPayload(token, word, other string) (string, error) {
	parts := strings.Split(token, ".")
	payload, err := base64.RawURLEncoding.DecodeString(parts[1])
	if err != nil {
		return "", err
	}
	parts[1] = base64.RawURLEncoding.EncodeToString(bytes.ReplaceAll(payload, []byte(word), []byte(other)))
	return strings.Join(parts, "."), nil
}

// kept is an answer that isn't sent yet.
type kept struct {
	header http.Header
	status int
	body   bytes.Buffer
}

func (k *kept) Header() http.Header            { return k.header }
func (k *kept) WriteHeader(status int)         { k.status = status }
func (k *kept) Write(data []byte) (int, error) { return k.body.Write(data) }
