package awkward_test

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"io"
	"io/fs"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"

	"bonafide.example"
	"bonafide.example/internal/awkward"
	"bonafide.example/internal/demo"
	"bonafide.example/internal/fetch"
	"bonafide.example/internal/need"
	"bonafide.example/spec"
	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/stretchr/testify/require"
)

// world is an awkward demo, and a client of it.
type world struct {
	*testing.T
	*demo.World
	handler http.Handler // bazar's
	client  *fetch.Client
	schemas *jsonschema.Compiler
}

func newWorld(t *testing.T) *world {
	made, err := demo.New(t.Context(), demo.Config{Awkward: true, Log: slog.New(slog.DiscardHandler)})
	require.NoError(t, err)
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- made.Run(ctx) }()
	t.Cleanup(func() {
		stop()
		require.NoError(t, <-ended)
		require.NoError(t, made.Close())
	})
	client, err := fetch.New(fetch.Config{Local: true, Now: made.Clock.Now})
	require.NoError(t, err)
	w := &world{t, made, awkward.Handler(made.Bazar.Site), client, jsonschema.NewCompiler()}
	names, err := fs.Glob(spec.FS, "v1/schema/*.json")
	require.NoError(t, err)
	for _, name := range names {
		text, err := fs.ReadFile(spec.FS, name)
		require.NoError(t, err)
		require.NoError(t, w.schemas.AddResource("https://bonafide.example/spec/"+name, decoded(t, text)))
	}
	return w
}

func decoded(t *testing.T, text []byte) any {
	value, err := jsonschema.UnmarshalJSON(strings.NewReader(string(text)))
	require.NoError(t, err, "%s", text)
	return value
}

// fits requires that a JSON text fits the schema of its kind.
func (w *world) fits(kind string, text []byte) {
	schema, err := w.schemas.Compile("https://bonafide.example/spec/v1/schema/" + kind + ".json")
	require.NoError(w, err)
	require.NoError(w, schema.Validate(decoded(w.T, text)), "%s: %s", kind, text)
}

// get asks bazar as a program would, and again when it is refused.
func (w *world) get(path string) *httptest.ResponseRecorder {
	for range 2 {
		answer := w.ask(httptest.NewRequest(http.MethodGet, path, nil))
		if answer.Code == http.StatusOK {
			return answer
		}
		w.fits("problem", answer.Body.Bytes())
	}
	require.Fail(w, "refused twice", path)
	return nil
}

func (w *world) ask(r *http.Request) *httptest.ResponseRecorder {
	answer := httptest.NewRecorder()
	w.handler.ServeHTTP(answer, r)
	for name, values := range answer.Header() { // as whatever reads them over HTTP
		answer.Header()[http.CanonicalHeaderKey(name)] = values
	}
	require.Equal(w, "nosniff", answer.Header().Get("X-Content-Type-Options"), r.URL.Path)
	return answer
}

// payload returns what a token says.
func (w *world) payload(token []byte) []byte {
	payload, err := base64.RawURLEncoding.DecodeString(strings.Split(string(token), ".")[1])
	require.NoError(w, err)
	return payload
}

func path(address string) string {
	return address[len("http://")+strings.IndexByte(address[len("http://"):], '/'):]
}

// Whatever an awkward site publishes fits the schemas of the spec, and its readers take it.
func TestWhatItPublishesHolds(t *testing.T) {
	w := newWorld(t)
	badge := path(w.Alice)
	for _, published := range []struct{ path, kind, media string }{
		{"/.well-known/did.json", "did-document", "application/json"},
		{"/.well-known/oauth-authorization-server", "authorization-server", "application/json"},
		{"/.well-known/openid-federation", "entity-configuration", "application/entity-statement+jwt"},
		{"/mechanisms/seller.json", "mechanism", "application/json"},
		{"/mechanisms/seller/v/1.jwt", "signed-mechanism", "application/bonafide-mechanism+jwt"},
		{"/status/1.jwt", "status-list", "application/vc+jwt"},
		{"/status/1.json", "status-list", "application/json"},
		{badge + ".jwt", "badge", "application/vc+jwt"},
		{badge + ".json", "badge", "application/json"},
	} {
		answer := w.get(published.path)
		body := answer.Body.Bytes()
		media, _, _ := strings.Cut(strings.ToLower(answer.Header().Get("Content-Type")), " ")
		require.Equal(t, published.media, media)
		if strings.HasSuffix(media, "+jwt") {
			body = w.payload(body)
		}
		w.fits(published.kind, body)
	}
	for _, signed := range []string{badge, "/status/1"} {
		require.JSONEq(t, string(w.payload(w.get(signed+".jwt").Body.Bytes())), w.get(signed+".json").Body.String())
	}

	_, _, err := w.client.Badge(t.Context(), w.Alice)
	require.NoError(t, err)
	entity, err := w.client.Entity(t.Context(), w.Bazar.Origin)
	require.NoError(t, err)
	for _, address := range entity.Metadata.Issuer.Mechanisms {
		_, err := w.client.Mechanism(t.Context(), address, 1)
		require.NoError(t, err)
	}
	outils, err := w.client.Entity(t.Context(), w.Outils.Origin)
	require.NoError(t, err)
	for _, address := range outils.Metadata.Verifier.Conversions {
		_, err := w.client.Table(t.Context(), address)
		require.NoError(t, err)
	}
}

// BF-SITE-9
func TestWhatStandsTwiceIsEqual(t *testing.T) {
	w := newWorld(t)
	var entity struct {
		Metadata map[string]json.RawMessage `json:"metadata"`
	}
	require.NoError(t, json.Unmarshal(w.payload(w.get("/.well-known/openid-federation").Body.Bytes()), &entity))
	require.JSONEq(t, string(entity.Metadata["oauth_authorization_server"]), w.get("/.well-known/oauth-authorization-server").Body.String())
}

// An awkward badge is an Open Badge as any other.
func TestTheBadgeIsAnOpenBadge(t *testing.T) {
	const schema = "../../../shared/schema/ob_v3p0_achievementcredential_schema.json"
	need.File(t, "shared", schema)
	text, err := os.ReadFile(schema)
	require.NoError(t, err)
	w := newWorld(t)
	compiler := jsonschema.NewCompiler()
	compiler.DefaultDraft(jsonschema.Draft2019)
	compiler.AssertFormat()
	require.NoError(t, compiler.AddResource("schema.json", decoded(t, text)))
	compiled, err := compiler.Compile("schema.json")
	require.NoError(t, err)
	require.NoError(t, compiled.Validate(decoded(t, w.get(path(w.Alice)+".json").Body.Bytes())))
}

// A refusal is one of the protocol's, whoever asks, and comes with the time after which to ask again.
func TestRefusals(t *testing.T) {
	w := newWorld(t)
	refused := map[string]int{}
	for range 150 {
		for _, asked := range []struct{ name, method, path, accept string }{
			{"problem", http.MethodGet, "/.well-known/did.json", "application/json"},
			{"page", http.MethodGet, "/mechanisms/seller", "text/html"},
			{"oauth-error", http.MethodPost, "/oauth/token", "application/json"},
			{"", http.MethodGet, "/livez", ""},
			{"", http.MethodGet, "/readyz", ""},
			{"", http.MethodGet, path(w.Alice) + ".svg", "image/*"},
			{"", http.MethodGet, path(w.Bob) + ".svg", "image/*"},
		} {
			r := httptest.NewRequest(asked.method, asked.path, nil)
			r.Header.Set("Accept", asked.accept)
			answer := w.ask(r)
			if answer.Code != http.StatusServiceUnavailable && answer.Code != http.StatusTooManyRequests {
				continue
			}
			refused[asked.name]++
			require.Contains(t, []string{"0", "1"}, answer.Header().Get("Retry-After"))
			require.Equal(t, "no-store", answer.Header().Get("Cache-Control"))
			body := answer.Body.Bytes()
			switch asked.name {
			case "page":
				require.Contains(t, string(body), "<html")
			case "oauth-error":
				w.fits(asked.name, body)
				said, err := bonafide.ParsePeer[map[string]any](body)
				require.NoError(t, err)
				require.Equal(t, "temporarily_unavailable", said["error"])
			default:
				w.fits("problem", body)
			}
			require.NotRegexp(t, "^/(live|ready)z$", asked.path)
		}
	}
	for _, name := range []string{"problem", "page", "oauth-error"} {
		require.Positive(t, refused[name], name)
	}
}

// Over HTTP, too, answers come whole, in pieces of no length told before.
func TestAnswersComeInPieces(t *testing.T) {
	w := newWorld(t)
	server := httptest.NewServer(w.handler)
	defer server.Close()
	for range 2 {
		answer, err := http.Get(server.URL + "/.well-known/oauth-authorization-server")
		require.NoError(t, err)
		body, err := io.ReadAll(answer.Body)
		require.NoError(t, err)
		require.NoError(t, answer.Body.Close())
		require.Equal(t, []string{"chunked"}, answer.TransferEncoding)
		w.fits("authorization-server", body)
		require.Equal(t, "MAX-AGE=1, public", answer.Header.Get("Cache-Control"))
	}
}
