package issuer

import (
	"fmt"
	"net/http"
	"slices"
	"strings"

	"bonafide.example/conformance"
	"bonafide.example/conformance/subject"
	"bonafide.example/conformance/wire"
)

// that is a fault unless ok.
func that(ok bool, due, came string, args ...any) error {
	if ok {
		return nil
	}
	return subject.Wrong(due, came, args...)
}

// first returns the first that is wrong.
func first(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// equal is a fault unless what came at a place is what is due there.
func equal(what string, due, came any) error {
	return that(conformance.Difference("", due, came) == "", fmt.Sprintf("%s: %v", what, due), "%v", came)
}

// answered is a fault unless the status is this.
func answered(x *subject.Exchange, status int) error {
	return that(x.Status == status, fmt.Sprintf("the status %d", status), "%d%s", x.Status, coded(x))
}

func coded(x *subject.Exchange) string {
	if x.Code() == "" {
		return ""
	}
	return " " + x.Code()
}

// served is a fault unless 200 with this media type came.
func served(x *subject.Exchange, media ...string) error {
	return that(x.Status == http.StatusOK && slices.Contains(media, x.Media()), "200 with "+strings.Join(media, " or "),
		"%d with %q%s", x.Status, x.Media(), coded(x))
}

// unstored is a fault unless Cache-Control forbids to keep the answer.
func unstored(x *subject.Exchange) error {
	return that(slices.Contains(directives(x), "no-store"), "Cache-Control: no-store", "%q", x.Header.Get("Cache-Control"))
}

// directives returns those of Cache-Control, in lower case.
func directives(x *subject.Exchange) []string {
	var all []string
	for d := range strings.SplitSeq(strings.Join(x.Header.Values("Cache-Control"), ","), ",") {
		all = append(all, strings.ToLower(strings.TrimSpace(d)))
	}
	return all
}

// refusal is how an OAuth endpoint refuses.
type refusal struct {
	status int
	name   string
	codes  []string // any of them
}

// check is a fault unless the answer is this refusal.
func (r refusal) check(x *subject.Exchange) error {
	object := x.Object()
	due := fmt.Sprintf("%d %s with %s", r.status, r.name, strings.Join(r.codes, " or "))
	name, code, description := wire.Text(object, "error"), wire.Text(object, "bonafide_error"), wire.Text(object, "error_description")
	printable := strings.TrimFunc(description, func(c rune) bool { return c >= ' ' && c <= '~' && c != '"' && c != '\\' }) == ""
	return first(
		that(x.Status == r.status && name == r.name && slices.Contains(r.codes, code), due, "%d %s with %s", x.Status, name, code),
		equal("Content-Type", "application/json", x.Media()),
		unstored(x),
		that(description != "" && printable, "an error_description in printable ASCII", "%q", description),
	)
}
