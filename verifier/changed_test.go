package verifier_test

import (
	"context"
	"errors"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"
)

// told is a host that is told of changes, and does what a test says when it is.
type told struct {
	accounts []string
	then     func(account string) error
}

func (to *told) changed(_ context.Context, account string) error {
	to.accounts = append(to.accounts, account)
	if to.then != nil {
		return to.then(account)
	}
	return nil
}

func newToldWorld(t *testing.T) (*world, *told) {
	w, to := newWorld(t), &told{}
	w.config.Changed = to.changed
	w.start()
	return w, to
}

func TestChangedIsTold(t *testing.T) {
	w, to := newToldWorld(t)
	alice := w.browser("alice")
	alice.imports()
	require.Equal(t, []string{"alice"}, to.accounts)
	w.runDue()
	require.Len(t, to.accounts, 1, "once told, it isn't told again")
	require.Equal(t, http.StatusSeeOther, alice.post("/imports/"+w.held("alice").Imports[0].ID+"/remove").status)
	require.Equal(t, []string{"alice", "alice"}, to.accounts)
}

func TestChangedIsToldAgainWhenItFailed(t *testing.T) {
	w, to := newToldWorld(t)
	to.then = func(account string) error {
		if account == "alice" {
			return errors.New("not now")
		}
		return nil
	}
	w.browser("alice").imports()
	require.Equal(t, 2, w.converted("alice").Level, "the change is kept whatever becomes of the telling")
	w.issuer.tell(func() { w.issuer.subject = "pseudonym-of-bob" })
	w.browser("bob").imports()
	require.Contains(t, to.accounts, "bob", "one that fails holds up no other")
	require.ErrorContains(t, w.RunDue(t.Context()), "not now")

	w.start() // what isn't told yet is in the store
	to.accounts, to.then = nil, nil
	w.runDue()
	require.Equal(t, []string{"alice"}, to.accounts)
	w.runDue()
	require.Len(t, to.accounts, 1)
}

// A change that comes while one is told is told too.
func TestChangeWhileTold(t *testing.T) {
	w, to := newToldWorld(t)
	to.then = func(string) error {
		to.then = nil
		return w.Erase(t.Context(), "alice")
	}
	w.browser("alice").imports()
	require.Len(t, to.accounts, 1)
	w.runDue()
	require.Equal(t, []string{"alice", "alice"}, to.accounts)
	w.runDue()
	require.Len(t, to.accounts, 2)
}
