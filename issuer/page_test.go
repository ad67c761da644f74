package issuer_test

import (
	"bytes"
	"net/http"
	"strings"

	"bonafide.example/store"
	"github.com/stretchr/testify/require"
	"golang.org/x/net/html"
)

// pageAt returns the page at a path, parsed.
func (w *world) pageAt(path, lang string) *html.Node {
	w.t.Helper()
	answer := w.get(path, "Accept", "text/html", "Accept-Language", lang)
	require.Equal(w.t, http.StatusOK, answer.Code)
	page, err := html.Parse(answer.Body)
	require.NoError(w.t, err)
	return page
}

// wordsAt returns what somebody reads on the page at a path.
func (w *world) wordsAt(path, lang string) string {
	w.t.Helper()
	return words(w.pageAt(path, lang))
}

// words returns the text of an element, without what nobody reads, its white space made single spaces.
func words(n *html.Node) string {
	var all []string
	for d := range n.Descendants() {
		if hidden := d.Parent != nil && (d.Parent.Data == "style" || d.Parent.Data == "script"); d.Type == html.TextNode && !hidden {
			all = append(all, d.Data)
		}
	}
	return strings.Join(strings.Fields(strings.Join(all, "")), " ")
}

// attribute returns an attribute's value, "" for none.
func attribute(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

// elements returns the elements of that name.
func elements(page *html.Node, name string) (found []*html.Node) {
	for d := range page.Descendants() {
		if d.Type == html.ElementNode && d.Data == name {
			found = append(found, d)
		}
	}
	return found
}

// damage alters the token that is kept of the member's badge under helper, as a fault of the disk or an intruder might.
func (w *world) damage(member string) {
	w.t.Helper()
	var code [][]byte
	require.NoError(w.t, w.Store.View(w.t.Context(), func(r store.Reader) (err error) {
		code, err = r.Get(store.Key("i", "badge-of", "helper", member))
		return err
	}))
	token := w.get("/b/" + string(code[0]) + ".jwt").Body.String()
	signature := token[strings.LastIndexByte(token, '.')+1:]
	w.alter(store.Key("i", "badge", string(code[0])), signature, signature[:len(signature)-5]+"AAAAA")
}

// alter puts one text in the place of another in what is kept under a key.
func (w *world) alter(key []byte, was, is string) {
	w.t.Helper()
	require.NoError(w.t, w.Store.Update(w.t.Context(), func(tx store.Tx) error {
		kept, err := tx.Get(key)
		if err != nil {
			return err
		}
		require.Contains(w.t, string(kept[0]), was)
		return tx.Put(key, bytes.Replace(kept[0], []byte(was), []byte(is), 1))
	}))
}
