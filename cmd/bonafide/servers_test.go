package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"bonafide.example"
	"bonafide.example/internal/need"
	"bonafide.example/internal/pgtest"
	"bonafide.example/internal/web"
	"bonafide.example/issuer"
	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"
)

// How often a server is killed: in short, and when BONAFIDE_REQUIRE names servers.
const (
	fewKills  = 4
	manyKills = 60
)

// done is what was acknowledged: an event of a member of its own, and the address of the badge that was published then.
type done struct{ member, badge string }

// TestServersAreKilled has three servers share a database and kills one after the other, while members are rated, get badges
// and have them read through a proxy: whatever was acknowledged is there, once.
func TestServersAreKilled(t *testing.T) {
	f := newFleet(t, pgtest.Start(t), 3)
	proxy := httptest.NewServer(f.public())
	t.Cleanup(proxy.Close)
	ctx, cancel := context.WithTimeout(t.Context(), 20*patient)
	defer cancel()
	const writers, reads = 4, 20
	acknowledged := make([][]done, writers)
	var over atomic.Bool
	var group errgroup.Group
	for n := range writers {
		group.Go(func() (err error) {
			acknowledged[n], err = f.rated(ctx, strconv.Itoa(n), func(made done) (more bool, err error) {
				for range reads {
					if _, err := read(proxy.URL + made.badge); err != nil {
						return false, err
					}
				}
				return !over.Load(), nil
			})
			return err
		})
	}
	kills := f.killSome(need.Required("servers"))
	over.Store(true)
	require.NoError(t, group.Wait())
	all := slices.Concat(acknowledged...)
	t.Logf("%d kills; %d tries, %d events and badges acknowledged", kills, f.tries.Load(), len(all))
	require.Empty(t, f.lost(ctx, proxy.URL, all))

	gone := all[:2]
	for _, each := range gone {
		_, err := f.administer(ctx, http.MethodDelete, web.AdminPath("members", each.member), nil)
		require.NoError(t, err)
	}
	require.Len(t, f.lost(ctx, proxy.URL, all), len(gone), "what is lost is noticed")
}

// rated has one member after the other rated until after, which is told of each, wants no more.
func (f *fleet) rated(ctx context.Context, begin string, after func(done) (more bool, err error)) (all []done, err error) {
	for more := true; more; {
		made, err := f.member(ctx, fmt.Sprintf("%s-%d", begin, len(all)))
		if err != nil {
			return all, err
		}
		all = append(all, made)
		if more, err = after(made); err != nil {
			return all, err
		}
	}
	return all, nil
}

// member has a member rated and a badge published of them, and returns once both were acknowledged.
func (f *fleet) member(ctx context.Context, id string) (done, error) {
	if err := f.rate(ctx, id); err != nil {
		return done{}, err
	}
	said, err := f.administer(ctx, http.MethodPost, web.AdminPath("members", id, "badges", f.mechanism), map[string]string{"name": id})
	if err != nil {
		return done{}, err
	}
	held, err := bonafide.ParsePeer[issuer.Holding](said)
	if err != nil {
		return done{}, err
	}
	return done{id, strings.TrimPrefix(held.Badges[0].Address, string(f.origin)) + ".json"}, nil
}

// rate has a member rated, and returns once that was acknowledged.
func (f *fleet) rate(ctx context.Context, id string) error {
	good := true
	event := issuer.Event{ID: id, Member: id, Mechanism: f.mechanism, Kind: "rating", Positive: &good, At: time.Now()}
	_, err := f.administer(ctx, http.MethodPost, "/admin/events", event)
	return err
}

// killSome kills servers in turn, and starts each again. The last is the one that does what falls due: another must take over.
func (f *fleet) killSome(many bool) (kills int) {
	kills = fewKills
	if many {
		kills = manyKills
	}
	for k := range kills - 1 {
		f.kill(k % len(f.members))
		f.start(k % len(f.members))
	}
	led := f.leader()
	f.kill(led)
	killed := time.Now()
	f.t.Logf("server %d took over from %d after %s", f.leader(), led, time.Since(killed))
	f.start(led)
	return kills
}

// lost returns those of whom an event isn't counted exactly once, or whose badge doesn't say so.
func (f *fleet) lost(ctx context.Context, address string, all []done) (lost []string) {
	for _, each := range all {
		if err := f.saysOnce(ctx, address, each); err != nil {
			lost = append(lost, fmt.Sprintf("%s: %s", each.member, err))
		}
	}
	return lost
}

func (f *fleet) saysOnce(ctx context.Context, address string, each done) error {
	said, err := f.administer(ctx, http.MethodGet, web.AdminPath("members", each.member), nil)
	if err != nil {
		return err
	}
	held, err := bonafide.ParsePeer[issuer.Holding](said)
	if err != nil {
		return err
	}
	shown, err := read(address + each.badge)
	if err != nil {
		return err
	}
	badge, err := bonafide.ParsePeer[bonafide.Credential](shown)
	if err != nil {
		return err
	}
	stated, err := badge.Stated()
	if err != nil {
		return err
	}
	once := []bonafide.Measure{{ID: "ratings", Positive: 1, Total: 1}}
	counted := slices.ContainsFunc(held.Statuses, func(s bonafide.Status) bool { return slices.Equal(s.Measures, once) })
	if !counted || !slices.Equal(stated.Measures, once) {
		return fmt.Errorf("the member has %v, the badge says %v", held.Statuses, stated.Measures)
	}
	return nil
}

// read returns what is there.
func read(address string) ([]byte, error) {
	answer, err := http.Get(address)
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err == nil && answer.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s answered %s", address, answer.Status)
	}
	return body, err
}

// TestServersSeeEachOther: what is changed through one server is seen through the others.
func TestServersSeeEachOther(t *testing.T) {
	f := newFleet(t, pgtest.Start(t), 3)
	made, err := f.member(t.Context(), "ann")
	require.NoError(t, err)
	picture := strings.TrimSuffix(made.badge, ".json") + ".svg"
	for _, change := range []string{"suspend", "restore"} {
		before := map[int]string{}
		for n, m := range f.members {
			shown, err := read(m.address() + picture)
			require.NoError(t, err)
			before[n] = string(shown)
		}
		_, err := f.members[0].administer(t.Context(), http.MethodPost, web.AdminPath("members", "ann", change), nil)
		require.NoError(t, err)
		changed := time.Now()
		for n, m := range f.members {
			require.Eventually(t, func() bool {
				shown, err := read(m.address() + picture)
				return err == nil && string(shown) != before[n]
			}, patient, 5*time.Millisecond)
			t.Logf("%s: seen through server %d within %s", change, n, time.Since(changed))
		}
	}
}

// TestServerThatHangs: when the server that does what falls due only hangs, another takes over, and it knows when it wakes.
func TestServerThatHangs(t *testing.T) {
	if !need.Required("servers") {
		t.Skip("takes many seconds; BONAFIDE_REQUIRE=servers has it done")
	}
	f := newFleet(t, pgtest.Start(t), 3)
	led := f.leader()
	f.signal(led, syscall.SIGSTOP)
	stopped := time.Now()
	f.members[led].alive = false
	t.Logf("server %d took over from %d after %s", f.leader(), led, time.Since(stopped))
	f.signal(led, syscall.SIGCONT)
	require.Eventually(t, func() bool { return !f.members[led].log.leads() }, patient, 10*time.Millisecond)
}
