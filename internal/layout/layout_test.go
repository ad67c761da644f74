// Package layout holds the rules of who imports whom. A new edge is a decision: it is written down here.
package layout

import (
	"maps"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"testing"

	"bonafide.example/internal/need"
	"github.com/stretchr/testify/require"
)

const module = "bonafide.example"

// edges lists what each package may import of this module. "" is the root package, which everybody may.
var edges = map[string][]string{
	"":                         {},
	"store":                    {},
	"store/bolt":               {"store"},
	"store/postgres":           {"store"},
	"store/storetest":          {"store"},
	"store/records":            {"store"},
	"store/backup":             {"store", "store/records"},
	"internal/pgtest":          {"internal/need"},
	"badge":                    {"js"},
	"internal/need":            {},
	"internal/planted":         {},
	"internal/faults":          {},
	"internal/mutants":         {},
	"internal/doctor":          {"internal/fetch"},
	"internal/bench":           {"conversion", "issuer", "site", "store", "internal/fetch", "internal/oauth", "internal/seal", "internal/web"},
	"internal/judged":          {"internal/mutants", "internal/need", "internal/planted"},
	"internal/judged/issuer":   {},
	"internal/judged/verifier": {},
	"internal/metrics":         {},
	"internal/text":            {},
	"internal/qr":              {},
	"internal/recent":          {},
	"internal/static":          {"badge", "internal/text", "internal/web"},
	"internal/cv":              {"badge", "internal/qr", "internal/text", "internal/web"},
	"internal/browser":         {"internal/need"},
	"conversion":               {"internal/text"},
	"complaint":                {"store", "store/records", "internal/web"},
	"vouching":                 {},
	"internal/seal":            {"internal/aside"},
	"internal/fetch":           {"internal/recent", "internal/seal"},
	"internal/aside":           {},
	"internal/keyfolder":       {"internal/aside", "internal/seal"},
	"internal/oauth":           {"internal/seal", "internal/fetch"},
	"internal/web":             {"internal/text"},
	"internal/publiclog":       {"internal/aside", "store", "store/records", "internal/web"},
	"internal/erasures":        {"internal/aside", "store", "store/records"},
	"internal/publish":         {"internal/seal", "internal/web", "store"},
	"vouching/ledger":          {"vouching", "store", "store/records"},
	"vouching/desk":            {"vouching", "vouching/ledger", "issuer", "store", "internal/web", "store/records"},
	"vouching/court":           {"vouching", "vouching/ledger", "issuer", "store", "internal/seal", "internal/fetch", "internal/web", "store/records"},
	"vouching/refer":           {"vouching", "vouching/court", "issuer", "store", "internal/seal", "internal/fetch", "internal/web", "store/records"},
	"issuer":                   {"badge", "vouching", "vouching/ledger", "store", "internal/seal", "internal/fetch", "internal/oauth", "internal/web", "internal/publish", "internal/qr", "internal/recent", "js", "store/records"},
	"verifier":                 {"conversion", "store", "internal/publiclog", "internal/seal", "internal/fetch", "internal/oauth", "internal/web", "internal/publish", "store/records"},
	"site":                     {"complaint", "conversion", "issuer", "vouching/desk", "vouching/court", "vouching/refer", "verifier", "store", "internal/erasures", "internal/keyfolder", "internal/metrics", "internal/publiclog", "internal/seal", "internal/web", "internal/chapters", "js", "spec", "vouching/ledger", "store/backup", "store/records"},
	"internal/console":         {"badge", "complaint", "conversion", "issuer", "site", "vouching/court", "internal/web"},
	"internal/awkward":         {"site", "internal/seal"},
	"internal/demo":            {"internal/awkward", "conversion", "vouching", "vouching/desk", "vouching/court", "issuer", "site", "store", "store/bolt", "internal/seal", "internal/web", "internal/fetch"},
	"js":                       {},
	"deploy":                   {},
	"recipes":                  {},
	"js/bundle":                {},
	"spec":                     {},
	"testdata":                 {"testdata/v1"},
	"testdata/v1":              {},
	"internal/vectors":         {},
	"internal/layout":          {},
	"internal/subject":         {"conversion", "vouching", "internal/seal", "internal/fetch"},
	"cmd/bonafide":             {"complaint", "internal/aside", "internal/erasures", "internal/cv", "internal/static", "internal/awkward", "badge", "conversion", "vouching", "vouching/desk", "vouching/court", "issuer", "site", "verifier", "store", "store/bolt", "internal/bench", "internal/demo", "internal/console", "internal/doctor", "internal/seal", "internal/fetch", "internal/web", "internal/keyfolder", "store/postgres", "internal/publiclog", "store/backup", "store/records"},

	"internal/chapters": {},

	"conformance":              {},
	"conformance/program":      {"conformance"},
	"conformance/vectors":      {"conformance", "conformance/program"},
	"conformance/wire":         {"conformance"},
	"conformance/subject":      {"conformance", "conformance/wire", "spec"},
	"conformance/peer":         {"conformance", "conformance/wire"},
	"conformance/issuer":       {"conformance", "conformance/wire", "conformance/subject", "conformance/peer"},
	"conformance/verifier":     {"conformance", "conformance/wire", "conformance/subject", "conformance/peer"},
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
	"filippo.io/age":                     {"internal/seal"},
	"github.com/lestrrat-go/jwx/v3":      {"conformance/wire"},
	"go.etcd.io/bbolt":                   {"store/bolt"},
	"github.com/jackc/pgx/v5":            {"store/postgres", "internal/pgtest"},
	"github.com/rogpeppe/go-internal":    {"internal/aside"},
	"code.dny.dev/ssrf":                  {"internal/fetch"},
	"github.com/evanw/esbuild":           {"js/bundle"},
	"golang.org/x/sync":                  {"internal/bench", "internal/fetch", "issuer", "site", "internal/demo", "cmd/bonafide", "store/storetest"},
	"golang.org/x/time":                  {"internal/fetch", "internal/web", "issuer", "vouching/refer"},
	"golang.org/x/image":                 {"badge"},
	"golang.org/x/mod":                   {"internal/publiclog"},
	"golang.org/x/net":                   {"internal/demo", "issuer", "conformance/subject"},
	"golang.org/x/text":                  {"badge", "internal/text", "internal/web"},
	"golang.org/x/crypto":                {"cmd/bonafide"},
	"golang.org/x/term":                  {"cmd/bonafide"},
	"github.com/nicksnyder/go-i18n/v2":   {"internal/text"},
	"github.com/yuin/goldmark":           {"internal/chapters"},
	"github.com/boombuler/barcode":       {"internal/qr"},
	"github.com/chromedp/chromedp":       {"internal/browser"},
	"github.com/chromedp/cdproto":        {"internal/browser"},
	"github.com/google/uuid":             {"issuer", "vouching/desk", "verifier", "internal/console"},
	"github.com/spf13/cobra":             {"cmd/bonafide", "cmd/bonafide-conformance"},
	"github.com/schollz/progressbar/v3":  {"cmd/bonafide"},
	"github.com/stretchr/testify":        {"store/storetest", "internal/planted", "internal/judged", "internal/browser"},

	"github.com/prometheus/client_golang": {"internal/metrics"},
}

// dialers are the packages that may open connections: fetch to what peers and members name, the others
// to what the operator named.
var dialers = []string{"internal/fetch", "issuer", "cmd/bonafide", "internal/bench", "internal/demo", "conformance/subject", "conformance/peer", "conformance/evil"}

// listed is one package as go list prints it.
type listed struct {
	path    string
	imports []string
}

func packages(t *testing.T) []listed {
	need.Seen(t, "../..")
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
			if imported == "net" && !slices.Contains(append(dialers, "internal/web", "internal/console", "internal/need"), p.path) {
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

// stale returns what is allowed, and imported by nobody: an edge that is gone is no decision any more.
func stale(all []listed) []string {
	imported := map[string]bool{}
	for _, p := range all {
		for _, i := range p.imports {
			imported[p.path+" "+i] = true
			for library := range owners {
				if strings.HasPrefix(i, library+"/") {
					imported[p.path+" "+library] = true
				}
			}
		}
	}
	var found []string
	for from, allowed := range edges {
		for _, to := range allowed {
			if !imported[from+" "+module+"/"+to] {
				found = append(found, from+" doesn't import "+to)
			}
		}
	}
	for library, by := range owners {
		for _, from := range by {
			if !imported[from+" "+library] {
				found = append(found, from+" doesn't import "+library)
			}
		}
	}
	slices.Sort(found)
	return found
}

func TestLayout(t *testing.T) {
	all := packages(t)
	require.Empty(t, faults(all))
	require.Empty(t, stale(all))
	store := slices.IndexFunc(all, func(p listed) bool { return p.path == "store/bolt" })
	all[store].imports = nil
	require.Equal(t, []string{"store/bolt doesn't import go.etcd.io/bbolt", "store/bolt doesn't import store"}, stale(all))
}

// TestMap holds DESIGN.md to say where every package is, and none that there isn't.
func TestMap(t *testing.T) {
	design, err := os.ReadFile("../../DESIGN.md")
	require.NoError(t, err)
	_, text, found := strings.Cut(string(design), "\n## Where things are\n")
	require.True(t, found)
	text, _, _ = strings.Cut(text, "\n## ")
	var named []string
	for line := range strings.Lines(text) {
		if cells := strings.Split(line, "|"); len(cells) == 4 {
			for _, name := range regexp.MustCompile("`([^`]+)`").FindAllStringSubmatch(cells[2], -1) {
				named = append(named, name[1])
			}
		}
	}
	for path := range edges {
		if path == "" || path == "internal/layout" || strings.HasPrefix(path, "conformance/") || strings.HasPrefix(path, "internal/judged/") {
			continue // the first is named as the root package; the others by the folder that they are in
		}
		require.Contains(t, named, path, "where is it?")
	}
	for _, name := range named {
		require.DirExists(t, "../../"+name)
	}
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
