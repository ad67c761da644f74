package issuer_test

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"bonafide.example"
	"bonafide.example/internal/seal"
	"bonafide.example/issuer"
	"bonafide.example/store"
	"github.com/stretchr/testify/require"
	"golang.org/x/net/html"
)

// checksAt returns the checks that the page at a path lists, each as its word and its sentence.
func (w *world) checksAt(path string) (checks []string) {
	w.t.Helper()
	for _, list := range elements(w.pageAt(path, "en"), "ul") {
		if attribute(list, "class") == "checks" {
			for _, item := range elements(list, "li") {
				require.Len(w.t, elements(item, "svg"), 1, "each verdict has a shape beside its word")
				checks = append(checks, words(item))
			}
		}
	}
	return checks
}

// withCheck requires one check to say that, and the page to conclude so.
func (w *world) withCheck(path, check, conclusion string) {
	w.t.Helper()
	require.Contains(w.t, strings.Join(w.checksAt(path), "\n"), check)
	require.Contains(w.t, w.wordsAt(path, "en"), conclusion)
}

const (
	itHolds     = "Checked just now: it holds."
	itDoesNot   = "Checked just now: it does not hold."
	notChecked  = "Could not be checked just now."
	askMechanic = "Publishing the badge again issues it anew: its holder can, and who runs the site."
)

func TestChecksOfACurrentBadge(t *testing.T) {
	w := newWorld(t)
	w.rate("seller", "alice", true, true)
	path := w.publish("seller", "alice")
	checks := w.checksAt(path)
	require.Len(t, checks, 8)
	for n, check := range checks {
		require.Equal(t, n < 6, strings.HasPrefix(check, "Yes: "), check)
		require.Equal(t, n >= 6, strings.HasPrefix(check, "Could not check: "), check)
	}
	require.Contains(t, w.wordsAt(path, "en"), itHolds)
}

// A token that was damaged in the store, or isn't the site's, hides all that the record says beside it.
func TestBadSignatureHidesTheRest(t *testing.T) {
	w := newWorld(t)
	w.rate("helper", "alice", true, true)
	path := w.publish("helper", "alice")
	require.Contains(t, w.wordsAt(path, "en"), "One, level 1 of 2.")
	w.damage("alice")
	page := w.pageAt(path, "en")
	seen := words(page)
	requireAll(t, seen, "Rely on nothing", itDoesNot, "No: its signature isn't that of bazar.example. "+askMechanic)
	for _, hidden := range []string{"alice", "One", "level", "22 November 2026 bazar", "Who rates"} {
		require.NotContains(t, seen, hidden)
	}
	require.Len(t, w.checksAt(path), 1)
	for _, suffix := range []string{".svg", ".card.svg", ".card.fr.png"} {
		picture := w.get(path + suffix)
		require.Equal(t, http.StatusOK, picture.Code)
		require.Equal(t, "no-store", picture.Header().Get("Cache-Control"), "it may be mended at once")
		require.Equal(t, w.get("/b/0000000000000000"+suffix).Body.String(), picture.Body.String(), "drawn as unknown")
	}
	require.NotContains(t, w.get("/oembed?url="+url.QueryEscape(string(bazar)+path)).Body.String(), "alice")
	require.Equal(t, http.StatusUnprocessableEntity, w.get(path+".json").Code)

	require.Equal(t, path, w.publish("helper", "alice"), "published again")
	require.Contains(t, w.wordsAt(path, "en"), "One, level 1 of 2.")
	require.Contains(t, w.wordsAt(path, "en"), itHolds)
	require.Equal(t, "one", w.stated(path))
	for _, element := range []string{"img", "pre", "script", "time", "bdi"} {
		require.Empty(t, elements(page, element), element)
	}
}

// The token of another badge is well signed, and still not that of this one.
func TestTokenOfAnotherBadge(t *testing.T) {
	w := newWorld(t)
	w.rate("seller", "alice", true, true)
	w.rate("seller", "bob", true, false)
	path, other := w.publish("seller", "alice"), w.publish("seller", "bob")
	mine, theirs := w.get(path+".jwt").Body.String(), w.get(other+".jwt").Body.String()
	packer := seal.Packer{}
	w.alter(store.Key("i", "badge", strings.TrimPrefix(path, "/b/")), string(packer.Pack(mine)), string(packer.Pack(theirs)))
	w.withCheck(path, "No: not signed for this address, or not whole.", itDoesNot)
	w.withCheck(path, "No: what is signed says something else than this page.", itDoesNot)
}

func TestAlteredMechanism(t *testing.T) {
	w := newWorld(t)
	w.rate("helper", "alice", true, true)
	path := w.publish("helper", "alice")
	w.restart(func(c *issuer.Config) {
		next := c.Mechanisms[2]
		previous, err := bonafide.Hash(&c.Mechanisms[2])
		require.NoError(t, err)
		next.Version, next.Previous, next.Falls = 2, previous, both("Otherwise.")
		c.Mechanisms[2] = next
	})
	require.NoError(t, w.RunDue(t.Context()))
	w.withCheck(path, "Yes: the rules that it goes by are published, and unaltered.", itHolds)
	w.alter(store.Key("published", "mechanisms", "helper", "000000001"), "By faults.", "Never.")
	w.withCheck(path, "No: the rules that it goes by are not published, or were altered.", itDoesNot)
}

// ailing is a signer that fails while it ails.
type ailing struct {
	bonafide.Signer
	ails bool
}

func (s *ailing) Sign(ctx context.Context, message []byte) ([]byte, error) {
	if s.ails {
		return nil, errors.New("the signer is away")
	}
	return s.Signer.Sign(ctx, message)
}

func TestWhatCouldNotBeChecked(t *testing.T) {
	signer := &ailing{}
	w := newWorld(t, func(c *issuer.Config) { signer.Signer, c.Signer = c.Signer, signer })
	w.rate("seller", "alice", true, true)
	path := w.publish("seller", "alice")
	signer.ails = true
	w.clock.add(time.Hour)
	w.withCheck(path, "Could not check: whether it is revoked.", notChecked)

	w.rate("seller", "alice", true)
	w.withCheck(path, "Could not check: whether what is signed says the same.", notChecked)
	signer.ails = false
	require.Contains(t, w.wordsAt(path, "en"), itHolds)

	signer.ails = true
	w.rate("seller", "bob", true, true)
	unsigned := w.publish("seller", "bob")
	w.withCheck(unsigned, "Could not check: its signature. Nothing is signed yet.", notChecked)
}

func TestWhatDoesNotHold(t *testing.T) {
	w := newWorld(t)
	w.rate("seller", "alice", true, true)
	path := w.publish("seller", "alice")
	w.clock.add(61 * day)
	w.withCheck(path, "No: not in time. What is signed was valid until 21 January 2027.", itDoesNot)
	require.NoError(t, w.Suspend(t.Context(), "alice"))
	w.withCheck(path, "No: revoked. Its place in the status list is marked.", itDoesNot)
}

// Nothing keeps a page that says what was checked just now.
func TestBadgePageIsNotKept(t *testing.T) {
	w := newWorld(t)
	w.rate("seller", "alice", true, true)
	path := w.publish("seller", "alice")
	whole := w.get(path, "Accept", "text/html")
	head := w.do(w.handler, http.MethodHead, path, "", "Accept", "text/html")
	require.Equal(t, whole.Code, head.Code)
	for _, name := range []string{"Cache-Control", "Vary", "Content-Type", "Content-Language", "X-Robots-Tag"} {
		require.Equal(t, whole.Header().Values(name), head.Header().Values(name), name)
	}
	require.Equal(t, "no-store", whole.Header().Get("Cache-Control"))
	require.Contains(t, strings.Join(whole.Header().Values("Vary"), ", "), "Accept, Accept-Language, Cookie")
	require.Equal(t, "en", attribute(elements(w.pageAt(path+"?lang=en", "fr"), "html")[0], "lang"))
	require.Contains(t, words(w.pageAt(path, "en")), "Français")
}

// BF-ISSUER-19
func TestNoBadgeIsAPage(t *testing.T) {
	w := newWorld(t)
	answer := w.get("/b/0000000000000000", "Accept", "text/html")
	require.Equal(t, http.StatusNotFound, answer.Code)
	page, err := html.Parse(answer.Body)
	require.NoError(t, err)
	requireAll(t, words(page), "bazar.example says nothing of anybody at this address.", "there is no badge.")
	require.Equal(t, "no-store", answer.Header().Get("Cache-Control"))
}
