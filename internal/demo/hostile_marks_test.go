package demo

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/net/html"
)

// marks returns what hostile words have done to an answer, nothing if they stayed words.
func marks(header http.Header, body []byte) (found []string) {
	for name, values := range header {
		for _, value := range values {
			if strings.Contains(strings.ToLower(name), canary) || strings.ContainsFunc(value, unicode.IsControl) ||
				strings.ContainsAny(value, "<>") && strings.Contains(value, canary) || name == "Set-Cookie" && strings.Contains(value, canary) {
				found = append(found, fmt.Sprintf("the header field %s: %q", name, value))
			}
		}
	}
	media, _, _ := mime.ParseMediaType(header.Get("Content-Type"))
	switch {
	case len(body) == 0:
	case header.Get("X-Content-Type-Options") != "nosniff":
		found = append(found, "no nosniff")
	case media == "text/html":
		found = append(found, pageMarks(body)...)
	case media == "image/svg+xml":
		found = append(found, pictureMarks(body)...)
	case media == "application/json" || strings.HasSuffix(media, "+json"):
		if !json.Valid(body) {
			found = append(found, "no JSON")
		}
	case media == "application/x-ndjson":
		for line := range bytes.Lines(body) {
			if !json.Valid(line) {
				found = append(found, "no lines of JSON")
			}
		}
	case media == "image/png":
		if !bytes.HasPrefix(body, []byte("\x89PNG\r\n\x1a\n")) {
			found = append(found, "no PNG")
		}
	case strings.HasSuffix(media, "jwt"):
		if !compact.Match(body) {
			found = append(found, "no token")
		}
	case media == "text/plain" || media == "text/javascript":
		if bytes.Contains(body, []byte(canary)) {
			found = append(found, "words in "+media)
		}
	default:
		found = append(found, "the type "+header.Get("Content-Type"))
	}
	return found
}

var compact = regexp.MustCompile(`^[\w-]+\.[\w-]+\.[\w-]+\s*$`)

// pageMarks looks at a page.
func pageMarks(body []byte) (found []string) {
	page, err := html.Parse(bytes.NewReader(body))
	if err != nil {
		return []string{err.Error()}
	}
	for node := range page.Descendants() {
		switch node.Type {
		case html.ElementNode:
			found = append(found, elementMarks(node)...)
		case html.TextNode:
			if slices.Contains([]string{"style", "script"}, node.Parent.Data) {
				continue
			}
			if turns(node) {
				found = append(found, fmt.Sprintf("a text that turns what is around it: %q in %s", node.Data, node.Parent.Data))
			}
		case html.CommentNode:
			found = append(found, "a comment: "+node.Data)
		}
	}
	return found
}

// elements are those that pages have; whatever else they held would come from a word.
var elements = strings.Fields(`html head meta title style script link body header main section article div h1 h2 h3 h4 p br hr
	a strong em small code pre span bdi blockquote time abbr ul ol li dl dt dd table thead tbody tr th td details summary
	form fieldset legend label input textarea select option datalist button picture source img svg path circle rect g`)

// addresses are the attributes that hold one.
var addresses = strings.Fields("href src action formaction srcset poster cite")

func elementMarks(node *html.Node) (found []string) {
	if !slices.Contains(elements, node.Data) {
		found = append(found, "the element "+node.Data)
	}
	if node.Data == "meta" && attr(node, "http-equiv") != "" {
		found = append(found, "a meta that commands")
	}
	if node.Data == "script" {
		found = append(found, scriptMarks(node)...)
	}
	for _, a := range node.Attr {
		said := !slices.Contains([]string{"value", "href", "action", "content"}, a.Key) // to a person, by itself
		switch {
		case strings.HasPrefix(a.Key, "on"), strings.Contains(a.Key, canary), a.Key == "style", a.Key == "srcdoc", a.Key == "autofocus":
			found = append(found, fmt.Sprintf("the attribute %s of %s", a.Key, node.Data))
		case slices.Contains(addresses, a.Key) && !ownOrPlain(a.Val):
			found = append(found, fmt.Sprintf("the address %s=%q", a.Key, a.Val))
		case said && strings.ContainsFunc(a.Val, reorders):
			found = append(found, fmt.Sprintf("a text that turns what is around it: %s=%q", a.Key, a.Val))
		}
	}
	return found
}

// scriptMarks looks at a script: each is a file of the site, but for what describes the page to search engines.
func scriptMarks(node *html.Node) []string {
	if attr(node, "type") == "application/ld+json" && attr(node, "src") == "" {
		if node.FirstChild == nil || !json.Valid([]byte(node.FirstChild.Data)) {
			return []string{"JSON-LD that is none"}
		}
		return nil
	}
	if node.FirstChild != nil || !strings.HasPrefix(attr(node, "src"), "/js/") {
		return []string{"a script"}
	}
	return nil
}

// ownOrPlain tells whether an address stays on its site, or leads to a page of another.
func ownOrPlain(address string) bool {
	u, err := url.Parse(strings.TrimSpace(address))
	if err != nil || strings.Contains(u.Host, canary) {
		return false
	}
	return u.Scheme == "http" || u.Scheme == "https" || u.Scheme == "" && u.Host == "" && !strings.Contains(u.Path, `\`)
}

func reorders(r rune) bool { return unicode.Is(unicode.Bidi_Control, r) }

// turns tells whether a text reorders what stands around it: by marks, or as a name in another script within a
// sentence, unless it is set apart. What is to be copied, and what stands alone, is.
func turns(node *html.Node) bool {
	for above := node.Parent; above != nil; above = above.Parent {
		if slices.Contains([]string{"bdi", "textarea"}, above.Data) {
			return false
		}
	}
	alone := strings.TrimSpace(node.Data) == other["right to left"] || slices.Contains([]string{"title", "pre"}, node.Parent.Data)
	return strings.ContainsFunc(node.Data, func(r rune) bool {
		return reorders(r) || !alone && unicode.In(r, unicode.Hebrew, unicode.Arabic)
	})
}

// pictureMarks looks at an SVG.
func pictureMarks(body []byte) (found []string) {
	reader := xml.NewDecoder(bytes.NewReader(body))
	for {
		token, err := reader.Token()
		if errors.Is(err, io.EOF) {
			return found
		}
		if err != nil {
			return append(found, "no XML: "+err.Error())
		}
		switch token := token.(type) {
		case xml.StartElement:
			if !slices.Contains([]string{"svg", "title", "desc", "path", "text"}, token.Name.Local) && token.Name.Space != "https://purl.imsglobal.org/ob/v3p0" {
				found = append(found, "the element "+token.Name.Local)
			}
			for _, a := range token.Attr {
				if strings.HasPrefix(a.Name.Local, "on") || slices.Contains([]string{"href", "src", "style"}, a.Name.Local) || strings.Contains(a.Name.Local, canary) {
					found = append(found, "the attribute "+a.Name.Local)
				}
			}
		case xml.Comment, xml.Directive:
			found = append(found, "a comment or directive")
		}
	}
}

// logMarks looks at a log in JSON: lines of records that hold none of the secrets, nor any hostile word.
func logMarks(log []byte, secrets []string) (found []string) {
	for line := range bytes.Lines(log) {
		if !json.Valid(line) || bytes.ContainsFunc(bytes.TrimSuffix(line, []byte("\n")), unicode.IsControl) {
			found = append(found, fmt.Sprintf("no record: %q", line))
		}
		for _, secret := range append(secrets, canary, `\u001b`, `\r`, `\u0000`) {
			if bytes.Contains(line, []byte(secret)) {
				found = append(found, fmt.Sprintf("%q in %s", secret, line))
			}
		}
	}
	return found
}
