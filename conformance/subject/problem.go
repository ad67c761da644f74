package subject

import (
	"bufio"
	"bytes"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"

	"bonafide.example/conformance/wire"
	"bonafide.example/spec"
)

// Refused checks that a visitor who prefers JSON was refused for one of these reasons, by a problem document as the spec
// wants it (chapter 03, All of them). It returns a [Fault] otherwise.
func (x *Exchange) Refused(codes ...string) error {
	code, due := x.Code(), fmt.Sprintf("a refusal with %s", strings.Join(codes, " or "))
	switch {
	case !slices.Contains(codes, code):
		return Wrong(due, "%d with the code %q", x.Status, code)
	case x.Status != StatusOf(code):
		return Wrong(fmt.Sprintf("the status %d of %s", StatusOf(code), code), "%d", x.Status)
	}
	return x.problem(code)
}

// problem checks the form of a problem document.
func (x *Exchange) problem(code string) error {
	object := x.Object()
	status, err := wire.Int(object, "status")
	switch {
	case x.Media() != "application/problem+json":
		return Wrong("application/problem+json", "%s", x.Media())
	case !strings.Contains(x.Header.Get("Cache-Control"), "no-store"):
		return Wrong("Cache-Control: no-store", "%q", x.Header.Get("Cache-Control"))
	case wire.Text(object, "type") != "urn:bonafide:error:"+code:
		return Wrong("the type urn:bonafide:error:"+code, "%q", wire.Text(object, "type"))
	case err != nil || int(status) != x.Status:
		return Wrong(fmt.Sprintf("%d as the document's status", x.Status), "%v", object["status"])
	}
	for _, path := range [][]any{{"title"}, {"mend", "en"}, {"mend", "fr"}} {
		if wire.Text(object, path...) == "" {
			return Wrong(fmt.Sprintf("a text as %v", path), "%v", wire.At(object, path...))
		}
	}
	return x.NoSniff()
}

// StatusOf returns the HTTP status of a code of the closed list (chapter 07), 0 for one that isn't in it.
func StatusOf(code string) int { return statuses()[code] }

// statuses reads the table of codes.
var statuses = sync.OnceValue(func() map[string]int {
	text, err := spec.FS.ReadFile("v1/07-errors.md")
	if err != nil {
		panic(err) // it is embedded
	}
	all := map[string]int{}
	for lines := bufio.NewScanner(bytes.NewReader(text)); lines.Scan(); {
		cells := strings.Split(lines.Text(), " | ")
		code, ok := strings.CutPrefix(cells[0], "| `")
		if !ok || len(cells) < 2 {
			continue
		}
		if status, err := strconv.Atoi(cells[1]); err == nil {
			all[strings.TrimSuffix(code, "`")] = status
		}
	}
	return all
})
