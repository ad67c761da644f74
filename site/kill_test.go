package site_test

import (
	"bufio"
	"bytes"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"reflect"
	"strings"
	"testing"
	"time"

	"bonafide.example"
	"bonafide.example/issuer"
	"bonafide.example/site"
	"bonafide.example/store"
	"bonafide.example/vouching"
	"bonafide.example/vouching/court"
	"github.com/stretchr/testify/require"
)

// A site that is killed while it works loses nothing that it acknowledged, leaves nothing half done, and works off
// after that whatever follows. TestMutants shows that each of the three would be noticed.
// BF-DESK-15, BF-ISSUER-43
func TestKill(t *testing.T) {
	if testing.Short() {
		t.Skip("runs a site and kills it, several times")
	}
	const rounds, between = 4, 8 * 24 * time.Hour // a withdrawal takes effect; at the end faults have become final by themselves, and charges healed
	k := &killing{T: t, folder: t.TempDir(), clock: newClock(), badges: map[string]string{}}
	k.found()
	for range rounds {
		k.runAndKill(80 + rand.IntN(160))
		k.clock.Move(2 * time.Hour) // later than the child can have come
		k.open(func() {
			k.nothingLost()
			k.nothingHalfDone()
			k.settled()
			k.clock.Move(between)
			k.settled()
			k.nothingHalfDone()
		})
	}
	t.Logf("%d rounds: %d requests, %d acknowledged, %d lost; %d faults and %d charges, %d half done; %d badges fell and %d rose, %d issues were revoked for saying too much",
		rounds, k.requests, len(k.acknowledged), k.lost, k.faults, k.charges, k.torn, k.fell, k.rose, k.revocations)
	require.Greater(t, len(k.acknowledged), 200)
	require.Greater(t, k.charges, 20, "faults that charge nobody show nothing")
	require.Greater(t, k.revocations, 1, "nor do those that lower nobody")
	require.Greater(t, k.rose, 1)
}

// killing is a site that is killed now and then.
type killing struct {
	*testing.T
	*site.Site
	folder string
	clock  *clock
	badges map[string]string // address by member
	said   map[string]stated // what each member's badge said when all was settled last

	acknowledged         []string // "what id"
	requests, lost, torn int
	faults, charges      int
	fell, rose           int
	revocations          int // of issues that said more than the next one
	handler              http.Handler
}

// stated is what a badge said of a member.
type stated struct {
	status bonafide.Status
	entry  bonafide.StatusEntry
	issues int // ordered so far
}

// open opens the site for as long as fn runs.
func (k *killing) open(fn func()) {
	k.Helper()
	var err error
	k.Site, err = openSite(k.folder, k.clock)
	require.NoError(k, err)
	defer func() { require.NoError(k, k.Store.Close()) }()
	k.handler = k.Handler()
	fn()
}

// found has members earn points, and publishes their badges.
func (k *killing) found() {
	k.open(func() {
		var deeds []issuer.Event
		for n := range vouchers {
			for deed := range 10 - 7*(n%3/2) {
				deeds = append(deeds, issuer.Event{ID: fmt.Sprint(n, "-", deed), Member: memberName(n), Mechanism: slug, Kind: "deed", At: k.clock.Now()})
			}
		}
		_, err := k.Issuer.Record(k.Context(), deeds...)
		require.NoError(k, err)
		for n := range population {
			name := memberName(n)
			require.NoError(k, k.Store.Update(k.Context(), func(tx store.Tx) error { return k.Issuer.Know(tx, bonafide.Account{ID: name}) }))
			k.badges[name], err = k.Issuer.PublishBadge(k.Context(), slug, name, name)
			require.NoError(k, err)
		}
		k.settled()
	})
}

// runAndKill runs the site in a process of its own, and kills that once it has printed so many lines and maybe more.
func (k *killing) runAndKill(enough int) {
	self, err := os.Executable()
	require.NoError(k, err)
	child := exec.Command(self)
	child.Env = append(os.Environ(), childEnv+"="+k.folder, fmt.Sprintf("%s=%d", sinceEnv, k.clock.Now().Unix()))
	var complaints bytes.Buffer
	child.Stderr = &complaints
	out, err := child.StdoutPipe()
	require.NoError(k, err)
	require.NoError(k, child.Start())
	lines := 0
	for printed := bufio.NewScanner(out); printed.Scan(); {
		if lines++; lines == enough {
			require.NoError(k, child.Process.Kill())
		}
		if line := printed.Text(); !strings.HasPrefix(line, refused) {
			k.acknowledged = append(k.acknowledged, line)
		}
	}
	require.Error(k, child.Wait(), "it was killed")
	require.GreaterOrEqual(k, lines, enough, complaints.String())
	k.requests += lines
}

// read runs fn on what the store holds.
func (k *killing) read(fn func(r store.Reader)) {
	require.NoError(k, k.Store.View(k.Context(), func(r store.Reader) error { fn(r); return nil }))
}

// cases returns the cases as they were kept: what has fallen due since isn't done.
func (k *killing) cases(r store.Reader) map[string]court.Case {
	all := map[string]court.Case{}
	require.NoError(k, store.ScanJSON(r, store.Prefix(store.Key("court", "case")), func(_ []byte, one court.Case) (bool, error) {
		all[one.ID] = one
		return true, nil
	}))
	return all
}

// nothingLost requires that everything acknowledged is kept.
func (k *killing) nothingLost() {
	k.Helper()
	come := map[court.State]int{court.StateReported: 1, court.StateContested: 2, court.StateFinal: 3, court.StateDismissed: 3, court.StateVoid: 3, court.StateReversed: 4}
	var lost []string
	k.read(func(r store.Reader) {
		cases := k.cases(r)
		kept, err := k.Issuer.Ledger(slug)
		require.NoError(k, err)
		for _, line := range k.acknowledged {
			what, id, _ := strings.Cut(line, " ")
			v, found, err := kept.Vouch(r, bonafide.SecondsOf(k.clock.Now()), id)
			require.NoError(k, err)
			event, err := r.Get(store.Key("i", "event", id))
			require.NoError(k, err)
			switch what {
			case "vouch":
			case "withdrawal":
				found = v.Withdrawn > 0
			case "deed":
				found = event[0] != nil
			default:
				found = come[cases[id].State] >= come[court.State(what)]
			}
			if !found {
				lost = append(lost, line)
			}
		}
	})
	k.lost += len(lost)
	require.Empty(k, lost, "acknowledged, and not kept")
}

// history returns what the administrator gets for bonafide simulate.
func (k *killing) history() (events []vouching.Event) {
	answer := record(k.Admin(), httptest.NewRequest(http.MethodGet, "/admin/ledgers/"+slug+"/events", nil))
	require.Equal(k, http.StatusOK, answer.Code)
	for line := range bytes.Lines(answer.Body.Bytes()) {
		e, err := bonafide.Parse[vouching.Event](bytes.TrimSpace(line))
		require.NoError(k, err)
		events = append(events, e)
	}
	return events
}

// nothingHalfDone requires that each fault has the charges that follow from the whole history, each final case its
// fault, and each fault its case.
func (k *killing) nothingHalfDone() {
	k.Helper()
	history, now := k.history(), bonafide.SecondsOf(k.clock.Now())
	kept, err := k.Issuer.Ledger(slug)
	require.NoError(k, err)
	whole, err := vouching.Evaluate(kept.Parameters(), history, now)
	require.NoError(k, err)
	var torn []string
	k.faults, k.charges = 0, 0
	k.read(func(r store.Reader) {
		cases := k.cases(r)
		for _, e := range history {
			v, _, err := kept.Vouch(r, now, e.ID)
			require.NoError(k, err)
			f, _, err := kept.Fault(r, now, e.ID)
			require.NoError(k, err)
			wantVouch, _ := whole.Vouch(e.ID)
			wantFault, _ := whole.Fault(e.ID)
			if !reflect.DeepEqual(wantVouch.Charges, v.Charges) || !reflect.DeepEqual(wantFault, f) {
				torn = append(torn, string(e.Kind)+" "+e.ID)
			}
			if e.Kind == vouching.KindFault {
				k.faults++
				k.charges += len(f.Charges)
				if state := cases[e.ID].State; f.Reversed != (state == court.StateReversed) || !f.Reversed && state != court.StateFinal {
					torn = append(torn, "fault "+e.ID+" of a case that is "+string(state))
				}
			}
		}
		for id, c := range cases {
			_, entered := whole.Fault(id)
			if counted := c.State == court.StateFinal || c.State == court.StateReversed; entered != counted {
				torn = append(torn, "case "+id+" is "+string(c.State))
			}
		}
	})
	k.torn += len(torn)
	require.Empty(k, torn, "done by half")
}
