package faults

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"bonafide.example/internal/need"
	"github.com/stretchr/testify/require"
)

// Where sites may have their stores.
const (
	bolt     = "bolt"
	postgres = "postgres"
)

// fault is something that goes wrong around a site, and goes away again.
type fault struct {
	name   string
	stores []string
	brief  []string // those where it is injected even if nobody asks for more
	inject func(*world)
	lacks  func(*world) string // why it can't be injected here; nil, "": it can
}

// TestFaults injects each fault while members work. TestControls shows that what is lost, half applied or gone would be
// noticed.
func TestFaults(t *testing.T) {
	if testing.Short() {
		t.Skip("runs two sites and has everything go wrong around them")
	}
	need.Program(t, "go")
	need.Seen(t, root)
	program, each := build(t, stepped(t)), long(t)
	table := &table{}
	t.Cleanup(func() { t.Log(table) })
	for _, kept := range []string{bolt, postgres} {
		t.Run(kept, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, program, kept)
			if each > 0 {
				w.out = outLong
			}
			for _, f := range faults() {
				if !slices.Contains(f.stores, kept) || !slices.Contains(f.brief, kept) && each == 0 || w.lacks(f) {
					continue
				}
				b := newBook()
				for end, n := time.Now().Add(each), 0; n == 0 || time.Now().Before(end); n++ {
					wrong := w.round(b, f.inject)
					table.add(f.name, kept, b)
					require.Empty(t, wrong, "%s: %s", f.name, w)
				}
			}
		})
	}
}

// long returns how long each fault is injected again and again on each store, from BONAFIDE_FAULTS, which is for all;
// without it the usual ones are injected in one round.
func long(t *testing.T) time.Duration {
	text := os.Getenv("BONAFIDE_FAULTS")
	if text == "" {
		return 0
	}
	all, err := time.ParseDuration(text)
	require.NoError(t, err, "BONAFIDE_FAULTS is a time such as 10m")
	runs := 0
	for _, f := range faults() {
		runs += len(f.stores)
	}
	return all / time.Duration(runs)
}

const root = "../.."

// lacks tells, and logs why, if the fault can't be injected here. Where everything is required as faults that fails.
func (w *world) lacks(f fault) bool {
	if f.lacks == nil {
		return false
	}
	why := f.lacks(w)
	if why != "" {
		require.False(w.t, need.Required("faults"), "%s isn't injected, and BONAFIDE_REQUIRE names faults: %s", f.name, why)
		w.t.Logf("%s isn't injected: %s", f.name, why)
	}
	return why != ""
}

// build makes the program with an overlay, and returns its path.
func build(t *testing.T, overlay string) string {
	path := filepath.Join(t.TempDir(), "bonafide")
	said, err := exec.Command("go", "build", "-overlay="+overlay, "-o", path, root+"/cmd/bonafide").CombinedOutput()
	require.NoError(t, err, string(said))
	return path
}

// table is what is printed in the end: a line for each fault and store.
type table struct {
	mu    sync.Mutex
	names []string
	books []*book
}

func (t *table) add(fault, kept string, b *book) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if !slices.Contains(t.books, b) {
		t.names, t.books = append(t.names, fmt.Sprintf("%-26s %-9s", fault, kept)), append(t.books, b)
	}
}

func (t *table) String() string {
	const row = "%s %7v %7v %13v %8v %11v %5v %13v %s\n"
	text := fmt.Sprintf("\n"+row, fmt.Sprintf("%-26s %-9s", "fault", "store"), "rounds", "tries", "acknowledged", "refused", "unanswered", "lost", "half-applied", "")
	for i, b := range t.books {
		text += fmt.Sprintf(row, t.names[i], b.rounds, b.tries, len(b.promises), b.refused, b.unanswered, b.lost, b.torn, fmt.Sprint(b.codes)[len("map"):])
	}
	return text
}
