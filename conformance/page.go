package conformance

import (
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"html/template"
	"io"
	"strings"
)

//go:embed page.html page.css
var pageFiles embed.FS

// maxOnPage is how much of what was due and what came a page shows, in bytes.
const maxOnPage = 4 << 10

// page is what the template shows. What a program or site slipped into it is shown as text and nothing else: the template
// escapes it, and what a reader couldn't see or would see in another order is written out, as in [Plain].
type page struct {
	*Report
	Conclusion string
	Command    string
	Said       map[string]string
	Failures   []Verdict // those that failed
	Unanswered []Verdict // those unsupported or skipped
	Style      template.CSS
	StyleHash  string // names the style in the page's Content-Security-Policy
}

// WritePage writes the report as a page for people who don't know the suite: one HTML file that loads nothing and runs
// nothing. said holds the sentence of each requirement.
func (r *Report) WritePage(out io.Writer, said map[string]string) error {
	style, err := pageFiles.ReadFile("page.css")
	if err != nil {
		return err
	}
	hash := sha256.Sum256(style)
	p := page{
		Report: r, Conclusion: r.conclusion(), Command: Command(r.Implementation.Command...), Said: said,
		Style: template.CSS(style), StyleHash: "sha256-" + base64.StdEncoding.EncodeToString(hash[:]),
	}
	for _, v := range r.Cases {
		switch v.Outcome {
		case Passed:
		case Failed:
			p.Failures = append(p.Failures, v)
		default:
			p.Unanswered = append(p.Unanswered, v)
		}
	}
	parsed, err := template.New("page.html").Funcs(template.FuncMap{
		"plain": Plain, "due": dueOnPage, "came": lines,
		"parts": func(sentence string) []string { return strings.Split(sentence, "`") }, // every other one is code
		"odd":   func(i int) bool { return i%2 == 1 },
	}).ParseFS(pageFiles, "page.html")
	if err != nil {
		return err
	}
	return parsed.Execute(out, p)
}

// dueOnPage returns what was due: a text as it is, all else as indented JSON.
func dueOnPage(v Verdict) (string, error) {
	switch due := v.Due.(type) {
	case nil:
		return "", nil
	case string:
		return lines(due), nil
	default:
		var text strings.Builder
		err := WriteJSON(&text, due)
		return lines(strings.TrimSpace(text.String())), err
	}
}

// lines shortens a text and makes each of its lines plain.
func lines(text string) string {
	all := strings.Split(Cut(text, maxOnPage), "\n")
	for i, line := range all {
		all[i] = Plain(strings.TrimSuffix(line, "\r"))
	}
	return strings.Join(all, "\n")
}
