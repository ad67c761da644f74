package oauth_test

import (
	"bytes"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"bonafide.example"
	"bonafide.example/internal/need"
	"bonafide.example/internal/oauth"
	"bonafide.example/internal/seal"
	"bonafide.example/internal/web"
	"bonafide.example/issuer"
	"bonafide.example/store/bolt"
	"github.com/go-json-experiment/json/jsontext"
	"github.com/stretchr/testify/require"
)

// TestOpenIDClient has npm's openid-client, which knows nothing of this project, complete the consented
// query against an issuer on loopback.
func TestOpenIDClient(t *testing.T) {
	folder := need.NPM(t, "testdata/openid-client")
	key, asker := serveVerifier(t)
	origin, keys := serveIssuer(t)
	private, err := key.MarshalText()
	require.NoError(t, err)
	asked := bonafide.AuthorizationDetails{
		Type: bonafide.DetailsType, Mechanism: string(origin) + "/mechanisms/seller", Claims: []bonafide.Claim{bonafide.ClaimLevel},
		Purpose: say("To set your level."), RetentionDays: 90, Nonce: "nonce-of-the-request",
	}
	given, err := bonafide.MarshalJSON(map[string]any{
		"issuer": origin, "client_id": asker, "redirect_uri": string(asker) + "/back", "member": "alice",
		"key": jsontext.Value(private), "details": asked,
	})
	require.NoError(t, err)

	drive := exec.Command("node", "drive.js")
	drive.Dir, drive.Stdin = folder, bytes.NewReader(given)
	var complained strings.Builder
	drive.Stderr = &complained
	said, err := drive.Output()
	require.NoError(t, err, complained.String())
	result, err := bonafide.Parse[struct {
		First  string `json:"first"`
		Second string `json:"second"`
		Error  string `json:"error"`
	}](said)
	require.NoError(t, err)

	require.Equal(t, string(oauth.InvalidGrant), result.Error, "after the withdrawal")
	first, second := openStatement(t, result.First, keys), openStatement(t, result.Second, keys)
	require.NoError(t, first.Check(asker, asked.Nonce, time.Now()))
	require.NoError(t, second.Check(asker, "nonce-of-the-refresh", time.Now()))
	require.Equal(t, "gold", first.Status.Level)
	require.Equal(t, first.Subject, second.Subject)
}

func openStatement(t *testing.T, token string, keys seal.KeySet) bonafide.ConsentedStatus {
	parsed, err := seal.Parse(token, bonafide.TypeStatus)
	require.NoError(t, err)
	stated, err := seal.OpenAs[bonafide.ConsentedStatus](parsed, keys)
	require.NoError(t, err)
	return stated
}

func say(s string) bonafide.Text { return bonafide.Text{EN: s, FR: s} }

// listen starts a server that answers under a name of .localhost.
func listen(t *testing.T, name string, handler *http.ServeMux) bonafide.Origin {
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	return bonafide.Origin(strings.Replace(server.URL, "127.0.0.1", name+".localhost", 1))
}

// serveVerifier serves the entity configuration of a verifier, and returns the key of its assertions.
func serveVerifier(t *testing.T) (*seal.PrivateKey, bonafide.Origin) {
	client, clientJWK := generate(t)
	federation, federationJWK := generate(t)
	sealer, err := seal.NewSealer(federation, federationJWK.Kid)
	require.NoError(t, err)
	mux := http.NewServeMux()
	origin := listen(t, "outils", mux)
	mux.HandleFunc("GET /.well-known/openid-federation", func(w http.ResponseWriter, r *http.Request) {
		token, err := sealer.Seal(r.Context(), bonafide.TypeEntity, &bonafide.EntityConfiguration{
			Issuer: origin, Subject: origin, IssuedAt: bonafide.SecondsOf(time.Now()), Expires: bonafide.SecondsOf(time.Now().Add(time.Hour)),
			JWKS: bonafide.JWKS{Keys: []bonafide.JWK{federationJWK}},
			Metadata: bonafide.Metadata{OAuthClient: &bonafide.OAuthClient{
				ClientName: "Outils", RedirectURIs: []string{string(origin) + "/back"}, AuthMethod: oauth.AuthMethod,
				GrantTypes: []string{oauth.GrantCode, oauth.GrantRefresh}, JWKS: bonafide.JWKS{Keys: []bonafide.JWK{clientJWK}},
			}},
		})
		if err != nil {
			web.Problem(w, err)
			return
		}
		w.Header().Set("Content-Type", "application/"+string(bonafide.TypeEntity))
		io.WriteString(w, token)
	})
	return client, origin
}

// serveIssuer serves an issuer on which Alice is gold, and returns the keys that open what it signs.
func serveIssuer(t *testing.T) (bonafide.Origin, seal.KeySet) {
	kept, err := bolt.Open(filepath.Join(t.TempDir(), "store"))
	require.NoError(t, err)
	t.Cleanup(func() { kept.Close() })
	signer, err := seal.GenerateKey()
	require.NoError(t, err)
	mux := http.NewServeMux()
	origin := listen(t, "bazar", mux)
	i, err := issuer.New(issuer.Config{
		Origin: origin, Name: "Bazar", Store: kept, Signer: signer, Local: true,
		Admission: issuer.Admission{Policy: issuer.AdmitOpen}, Log: slog.New(slog.NewTextHandler(io.Discard, nil)),
		SignIn: bonafide.SignIn{Account: func(r *http.Request) (bonafide.Account, bool) {
			id := r.Header.Get("Test-Member")
			return bonafide.Account{ID: id}, id != ""
		}},
		Mechanisms: []bonafide.Mechanism{{
			ID: string(origin) + "/mechanisms/seller", Version: 1, Date: "2026-01-01", Context: "selling", Scale: bonafide.Ordinal,
			Name: say("Seller"), Meaning: say("Sales went well."), Levels: []bonafide.Level{{ID: "gold", Name: say("Gold"), Sentence: say("Has sold.")}},
			Rule:     bonafide.Rule{Points: &bonafide.PointsRule{Kinds: map[string]int64{"sale": 1}, Levels: []int64{1}}},
			WhoRates: say("Buyers."), Falls: say("It doesn't."), Recovers: say("It needn't."), NotSaid: say("Prices."),
		}},
	})
	require.NoError(t, err)
	mux.Handle("/", i.Handler())
	mux.HandleFunc("GET /.well-known/oauth-authorization-server", func(w http.ResponseWriter, r *http.Request) {
		web.JSON(w, http.StatusOK, i.AuthorizationServer())
	})
	_, err = i.Record(t.Context(), issuer.Event{ID: "1", Member: "alice", Mechanism: "seller", Kind: "sale", At: time.Now()})
	require.NoError(t, err)

	document, err := seal.DIDDocument(origin, signer.Public())
	require.NoError(t, err)
	data, err := bonafide.MarshalJSON(document)
	require.NoError(t, err)
	keys, err := seal.ParseDIDDocument(data, origin)
	require.NoError(t, err)
	return origin, keys
}
