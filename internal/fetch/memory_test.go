package fetch

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"bonafide.example"
	"github.com/stretchr/testify/require"
)

// BF-FETCH-7
func TestBudget(t *testing.T) {
	p := newPeer(t, "peer")
	p.serve("/", mediaTest, "good")
	p.handle("/moved", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/", http.StatusFound) })
	c := newClient(t, newClock())
	ctx, cancel := Budget(t.Context())
	defer cancel()
	deadline, ok := ctx.Deadline()
	require.True(t, ok)
	require.LessOrEqual(t, time.Until(deadline), BudgetTime)
	_, err := c.Keys(ctx, p.origin, "")
	require.NoError(t, err)
	for range 100 {
		_, err := c.Keys(ctx, p.origin, "")
		require.NoError(t, err, "what is remembered costs nothing")
	}
	for range BudgetFetches - 2 {
		inner, cancel := Budget(ctx)
		_, err := c.Get(inner, p.address("/"), mediaTest)
		cancel()
		require.NoError(t, err)
	}
	_, err = c.Get(ctx, p.address("/moved"), mediaTest)
	require.Equal(t, bonafide.FetchBudget, bonafide.CodeOf(err), "redirects count: %v", err)
	_, err = c.Get(ctx, p.address("/"), mediaTest)
	require.Equal(t, bonafide.FetchBudget, bonafide.CodeOf(err), "%v", err)
	_, err = c.Entity(ctx, p.origin)
	require.Equal(t, bonafide.FetchBudget, bonafide.CodeOf(err), "%v", err)
	_, err = c.Entity(t.Context(), p.origin)
	require.Equal(t, bonafide.NotFound, bonafide.CodeOf(err), "a spent budget isn't held against the peer: %v", err)
	require.Equal(t, BudgetFetches-2, p.count("/"))
}

// BF-FETCH-7
func TestBudgetOfTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, err := New(Config{})
		require.NoError(t, err)
		ctx, cancel := Budget(t.Context())
		defer cancel()
		answered := make(chan struct{})
		_, err = read(ctx, c, "x https://bazar.example/x", none, func(context.Context) (int, error) {
			<-answered
			return 1, nil
		})
		close(answered)
		require.Equal(t, bonafide.FetchBudget, bonafide.CodeOf(err), "%v", err)
		require.ErrorContains(t, err, "https://bazar.example/x")
	})
}

// BF-FETCH-11
func TestReadGetsOnceForAll(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, err := New(Config{})
		require.NoError(t, err)
		gets, release, results := 0, make(chan struct{}), make(chan int)
		for range 100 {
			go func() {
				n, _ := read(t.Context(), c, "x https://bazar.example/x", none, func(context.Context) (int, error) {
					gets++
					<-release
					return gets, nil
				})
				results <- n
			}()
		}
		synctest.Wait()
		close(release)
		for range 100 {
			require.Equal(t, 1, <-results)
		}
	})
}

// Whoever began may leave or run out of budget: the others still get their answer.
func TestReadOutlivesWhoBegan(t *testing.T) {
	for name, c := range map[string]struct {
		first      bonafide.Code // what the first is told
		leaves     bool
		firstError error // what the first fetch ends with
		gets       int
	}{
		"leaves":        {bonafide.Unreachable, true, nil, 1},
		"out of budget": {bonafide.FetchBudget, false, bonafide.Errorf(bonafide.FetchBudget, "", "is spent"), 2},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				client, err := New(Config{})
				require.NoError(t, err)
				ctx, cancel := Budget(t.Context())
				defer cancel()
				for range BudgetFetches {
					require.NoError(t, spend(ctx, ""))
				}
				gets, release, first, second := 0, make(chan struct{}), make(chan error, 1), make(chan error, 1)
				ask := func(ctx context.Context, result chan error) {
					_, err := read(ctx, client, "x https://bazar.example/x", none, func(ctx context.Context) (int, error) {
						gets++
						if gets > 1 {
							return 1, nil
						}
						<-release
						return 1, errors.Join(c.firstError, ctx.Err())
					})
					result <- err
				}
				go ask(ctx, first)
				synctest.Wait()
				go ask(t.Context(), second)
				synctest.Wait()
				if c.leaves {
					cancel()
					synctest.Wait()
				}
				close(release)
				require.Equal(t, c.first, bonafide.CodeOf(<-first))
				require.NoError(t, <-second)
				require.Equal(t, c.gets, gets)
			})
		})
	}
}

// BF-FETCH-11
func TestFailuresAreRemembered(t *testing.T) {
	p, clock := newPeer(t, "peer"), newClock()
	c := newClient(t, clock)
	const path = "/mechanisms/seller.jwt"
	for range 3 {
		_, err := c.Mechanism(t.Context(), p.address("/mechanisms/seller"), 0)
		require.Equal(t, bonafide.NotFound, bonafide.CodeOf(err), "%v", err)
	}
	require.Equal(t, 1, p.count(path))
	clock.move(failureLife)
	p.publish(path, bonafide.TypeMechanism, signedMechanism(p, 1, clock.Now()))
	_, err := c.Mechanism(t.Context(), p.address("/mechanisms/seller"), 0)
	require.NoError(t, err)
	require.Equal(t, 2, p.count(path))
}

func TestMemoryIsBounded(t *testing.T) {
	now := newClock().Now()
	m := newMemory[int](10)
	for i := range 100 {
		m.put(fmt.Sprint(i), i, 1, now, now.Add(time.Duration(i+1)*time.Minute))
	}
	require.Len(t, m.values, 10)
	_, ok := m.get("89", now)
	require.False(t, ok, "the first to expire went first")
	n, ok := m.get("90", now)
	require.True(t, ok)
	require.Equal(t, 90, n)
	_, ok = m.get("90", now.Add(91*time.Minute))
	require.False(t, ok)
	m.put("heavy", 1, 5, now, now.Add(time.Hour*24))
	require.Equal(t, 10, m.weight)
	require.Len(t, m.values, 6)
	m.put("heavy", 1, 2, now, now.Add(time.Hour*24))
	require.Equal(t, 7, m.weight)
	m.put("too heavy", 1, 11, now, now)
	require.LessOrEqual(t, m.weight, 10)
}
