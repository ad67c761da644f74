package planted_test

import (
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"bonafide.example/internal/need"
	"bonafide.example/internal/planted"
	"github.com/stretchr/testify/require"
)

// mutant is a package with one thing done wrong, which its fuzz target must notice by its corpus alone.
type mutant struct {
	pkg, target string
	file        string // from the root of the module
	was, is     string // the only change; was occurs once in the file
}

var mutants = []mutant{
	{".", "FuzzJSON", "json.go", `open[name] = true`, ``},
	{".", "FuzzObject", "ruling.go", `case issuer == "":`, `case issuer == audience:`},
	{".", "FuzzOrigin", "origin.go", `plainAddress(address) && `, ``},
	{".", "FuzzPlainJSON", "json_plain.go", `if sameFold(name, other) {`, `if sameFold(name, other) && start == 0 {`},
	{".", "FuzzStatusList", "statuslist.go", `len(bits)*8 < MinListSize`, `len(bits) == 0`},
	{".", "FuzzValues", "text.go", `r != '\u200d'`, `r != '\u200d' && r != '\u202e'`},
	{"internal/seal", "FuzzToken", "internal/seal/token.go", `base64.RawURLEncoding.Strict()`, `base64.RawURLEncoding`},
	{"internal/seal", "FuzzKeys", "internal/seal/keyset.go", `err != nil || method.ID != id`, `err != nil`},
	{"internal/seal", "FuzzPrivateKey", "internal/seal/privatekey.go", ` || !whole.PublicKey.Equal(&key.PublicKey)`, ``},
	{"internal/oauth", "FuzzRequest", "internal/oauth/server.go", `"code": {code}, "state": {r.State}`, `"code": {code}, "state": {code}`},
	{"internal/oauth", "FuzzAnswer", "internal/oauth/client.go", `iss != string(server)`, `iss == ""`},
	{"internal/web", "FuzzRequest", "internal/web/request.go", `specific, weight = i, q`, `specific, weight = i, 1`},
	{"internal/fetch", "FuzzBadgeAddress", "internal/fetch/peer.go", `strings.TrimSpace(address[:code] + bare)`, `address[:code] + bare`},
	{"internal/erasures", "FuzzFile", "internal/erasures/file.go", `max(last, e.At)`, `max(min(last, 0), e.At)`},
	{"internal/publiclog", "FuzzAnswer", "internal/publiclog/source.go", `tlog.RecordHash(record) != leaves[i]`, `len(leaves) == 0 && tlog.RecordHash(record) != leaves[i]`},
	{"internal/publiclog", "FuzzCheckpoint", "internal/publiclog/checkpoint.go", ` || strconv.FormatInt(size, 10) != lines[1]`, ``},
	{"internal/publiclog", "FuzzEntry", "internal/publiclog/entry.go", `!origin.Owns(e.Address)`, `origin == ""`},
	{"conversion", "FuzzConvert", "conversion/weigh.go", `case slices.Contains(w.origins(), site):`, `case site == "":`},
	{"verifier", "FuzzRefusal", "verifier/referral_outbox.go", ` || ofTheMoment(problem.Code)`, ``},
	{"vouching", "FuzzEvaluate", "vouching/state.go", `Remaining: v.stake - v.burned()`, `Remaining: v.stake - 2*v.burned()`},
	{"issuer", "FuzzReadEvents", "issuer/read.go", "if err == nil {\n\t\t\terr = e.Validate()\n\t\t}", ``},
	{"issuer", "FuzzStanding", "issuer/host.go", `"{user}", url.PathEscape(member)`, `"{user}", member`},
	{"badge", "FuzzPicture", "badge/svg.go", `escaped(s.title), escaped(s.about)`, `s.title, escaped(s.about)`},
	{"badge", "FuzzUnbake", "badge/baked.go", `crc32.ChecksumIEEE(whole) != binary.BigEndian.Uint32(sum)`, `len(sum) == 0`},
	{"store/backup", "FuzzOpen", "store/backup/backup.go", `r.Scan(store.Range{}, func(key, value []byte) (bool, error) {`, "r.Scan(store.Range{}, func(key, value []byte) (bool, error) {\n\t\tvalue = append(value, 0)"},
	{"store", "FuzzKey", "store/key.go", `part[i] <= escape`, `part[i] < escape`},
	{"cmd/bonafide", "FuzzHistory", "cmd/bonafide/simulate.go", `err = p.Check(event)`, `err = event.Validate()`},
	{"cmd/bonafide", "FuzzSettings", "cmd/bonafide/settings.go", `s.Store = within(s.Store)`, `s.Store += ""`},
}

const root = "../.."

// TestFuzzTargets shows that every fuzz target can fail: there is a mutant for each.
func TestFuzzTargets(t *testing.T) {
	if testing.Short() {
		t.Skip("builds a package's tests once for each target")
	}
	need.Program(t, "go")
	need.Seen(t, root)
	var shown []string
	for _, m := range mutants {
		shown = append(shown, filepath.Join(m.pkg, m.target))
	}
	require.ElementsMatch(t, targets(t), shown)
	turns := make(chan struct{}, 2) // builds at once
	for _, m := range mutants {
		t.Run(m.pkg+"/"+m.target, func(t *testing.T) {
			t.Parallel()
			turns <- struct{}{}
			defer func() { <-turns }()
			overlay := planted.Overlay(t, filepath.Join(root, m.file), m.was, m.is)
			said, err := exec.Command("go", "test", "-vet=off", "-overlay="+overlay, "-run=^"+m.target+"$", filepath.Join(root, m.pkg)).CombinedOutput()
			require.Error(t, err, "it isn't noticed")
			require.Contains(t, string(said), "--- FAIL: "+m.target)
		})
	}
}

// targets returns all fuzz targets of the module, each after its folder.
func targets(t *testing.T) (all []string) {
	declared := regexp.MustCompile(`(?m)^func (Fuzz\w+)\(`)
	require.NoError(t, filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || !strings.HasSuffix(path, "_test.go") {
			return err
		}
		source, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		folder, err := filepath.Rel(root, filepath.Dir(path))
		for _, found := range declared.FindAllSubmatch(source, -1) {
			all = append(all, filepath.Join(folder, string(found[1])))
		}
		return err
	}))
	return all
}
