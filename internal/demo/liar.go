package demo

import (
	"bytes"
	"context"
	"net/http"
	"strconv"

	"bonafide.example"
	"bonafide.example/internal/seal"
)

// liar stands before bazar's token endpoint. While it has a lie to tell, it puts that in the place of
// the consented status in bazar's answers.
type liar struct {
	honest http.Handler
	sealer *seal.Sealer // bazar's own key: the lies are well signed unless the lie is the signature
	keys   seal.KeySet
	tell   func(token string) (string, error)
}

// newLiar places the liar.
func newLiar(p *Place) (*liar, error) {
	key, err := seal.PublicJWK(p.Keys.Credential.Public())
	if err != nil {
		return nil, err
	}
	l := &liar{honest: p.handler}
	if l.sealer, err = seal.NewSealer(p.Keys.Credential, p.Origin.DID()+"#"+key.Kid); err != nil {
		return nil, err
	}
	key.Kid = l.sealer.KeyID()
	if l.keys, err = seal.ParseKeySet(bonafide.JWKS{Keys: []bonafide.JWK{key}}); err != nil {
		return nil, err
	}
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
	body, err := l.lie(answer.body.Bytes())
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	for name, values := range answer.header {
		w.Header()[name] = values
	}
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(max(answer.status, http.StatusOK))
	w.Write(body)
}

// lie replaces the consented status in a token response.
func (l *liar) lie(body []byte) ([]byte, error) {
	response, err := bonafide.ParsePeer[map[string]any](body)
	if err != nil {
		return nil, err
	}
	token, _ := response["bonafide_status"].(string)
	if response["bonafide_status"], err = l.tell(token); err != nil {
		return nil, err
	}
	return bonafide.MarshalJSON(response)
}

// with lets the liar tell a changed statement, signed by bazar, while do is done.
func (l *liar) with(ctx context.Context, change func(*bonafide.ConsentedStatus), do func(context.Context) error) error {
	return l.withToken(ctx, func(text string) (string, error) {
		token, err := seal.Parse(text, bonafide.TypeStatus)
		if err != nil {
			return "", err
		}
		statement, err := seal.OpenAs[bonafide.ConsentedStatus](token, l.keys)
		if err != nil {
			return "", err
		}
		change(&statement)
		return l.sealer.Seal(ctx, bonafide.TypeStatus, &statement)
	}, do)
}

func (l *liar) withToken(ctx context.Context, tell func(string) (string, error), do func(context.Context) error) error {
	l.tell = tell
	defer func() { l.tell = nil }()
	return do(ctx)
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
