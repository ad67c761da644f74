// Package layout holds the rules of who imports whom. A new edge is a decision: it is written down here.
package layout

import (
	"maps"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

const module = "bonafide.example"

// edges lists what each package may import of this module. "" is the root package, which everybody may.
var edges = map[string][]string{
	"":                         {},
	"store":                    {},
	"store/bolt":               {"store"},
	"store/storetest":          {"store"},
	"badge":                    {},
	"internal/need":            {},
	"internal/planted":         {},
	"internal/mutants":         {},
	"internal/judged":          {"internal/mutants", "internal/need", "internal/planted"},
	"internal/judged/issuer":   {},
	"internal/judged/verifier": {},
	"internal/text":            {},
	"conversion":               {"internal/text"},
	"vouching":                 {},
	"internal/seal":            {},
	"internal/fetch":           {"internal/seal"},
	"internal/oauth":           {"internal/seal", "internal/fetch"},
	"internal/web":             {"internal/text"},
	"internal/publish":         {"internal/seal", "internal/web", "store"},
	"vouching/ledger":          {"vouching", "store"},
	"vouching/desk":            {"vouching", "vouching/ledger", "issuer", "store", "internal/web"},
	"vouching/court":           {"vouching", "vouching/ledger", "issuer", "store", "internal/seal", "internal/fetch", "internal/web"},
	"vouching/refer":           {"vouching", "vouching/ledger", "vouching/court", "issuer", "store", "internal/seal", "internal/fetch", "internal/web"},
	"issuer":                   {"badge", "vouching", "vouching/ledger", "store", "internal/seal", "internal/fetch", "internal/oauth", "internal/web", "internal/publish"},
	"verifier":                 {"conversion", "store", "internal/seal", "internal/fetch", "internal/oauth", "internal/web", "internal/publish"},
	"site":                     {"conversion", "issuer", "vouching/desk", "vouching/court", "vouching/refer", "verifier", "store", "internal/seal", "internal/web", "internal/chapters", "spec"},
	"internal/awkward":         {"site", "internal/seal", "internal/oauth", "internal/web"},
	"internal/demo":            {"internal/awkward", "badge", "conversion", "vouching", "vouching/desk", "vouching/court", "issuer", "site", "verifier", "store", "store/bolt", "internal/seal", "internal/web", "internal/fetch"},
	"js":                       {},
	"spec":                     {},
	"testdata":                 {"testdata/v1"},
	"testdata/v1":              {},
	"internal/vectors":         {},
	"internal/layout":          {},
	"internal/subject":         {"conversion", "vouching", "internal/seal", "internal/fetch"},
	"cmd/bonafide":             {"internal/awkward", "conversion", "vouching", "vouching/desk", "vouching/court", "issuer", "site", "store/bolt", "internal/demo", "internal/seal", "internal/fetch", "internal/web"},

	"internal/chapters": {},

	"conformance":              {},
	"conformance/program":      {"conformance"},
	"conformance/vectors":      {"conformance", "conformance/program"},
	"conformance/wire":         {"conformance"},
	"conformance/subject":      {"conformance", "conformance/wire", "spec"},
	"conformance/peer":         {"conformance", "conformance/wire"},
	"conformance/issuer":       {"conformance", "conformance/wire", "conformance/subject", "conformance/peer"},
	"conformance/verifier":     {"conformance", "conformance/wire", "conformance/subject", "conformance/peer", "spec"},
	"conformance/evil":         {"conformance", "conformance/program", "conformance/wire", "conformance/peer"},
	"cmd/bonafide-conformance": {"conformance", "conformance/vectors", "conformance/subject", "conformance/peer", "conformance/issuer", "conformance/verifier", "conformance/evil", "spec", "testdata/v1"},
}

// strangers may not even import the root package: one judges this implementation, the others are all that it has.
var strangers = []string{
	"cmd/bonafide-conformance", "conformance", "conformance/program", "conformance/vectors", "conformance/wire", "conformance/subject", "conformance/peer",
	"conformance/issuer", "conformance/verifier", "conformance/evil", "spec", "testdata/v1",
}

// owners lists which packages may import each outside library, tests aside. "" is the root package.
var owners = map[string][]string{
	"github.com/go-json-experiment/json": {"", "store", "internal/text", "internal/seal", "internal/vectors", "internal/subject", "testdata"},
	"github.com/go-jose/go-jose/v4":      {"internal/seal"},
	"github.com/lestrrat-go/jwx/v3":      {"internal/vectors", "conformance/wire"},
	"go.etcd.io/bbolt":                   {"store/bolt"},
	"code.dny.dev/ssrf":                  {"internal/fetch"},
	"golang.org/x/sync":                  {"internal/fetch", "issuer", "site", "internal/demo", "cmd/bonafide", "store/storetest"},
	"golang.org/x/time":                  {"internal/fetch", "internal/web", "issuer", "vouching/refer"},
	"golang.org/x/image":                 {"badge"},
	"golang.org/x/net":                   {"internal/demo", "conformance/subject"},
	"golang.org/x/text":                  {"internal/text", "internal/web"},
	"golang.org/x/term":                  {"cmd/bonafide"},
	"github.com/nicksnyder/go-i18n/v2":   {"internal/text"},
	"github.com/yuin/goldmark":           {"internal/chapters"},
	"github.com/google/uuid":             {"issuer", "vouching/desk", "verifier", "internal/oauth"},
	"github.com/spf13/cobra":             {"cmd/bonafide", "cmd/bonafide-conformance"},
	"github.com/schollz/progressbar/v3":  {"cmd/bonafide"},
	"github.com/stretchr/testify":        {"store/storetest", "internal/planted", "internal/judged"},
}

// dialers are the packages that may open connections: fetch to what peers and members name, the others
// to what the operator named.
var dialers = []string{"internal/fetch", "issuer", "cmd/bonafide", "internal/demo", "conformance/subject", "conformance/peer", "conformance/evil"}

// listed is one package as go list prints it.
type listed struct {
	path    string
	imports []string
}

func packages(t *testing.T) []listed {
	// Patterns pass over what is in testdata.
	out, err := exec.Command("go", "list", "-f", `{{.ImportPath}} {{join .Imports " "}}`, module+"/...", module+"/testdata", module+"/testdata/v1").Output()
	require.NoError(t, err)
	var all []listed
	for line := range strings.Lines(string(out)) {
		fields := strings.Fields(line)
		path := strings.TrimPrefix(strings.TrimPrefix(fields[0], module), "/")
		if path == "examples" || strings.HasPrefix(path, "examples/") {
			continue
		}
		all = append(all, listed{path, fields[1:]})
	}
	return all
}

// faults returns what is imported against the rules.
func faults(all []listed) []string {
	var found []string
	for _, p := range all {
		allowed, known := edges[p.path]
		if !known {
			found = append(found, p.path+" is not in the layout")
		}
		for _, imported := range p.imports {
			if own, ok := strings.CutPrefix(imported, module); ok {
				own = strings.TrimPrefix(own, "/")
				switch {
				case own != "" && !slices.Contains(allowed, own):
					found = append(found, p.path+" imports "+own)
				case own == "" && slices.Contains(strangers, p.path):
					found = append(found, p.path+" imports the root package")
				}
				continue
			}
			if imported == "net" && !slices.Contains(append(dialers, "internal/web"), p.path) {
				found = append(found, p.path+" imports net")
			}
			if !strings.Contains(strings.Split(imported, "/")[0], ".") {
				continue
			}
			if !slices.ContainsFunc(slices.Collect(maps.Keys(owners)), func(library string) bool {
				return (imported == library || strings.HasPrefix(imported, library+"/")) && slices.Contains(owners[library], p.path)
			}) {
				found = append(found, p.path+" imports "+imported)
			}
		}
	}
	return found
}

func TestLayout(t *testing.T) {
	require.Empty(t, faults(packages(t)))
}

func TestLayoutCatchesNewEdges(t *testing.T) {
	require.Equal(t, []string{
		"issuer imports verifier",
		"conversion imports net",
		"verifier imports github.com/go-jose/go-jose/v4",
		"spec imports the root package",
		"new is not in the layout",
	}, faults([]listed{
		{"issuer", []string{module + "/verifier", module, "net/http"}},
		{"conversion", []string{"net"}},
		{"verifier", []string{"github.com/go-jose/go-jose/v4"}},
		{"spec", []string{module}},
		{"new", nil},
	}))
}
