package issuer_test

import (
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"bonafide.example"
	"bonafide.example/internal/browser"
	"bonafide.example/internal/need"
	"bonafide.example/issuer"
	"github.com/stretchr/testify/require"
)

// serve lets browsers visit the world's pages, each signed in as the member whose name its host begins with.
func (w *world) serve() (address func(member string) string) {
	server := httptest.NewServer(http.HandlerFunc(func(answer http.ResponseWriter, r *http.Request) {
		if member, _, ok := strings.Cut(r.Host, "."); ok && member != "visitor" && member != "127" {
			r.Header.Set("Test-Account", member)
		}
		w.handler.ServeHTTP(answer, r)
	}))
	w.t.Cleanup(server.Close)
	return func(member string) string { return strings.Replace(server.URL, "127.0.0.1", member+".localhost", 1) }
}

// codesIn returns what the QR codes on the first pages of a PDF hold.
func codesIn(t *testing.T, pdf []byte) string {
	folder := t.TempDir()
	file := filepath.Join(folder, "print.pdf")
	require.NoError(t, os.WriteFile(file, pdf, 0o600))
	said, err := exec.Command("pdftoppm", "-png", "-r", "150", file, filepath.Join(folder, "page")).CombinedOutput()
	require.NoError(t, err, "%s", said)
	pages, err := filepath.Glob(filepath.Join(folder, "page*.png"))
	require.NoError(t, err)
	codes, _ := exec.Command("zbarimg", append([]string{"--quiet", "--raw"}, pages...)...).Output() // it fails where one page has none
	return string(codes)
}

// cvWords are what a member presses.
type cvWords struct{ public, save, proof, page, look string }

// A member without scripts says for whom a badge is, sees what visitors see, names a page in vain, and shows and prints
// a CV.
func TestCVInABrowser(t *testing.T) {
	need.Program(t, "zbarimg")
	need.Program(t, "pdftoppm")
	chromium := browser.New(t)
	seller, helper := mechanism("seller", shareRule(), 0, "bronze", "silver", "gold"), helpful()
	seller.Name, helper.Context = said("Good seller", "Bon vendeur"), "helping"
	w := newWorld(t, func(c *issuer.Config) { c.Mechanisms = []bonafide.Mechanism{helper, seller} })
	address := w.serve()
	member := map[string]string{"en": "alice", "fr": "amelie"}
	for lang, words := range map[string]cvWords{
		"en": {"Public: it also stands on your public CV, and search engines may find it.", "Save", "A page of yours that links back", "Address of your page:", "Look at the page"},
		"fr": {"Public\u00a0: il figure aussi sur votre CV public, et les moteurs de recherche peuvent le trouver.", "Enregistrer", "Une page à vous qui renvoie au badge", "Adresse de votre page\u00a0:", "Consulter la page"},
	} {
		p := chromium.Visit(t, browser.Visitor{Lang: lang, Width: 320, Height: 640, NoScript: true})
		p.Open(address(member[lang]) + "/badges")
		p.Sound("my-badges-first-visit-" + lang)
		p.Press(words.public)
		p.Follow(words.save)
		p.Press(words.proof)
		p.Fill(words.page, "https://192.0.2.1/")
		require.EqualValues(t, http.StatusUnprocessableEntity, p.Follow(words.look))
		p.Sound("my-badges-" + lang)
	}
	for name, v := range map[string]browser.Visitor{
		"cv-en": {Width: 320, Height: 640, NoScript: true}, "cv-fr-dark": {Lang: "fr", Dark: true, ForcedColors: true, Zoom: 200},
	} {
		p := chromium.Visit(t, v)
		cv := w.cv("alice")
		p.Open(address("visitor") + cv)
		p.Sound(name)
		codes := codesIn(t, p.PDF())
		require.Contains(t, codes, "https://bazar.example/b/")
		require.Contains(t, codes, "https://bazar.example"+cv)
	}
}
