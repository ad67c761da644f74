package issuer_test

import (
	"context"
	"crypto/ecdsa"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"sync"
	"testing"
	"time"

	"bonafide.example"
	"bonafide.example/internal/need"
	"bonafide.example/issuer"
	"bonafide.example/store"
	"github.com/lestrrat-go/jwx/v3/jwa"
	"github.com/lestrrat-go/jwx/v3/jws"
	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/stretchr/testify/require"
)

// BF-ISSUER-20
func TestEventChangesEveryFormAtOnce(t *testing.T) {
	w := newWorld(t)
	w.rate("seller", "alice", true, true)
	path := w.publish("seller", "alice")
	require.Equal(t, "gold", w.stated(path))
	picture, plain := w.get(path+".svg"), w.get(path+".json")
	require.Contains(t, w.wordsAt(path, "en"), "On 22 November 2026 bazar.example said of alice: Gold, level 3 of 3.")
	require.Equal(t, "image/svg+xml", picture.Header().Get("Content-Type"))
	require.Contains(t, plain.Body.String(), "#ratings-positive")

	w.rate("seller", "alice", false)
	require.Equal(t, "bronze", w.stated(path))
	require.Contains(t, w.wordsAt(path, "en"), "Bronze, level 1 of 3.")
	require.Contains(t, w.wordsAt(path, "fr"), "Bronze (fr), niveau 1 sur 3.")
	again := w.get(path + ".svg")
	require.NotEqual(t, picture.Body.String(), again.Body.String())
	require.NotEqual(t, picture.Header().Get("ETag"), again.Header().Get("ETag"))
	require.NotEqual(t, plain.Body.String(), w.get(path+".json").Body.String())
	require.Equal(t, http.StatusOK, w.get(path+".svg", "If-None-Match", picture.Header().Get("ETag")).Code)
	require.Equal(t, http.StatusNotModified, w.get(path+".svg", "If-None-Match", again.Header().Get("ETag")).Code)
	require.Equal(t, http.StatusOK, w.get(path+".svg", "If-Modified-Since", picture.Header().Get("Last-Modified")).Code)
}

// BF-ISSUER-17, BF-ISSUER-28, BF-SITE-2, BF-PRIVACY-3
func TestForms(t *testing.T) {
	w := newWorld(t)
	w.rate("seller", "alice", true, true)
	path := w.publish("seller", "alice")
	for _, c := range []struct{ path, accept, mediaType string }{
		{path, "text/html,*/*;q=0.8", "text/html; charset=utf-8"},
		{path, "image/avif,image/webp,image/svg+xml,*/*;q=0.8", "image/svg+xml"},
		{path, "image/png", "image/png"},
		{path, "application/vc+jwt", "application/vc+jwt"},
		{path, "application/json", "application/json"},
		{path + ".png", "", "image/png"},
		{path + ".fr.svg", "", "image/svg+xml"},
		{path + ".dark.fr.png", "", "image/png"},
		{path + ".card.svg", "text/html", "image/svg+xml"},
	} {
		answer := w.get(c.path, "Accept", c.accept)
		require.Equal(t, http.StatusOK, answer.Code, c)
		require.Equal(t, c.mediaType, answer.Header().Get("Content-Type"), c)
		require.Empty(t, answer.Header().Get("Set-Cookie"), c)
		if answer.Header().Get("Content-Type") == "image/png" {
			require.Equal(t, "default-src 'none'; style-src 'unsafe-inline'", answer.Header().Get("Content-Security-Policy"))
			require.Equal(t, "public, max-age=300", answer.Header().Get("Cache-Control"))
			require.Equal(t, "nosniff", answer.Header().Get("X-Content-Type-Options"))
			require.NotEmpty(t, answer.Header().Get("Last-Modified"))
		}
	}
	require.Equal(t, http.StatusNotAcceptable, w.get(path, "Accept", "video/mp4").Code)
	require.Equal(t, http.StatusNotFound, w.get(path+".gif").Code)
}

// BF-ISSUER-36, BF-SITE-2
func TestFormsOfAList(t *testing.T) {
	w := newWorld(t)
	w.rate("seller", "alice", true, true)
	w.publish("seller", "alice")
	for path, mediaType := range map[string]string{"/status/1": "application/vc+jwt", "/status/1.jwt": "application/vc+jwt", "/status/1.json": "application/json"} {
		answer := w.get(path)
		require.Equal(t, http.StatusOK, answer.Code, path)
		require.Equal(t, mediaType, answer.Header().Get("Content-Type"), path)
		require.Equal(t, "public, max-age=60", answer.Header().Get("Cache-Control"), path)
	}
	require.Equal(t, "application/json", w.get("/status/1", "Accept", "application/json").Header().Get("Content-Type"))
	require.Equal(t, http.StatusNotAcceptable, w.get("/status/1", "Accept", "text/csv").Code)
	for _, path := range []string{"/status/2", "/status/01", "/status/x", "/status/1.xml"} {
		require.Equal(t, http.StatusNotFound, w.get(path).Code, path)
	}
}

// BF-ISSUER-18, BF-ISSUER-19
func TestUnknownBadges(t *testing.T) {
	w := newWorld(t)
	for _, suffix := range []string{".svg", ".png"} {
		require.Equal(t, http.StatusOK, w.get("/b/0000000000000000"+suffix).Code, "a picture is always drawn")
	}
	for _, suffix := range []string{"", ".jwt", ".json"} {
		answer := w.get("/b/0000000000000000" + suffix)
		if suffix == "" {
			answer = w.get("/b/0000000000000000", "Accept", "application/json")
		}
		require.Equal(t, http.StatusNotFound, answer.Code)
		require.Equal(t, "*", answer.Header().Get("Access-Control-Allow-Origin"))
		require.Contains(t, answer.Body.String(), `"code":"not-found"`)
	}
}

// BF-ISSUER-21, BF-ISSUER-22, BF-ISSUER-23, BF-ISSUER-24
func TestFallRevokesAndRiseDoesNot(t *testing.T) {
	w := newWorld(t)
	w.rate("seller", "alice", true, true, false)
	path := w.publish("seller", "alice")
	before := w.credential(path)
	w.rate("seller", "alice", true)
	risen := w.credential(path)
	require.Equal(t, "silver", w.stated(path))
	require.False(t, w.revoked(before.Status), "a rise revokes nothing")
	require.NotEqual(t, before.Status.Index, risen.Status.Index, "each issue has an entry of its own")
	require.Greater(t, risen.NBF, before.NBF, "even within one second")

	w.rate("seller", "alice", false)
	require.True(t, w.revoked(risen.Status), "a fall revokes the last issue")
	require.False(t, w.revoked(before.Status), "but not what it superseded")
	fallen := w.credential(path)
	require.Greater(t, fallen.NBF, risen.NBF)
	require.False(t, w.revoked(fallen.Status))
	require.Equal(t, before.ID, fallen.ID)
	require.Equal(t, before.Subject.ID, fallen.Subject.ID)
	require.LessOrEqual(t, fallen.ValidUntil.Sub(fallen.ValidFrom), bonafide.MaxBadgeLife)
}

// BF-ISSUER-25, BF-ISSUER-26
func TestSuspendAndRestore(t *testing.T) {
	w := newWorld(t)
	w.rate("seller", "alice", true, true)
	path := w.publish("seller", "alice")
	before, picture := w.credential(path), w.get(path+".svg").Body.String()
	require.NoError(t, w.Suspend(t.Context(), "alice"))
	require.True(t, w.revoked(before.Status))
	require.Contains(t, w.wordsAt(path, "en"), "has suspended alice")
	require.NotContains(t, w.wordsAt(path, "en"), "Gold, level")
	require.NotEqual(t, picture, w.get(path+".svg").Body.String())
	require.Equal(t, before, w.credential(path), "the last issue, revoked, is what there is")
	w.rate("seller", "alice", true)
	require.Equal(t, before, w.credential(path))

	w.clock.add(time.Hour)
	require.NoError(t, w.Restore(t.Context(), "alice"))
	restored := w.credential(path)
	require.Greater(t, restored.NBF, before.NBF)
	require.False(t, w.revoked(restored.Status))
	require.True(t, w.revoked(before.Status), "a set bit stays set")
	requireCode(t, bonafide.NoSuchMember, w.Suspend(t.Context(), "nobody"))
}

// BF-ISSUER-16, BF-ISSUER-25
func TestWithdraw(t *testing.T) {
	w := newWorld(t)
	w.rate("seller", "alice", true, true)
	path := w.publish("seller", "alice")
	before := w.credential(path)
	require.NoError(t, w.WithdrawBadge(t.Context(), "seller", "alice"))
	require.True(t, w.revoked(before.Status))
	page := w.wordsAt(path, "en")
	require.Contains(t, page, "was withdrawn on 22 November 2026")
	require.NotContains(t, page, "alice")
	w.rate("seller", "alice", true)
	require.Equal(t, before, w.credential(path), "nothing new is issued")
	require.Equal(t, path, w.publish("seller", "alice"), "published again, the address is the same")
	require.False(t, w.revoked(w.credential(path).Status))
}

// BF-ISSUER-51
// The signed form of a badge that is over stays, since its entry says so. JSON alone wouldn't say it.
func TestNoJSONOfABadgeThatIsOver(t *testing.T) {
	for name, c := range map[string]struct {
		end  func(*world) error
		code string
	}{
		"suspended": {func(w *world) error { return w.Suspend(t.Context(), "alice") }, "revoked"},
		"withdrawn": {func(w *world) error { return w.WithdrawBadge(t.Context(), "seller", "alice") }, "revoked"},
		"old":       {func(w *world) error { w.clock.add(60 * 24 * time.Hour); return nil }, "expired"},
		"erased":    {func(w *world) error { return w.Erase(t.Context(), "alice") }, "not-found"},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.rate("seller", "alice", true, true)
			path := w.publish("seller", "alice")
			link := `href="` + path + `.json"`
			require.Equal(t, http.StatusOK, w.get(path+".json").Code)
			require.Contains(t, w.get(path, "Accept", "text/html").Body.String(), link)
			require.NoError(t, c.end(w))
			for _, answer := range []*httptest.ResponseRecorder{w.get(path + ".json"), w.get(path, "Accept", "application/json")} {
				require.Equal(t, bonafide.Code(c.code).Meaning().Status, answer.Code)
				require.Equal(t, "application/problem+json", answer.Header().Get("Content-Type"))
				require.Equal(t, "no-store", answer.Header().Get("Cache-Control"))
				require.Equal(t, "*", answer.Header().Get("Access-Control-Allow-Origin"))
				require.Contains(t, answer.Body.String(), `"code":"`+c.code+`"`)
				require.NotContains(t, answer.Body.String(), "gold")
			}
			page := w.get(path, "Accept", "text/html").Body.String()
			require.NotContains(t, page, link)
			if name == "erased" {
				return
			}
			require.Contains(t, page, `href="`+path+`.jwt"`)
			require.Equal(t, http.StatusOK, w.get(path+".jwt").Code)
			require.Equal(t, http.StatusOK, w.get(path+".baked.svg").Code)
		})
	}
}

func TestPublishTwiceIsOnce(t *testing.T) {
	w := newWorld(t)
	w.rate("seller", "alice", true, true)
	path := w.publish("seller", "alice")
	before := w.credential(path)
	require.Equal(t, path, w.publish("seller", "alice"))
	require.Equal(t, before, w.credential(path))
	_, err := w.PublishBadge(t.Context(), "seller", "nobody", "")
	requireCode(t, bonafide.NoSuchMember, err)
	_, err = w.PublishBadge(t.Context(), "none", "alice", "")
	requireCode(t, bonafide.NotFound, err)
	var seen []bonafide.Status
	require.NoError(t, w.Published(t.Context(), "seller", func(b issuer.PublishedBadge) error {
		require.Equal(t, string(bazar)+path, b.Address)
		seen = append(seen, b.Status)
		return nil
	}))
	require.Len(t, seen, 1)
	require.Equal(t, "gold", seen[0].Level)
}

// BF-ISSUER-27
func TestBadgesAreRenewed(t *testing.T) {
	w := newWorld(t)
	w.rate("seller", "alice", true, true)
	path := w.publish("seller", "alice")
	before := w.credential(path)
	w.clock.add(29 * 24 * time.Hour)
	require.NoError(t, w.RunDue(t.Context()))
	require.Equal(t, before, w.credential(path))
	w.clock.add(24 * time.Hour)
	require.NoError(t, w.RunDue(t.Context()))
	renewed := w.credential(path)
	status, err := renewed.Stated()
	require.NoError(t, err)
	require.Equal(t, bonafide.Date("2026-12-22"), status.AsOf)
	require.False(t, w.revoked(before.Status))
	w.clock.add(61 * 24 * time.Hour) // nobody runs what is due
	require.Contains(t, w.wordsAt(path, "en"), "it does not hold.")
}

// What others' statuses count for may end without any event here.
func TestConvertedLevelIsFollowed(t *testing.T) {
	level := 2
	w := newWorld(t, func(c *issuer.Config) {
		c.Converted = func(store.Reader, string, string) (int, error) { return level, nil }
	})
	path := w.publish("seller", "alice")
	before := w.credential(path)
	status, err := before.Stated()
	require.NoError(t, err)
	require.Equal(t, "silver", status.Level)
	require.Equal(t, bonafide.Converted, status.Kind)
	require.Empty(t, status.EarnedLevel, "what is converted is never earned")
	require.Equal(t, []bonafide.Origin{bazar}, status.Sources)
	for range 3 {
		w.clock.add(24 * time.Hour)
		require.NoError(t, w.RunDue(t.Context()))
		require.Equal(t, before, w.credential(path))
	}
	level = 1
	w.clock.add(24 * time.Hour)
	require.NoError(t, w.RunDue(t.Context()))
	require.Equal(t, "bronze", w.stated(path))
	require.True(t, w.revoked(before.Status))
}

func TestManyIssuesWithinASecondStayValid(t *testing.T) {
	w := newWorld(t)
	w.rate("seller", "alice", true, true)
	path := w.publish("seller", "alice")
	for n := range 80 {
		w.rate("seller", "alice", n%2 == 1)
	}
	w.credential(path) // not yet valid to nobody
	w.clock.add(time.Minute)
	require.NoError(t, w.RunDue(t.Context()))
	status, err := w.credential(path).Stated()
	require.NoError(t, err)
	require.Equal(t, []bonafide.Measure{{ID: "ratings", Positive: 42, Total: 82}}, status.Measures)
}

func TestSameEventAtOnce(t *testing.T) {
	w := newWorld(t)
	w.rate("seller", "alice", true, true)
	path := w.publish("seller", "alice")
	e := w.event("seller", "alice", false)
	counts := make([]int, 100)
	var wait sync.WaitGroup
	for n := range counts {
		wait.Go(func() {
			var err error
			counts[n], err = w.Record(t.Context(), e)
			require.NoError(t, err)
		})
	}
	wait.Wait()
	total := 0
	for _, n := range counts {
		total += n
	}
	require.Equal(t, 1, total)
	status, err := w.credential(path).Stated()
	require.NoError(t, err)
	require.Equal(t, []bonafide.Measure{{ID: "ratings", Positive: 2, Total: 3}}, status.Measures)
}

// The process dies after the event's transaction, before the badge is signed.
// BF-ISSUER-23
func TestCrashBeforeIssuing(t *testing.T) {
	w := newWorld(t)
	w.rate("seller", "alice", true, true)
	path := w.publish("seller", "alice")
	before := w.credential(path)
	var dying *failing
	w.restart(func(c *issuer.Config) {
		dying = &failing{Store: c.Store, left: 1 << 30}
		c.Store = dying
	})
	dying.left = 1
	w.rate("seller", "alice", false)
	require.True(t, w.revoked(before.Status), "the revocation is the event's own transaction")
	require.Equal(t, before, w.credential(path))
	require.Contains(t, w.wordsAt(path, "en"), "Bronze, level 1 of 3.", "the page shows what holds all the same")

	w.restart()
	require.NoError(t, w.RunDue(t.Context()))
	require.Equal(t, "bronze", w.stated(path))
}

// interrupting is a signer during whose first signature something else happens.
type interrupting struct {
	bonafide.Signer
	meanwhile func()
}

func (s *interrupting) Sign(ctx context.Context, message []byte) ([]byte, error) {
	if f := s.meanwhile; f != nil {
		s.meanwhile = nil
		f()
	}
	return s.Signer.Sign(ctx, message)
}

func TestStatusChangesWhileItsBadgeIsSigned(t *testing.T) {
	signer := &interrupting{}
	w := newWorld(t, func(c *issuer.Config) {
		signer.Signer = c.Signer
		c.Signer = signer
	})
	w.rate("seller", "alice", true, true)
	path := w.publish("seller", "alice")
	first, late := w.event("seller", "alice", false), w.event("seller", "alice", false)
	signer.meanwhile = func() {
		_, err := w.RecordBatch(t.Context(), issuer.Batch{Import: "i", Row: 1, Events: []issuer.Event{late}})
		require.NoError(t, err)
	}
	_, err := w.Record(t.Context(), first)
	require.NoError(t, err)
	status, err := w.credential(path).Stated()
	require.NoError(t, err)
	require.Equal(t, []bonafide.Measure{{ID: "ratings", Positive: 2, Total: 4}}, status.Measures)
	require.False(t, w.revoked(w.credential(path).Status))
}

func TestPendingOrderIsCarriedOutWhenAsked(t *testing.T) {
	w := newWorld(t)
	w.rate("seller", "alice", true, true)
	path := w.publish("seller", "alice")
	_, err := w.RecordBatch(t.Context(), issuer.Batch{Import: "i", Row: 1, Events: []issuer.Event{w.event("seller", "alice", false)}})
	require.NoError(t, err)
	require.Equal(t, "bronze", w.stated(path))
}

func TestRestartKeepsAll(t *testing.T) {
	w := newWorld(t)
	w.rate("seller", "alice", true, true)
	w.rate("visitor", "alice", true, true)
	path := w.publish("seller", "alice")
	before := w.credential(path)
	w.restart()
	require.Equal(t, before, w.credential(path))
	status, err := w.Status(t.Context(), "visitor", "alice")
	require.NoError(t, err)
	require.Equal(t, "gold", status.Level)
}

// BF-ISSUER-29
func TestOthersVerifyTheBadge(t *testing.T) {
	w := newWorld(t)
	w.rate("seller", "alice", true, true)
	path := w.publish("seller", "alice")
	payload, err := jws.Verify(w.get(path+".jwt").Body.Bytes(), jws.WithKey(jwa.ES256(), w.key.Public().(*ecdsa.PublicKey)))
	require.NoError(t, err)
	require.JSONEq(t, string(payload), w.get(path+".json").Body.String())

	const schema = "../../shared/schema/ob_v3p0_achievementcredential_schema.json"
	need.File(t, "shared", schema)
	data, err := os.ReadFile(schema)
	require.NoError(t, err)
	var document, instance any
	require.NoError(t, json.Unmarshal(data, &document))
	require.NoError(t, json.Unmarshal(payload, &instance))
	compiler := jsonschema.NewCompiler()
	compiler.AssertFormat()
	require.NoError(t, compiler.AddResource("schema.json", document))
	compiled, err := compiler.Compile("schema.json")
	require.NoError(t, err)
	require.NoError(t, compiled.Validate(instance))
}

// What is published again under another name, here after a restart, is the same badge: what was issued goes on counting.
func TestPublishedAgain(t *testing.T) {
	w := newWorld(t)
	w.rate("seller", "alice", true, true)
	path := w.publish("seller", "alice")
	before := w.credential(path)
	w.restart()
	require.Equal(t, path, w.publish("seller", "alice"))
	require.Equal(t, before, w.credential(path))
	require.False(t, w.revoked(before.Status))
}
