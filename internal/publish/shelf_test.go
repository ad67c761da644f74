package publish_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"testing"
	"testing/fstest"
	"time"

	"bonafide.example"
	"bonafide.example/internal/publish"
	"bonafide.example/internal/seal"
	"bonafide.example/internal/web"
	"bonafide.example/store"
	"bonafide.example/store/bolt"
	"github.com/stretchr/testify/require"
)

const here = bonafide.Origin("https://bazar.example")

// shelf is a shelf of mechanisms, and the key that opens what it signs.
type shelf struct {
	*testing.T
	*publish.Shelf[*bonafide.Mechanism]
	keys  seal.KeySet
	clock time.Time
}

// failing is a signer that can be told to fail.
type failing struct {
	*seal.PrivateKey
	err error
}

func (f *failing) Sign(ctx context.Context, message []byte) ([]byte, error) {
	if f.err != nil {
		return nil, f.err
	}
	return f.PrivateKey.Sign(ctx, message)
}

func newShelf(t *testing.T) (*shelf, *failing) {
	kept, err := bolt.Open(filepath.Join(t.TempDir(), "store"))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, kept.Close()) })
	key, err := seal.GenerateKey()
	require.NoError(t, err)
	signer := &failing{PrivateKey: key}
	kid, err := seal.DIDKeyID(here, key.Public())
	require.NoError(t, err)
	sealer, err := seal.NewSealer(signer, kid)
	require.NoError(t, err)
	pages, err := web.NewPages("Bazar", slog.New(slog.DiscardHandler), fstest.MapFS{
		"page.html":        {Data: []byte(`{{define "page"}}version {{.}}{{end}}`)},
		"messages.en.json": {Data: []byte("{}")}, "messages.fr.json": {Data: []byte("{}")},
	})
	require.NoError(t, err)
	document, err := seal.DIDDocument(here, key.Public())
	require.NoError(t, err)
	data, err := bonafide.MarshalJSON(document)
	require.NoError(t, err)
	s := &shelf{T: t, clock: time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)}
	s.keys, err = seal.ParseDIDDocument(data, here)
	require.NoError(t, err)
	s.Shelf = publish.New(publish.Config[*bonafide.Mechanism]{
		Kind: "mechanisms", Type: bonafide.TypeMechanism, Store: kept, Sealer: sealer, Now: func() time.Time { return s.clock }, Pages: pages,
		Payload: func(m *bonafide.Mechanism, issued, expires bonafide.Seconds) any {
			return &bonafide.SignedMechanism{Issuer: here, IssuedAt: issued, Expires: expires, Mechanism: *m}
		},
		Page: func(m *bonafide.Mechanism, latest int, _ *http.Request) (web.Page, error) {
			return web.Page{Name: "page", Title: m.Name.EN, Data: fmt.Sprintf("%d of %d", m.Version, latest)}, nil
		},
	})
	return s, signer
}

func text(s string) bonafide.Text { return bonafide.Text{EN: s, FR: s} }

// mechanism returns a version of a mechanism, after the one before if any.
func mechanism(t *testing.T, slug, name string, before *bonafide.Mechanism) *bonafide.Mechanism {
	m := &bonafide.Mechanism{
		ID: string(here) + "/mechanisms/" + slug, Version: 1, Date: "2026-01-01", Context: "selling", Scale: bonafide.YesNo,
		Name: text(name), Meaning: text("meaning"), Levels: []bonafide.Level{{ID: "yes", Name: text("Yes"), Sentence: text("sentence")}},
		Rule: bonafide.Rule{Host: &bonafide.HostRule{Described: text("described")}}, WhoRates: text("buyers"), Falls: text("falls"),
		Recovers: text("recovers"), NotSaid: text("not said"),
	}
	if before != nil {
		hash, err := bonafide.Hash(before)
		require.NoError(t, err)
		m.Version, m.Previous = before.Version+1, hash
	}
	require.NoError(t, m.Validate())
	return m
}

func (s *shelf) get(path, accept string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(http.MethodGet, path, nil)
	if accept != "" {
		r.Header.Set("Accept", accept)
	}
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	return w
}

func TestVersions(t *testing.T) {
	s, _ := newShelf(t)
	first := mechanism(t, "seller", "First", nil)
	second := mechanism(t, "seller", "Second", first)
	changed := mechanism(t, "seller", "Changed", nil)
	skipped := mechanism(t, "seller", "Third", second)
	foreign := mechanism(t, "seller", "Second", changed)
	alone := mechanism(t, "seller", "Second", nil)
	alone.Version = 2
	other := mechanism(t, "buyer", "Buyer", nil)
	orphan := mechanism(t, "buyer", "Buyer", nil)
	orphan.Previous = foreign.Previous

	for _, step := range []struct {
		name string
		m    *bonafide.Mechanism
		code bonafide.Code
	}{
		{"one that isn't the first", second, bonafide.VersionConflict},
		{"a first with one before", orphan, bonafide.VersionConflict},
		{"the first", first, ""},
		{"the same again", first, ""},
		{"changed without a new version", changed, bonafide.VersionConflict},
		{"one skipped", skipped, bonafide.VersionConflict},
		{"the next after another first", foreign, bonafide.VersionConflict},
		{"the next after none", alone, bonafide.VersionConflict},
		{"another one", other, ""},
		{"the next", second, ""},
		{"the next again", second, ""},
		{"the first after the second", first, bonafide.VersionConflict},
	} {
		require.Equal(t, step.code, bonafide.CodeOf(s.Publish(t.Context(), step.m)), step.name)
	}
	require.NoError(t, s.Store.View(t.Context(), func(r store.Reader) error {
		latest, found, err := s.Latest(r, "seller")
		require.NoError(t, err)
		require.True(t, found)
		require.Equal(t, second, latest)
		kept, found, err := s.Version(r, "seller", 1)
		require.NoError(t, err)
		require.True(t, found)
		require.Equal(t, first, kept)
		_, found, err = s.Latest(r, "sell")
		require.NoError(t, err)
		require.False(t, found)
		all, err := s.All(r)
		require.NoError(t, err)
		require.Equal(t, []*bonafide.Mechanism{other, second}, all)
		return nil
	}))
}

// The newest of eleven versions isn't the one whose number sorts last as a text.
func TestManyVersions(t *testing.T) {
	s, _ := newShelf(t)
	var last *bonafide.Mechanism
	for range 11 {
		last = mechanism(t, "seller", "Seller", last)
		require.NoError(t, s.Publish(t.Context(), last))
	}
	require.Contains(t, s.get("/mechanisms/seller", "text/html").Body.String(), "version 11 of 11")
	require.Contains(t, s.get("/mechanisms/seller/v/9", "text/html").Body.String(), "version 9 of 11")
}

func TestForms(t *testing.T) {
	s, _ := newShelf(t)
	first := mechanism(t, "seller", "First", nil)
	second := mechanism(t, "seller", "Second", first)
	require.NoError(t, s.Publish(t.Context(), first))
	require.NoError(t, s.Publish(t.Context(), second))
	jwt := bonafide.TypeMechanism.MediaType()
	for _, c := range []struct{ path, accept, form string }{
		{"/mechanisms/seller", "", "text/html; charset=utf-8"},
		{"/mechanisms/seller", "text/html,*/*;q=0.8", "text/html; charset=utf-8"},
		{"/mechanisms/seller", "application/json", "application/json"},
		{"/mechanisms/seller", jwt, jwt},
		{"/mechanisms/seller.json", "text/html", "application/json"},
		{"/mechanisms/seller.jwt", "text/html", jwt},
		{"/mechanisms/seller/v/1", "application/json", "application/json"},
		{"/mechanisms/seller/v/1.json", "", "application/json"},
		{"/mechanisms/seller/v/1.jwt", "", jwt},
	} {
		w := s.get(c.path, c.accept)
		require.Equal(t, http.StatusOK, w.Code, c)
		require.Equal(t, c.form, w.Header().Get("Content-Type"), c)
		require.Equal(t, "public, max-age=300", w.Header().Get("Cache-Control"), c)
	}
	require.Contains(t, s.get("/mechanisms/seller", "").Header().Values("Vary"), "Accept")
	for path, due := range map[string]*bonafide.Mechanism{"/mechanisms/seller": second, "/mechanisms/seller/v/2": second, "/mechanisms/seller/v/1": first} {
		m, err := bonafide.Parse[bonafide.Mechanism](s.get(path+".json", "").Body.Bytes())
		require.NoError(t, err)
		require.Equal(t, *due, m)
		require.Equal(t, *due, s.open(path+".jwt").Mechanism)
	}
	latest := s.open("/mechanisms/seller.jwt").Mechanism
	before := s.open("/mechanisms/seller/v/1.jwt").Mechanism
	hash, err := bonafide.Hash(&before)
	require.NoError(t, err)
	require.Equal(t, hash, latest.Previous, "the chain holds over what is served")

	w := s.get("/mechanisms/seller", "image/png")
	require.Equal(t, http.StatusNotAcceptable, w.Code)
	require.Contains(t, w.Body.String(), `"code":"not-acceptable"`)
}

func TestNotPublished(t *testing.T) {
	s, _ := newShelf(t)
	require.NoError(t, s.Publish(t.Context(), mechanism(t, "seller", "First", nil)))
	for _, path := range []string{
		"/mechanisms/", "/mechanisms/none", "/mechanisms/sell", "/mechanisms/seller/", "/mechanisms/seller.png", "/mechanisms/seller.json.jwt",
		"/mechanisms/seller/v/2", "/mechanisms/seller/v/0", "/mechanisms/seller/v/-1", "/mechanisms/seller/v/01", "/mechanisms/seller/v/+1",
		"/mechanisms/seller/v/1x", "/mechanisms/seller/v/", "/mechanisms/seller/v/1/v/1", "/mechanisms/seller/v/99999999999999999999",
		"/mechanisms/seller%00", "/mechanisms/%00/v/1", "/mechanisms/seller/v/1%00",
	} {
		for _, suffix := range []string{"", ".json", ".jwt"} {
			w := s.get(path+suffix, "application/json")
			require.Equal(t, http.StatusNotFound, w.Code, path+suffix)
			require.Contains(t, w.Body.String(), `"code":"not-found"`)
			require.Equal(t, "no-store", w.Header().Get("Cache-Control"))
		}
		w := s.get(path, "text/html")
		require.Equal(t, http.StatusNotFound, w.Code, path)
		require.Contains(t, w.Body.String(), "There is nothing here.")
	}
}

// open returns the signed form, checked as a peer checks it.
func (s *shelf) open(path string) bonafide.SignedMechanism {
	token, err := seal.Parse(s.get(path, "").Body.String(), bonafide.TypeMechanism)
	require.NoError(s, err)
	signed, err := seal.OpenAs[bonafide.SignedMechanism](token, s.keys)
	require.NoError(s, err)
	require.NoError(s, bonafide.CheckTimes(path, signed.IssuedAt, signed.Expires, s.clock))
	return signed
}

func TestSignedAgain(t *testing.T) {
	s, signer := newShelf(t)
	require.NoError(t, s.Publish(t.Context(), mechanism(t, "seller", "First", nil)))
	const path = "/mechanisms/seller.jwt"
	first := s.get(path, "").Body.String()
	signer.err = errors.New("the key is away")
	s.clock = s.clock.Add(12*time.Hour - time.Second)
	require.Equal(t, first, s.get(path, "").Body.String(), "within half its life it needs no key")
	require.Equal(t, first, s.get("/mechanisms/seller/v/1.jwt", "").Body.String(), "one document, one signature")

	s.clock = s.clock.Add(time.Second)
	w := s.get(path, "")
	require.Equal(t, http.StatusInternalServerError, w.Code)
	require.NotContains(t, w.Body.String(), "the key is away")
	require.Equal(t, "no-store", w.Header().Get("Cache-Control"), "what failed isn't kept")
	signer.err = nil
	require.Equal(t, bonafide.SecondsOf(s.clock), s.open(path).IssuedAt)
}
