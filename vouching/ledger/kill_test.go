package ledger_test

import (
	"bufio"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"testing"

	"bonafide.example"
	"bonafide.example/store"
	"bonafide.example/store/bolt"
	"bonafide.example/vouching"
	"bonafide.example/vouching/ledger"
	"github.com/stretchr/testify/require"
)

// childEnv makes the test binary a program that adds events to the ledger in the store named there until it
// is killed. It prints the id of each once it is acknowledged.
const (
	childEnv = "BONAFIDE_LEDGER_CHILD"
	tornEnv  = "BONAFIDE_LEDGER_CHILD_TORN" // set: it adds one fault, of which it commits one half only
	halfway  = "halfway"                    // then it prints this
)

func TestMain(m *testing.M) {
	if path := os.Getenv(childEnv); path != "" {
		if err := addForEver(path, os.Getenv(tornEnv) != ""); err != nil {
			fmt.Fprintln(os.Stderr, err)
		}
		os.Exit(1)
	}
	os.Exit(m.Run())
}

// addForEver adds events from several goroutines, so that they share commits.
func addForEver(path string, tear bool) error {
	s, err := bolt.Open(path)
	if err != nil {
		return err
	}
	if tear {
		for i := range 5 {
			if err := acknowledge(s, vouch(fmt.Sprint("v", i), fmt.Sprint("m", i), "bob", start)); err != nil {
				return err
			}
		}
		return acknowledge(torn{s}, fault("f", "bob", start, start+1))
	}
	failed := make(chan error)
	for worker := range 4 {
		go func() {
			for i := 0; ; i++ {
				if err := acknowledge(s, somethingNew(fmt.Sprintf("%d-%d-%d", os.Getpid(), worker, i))); err != nil {
					failed <- err
				}
			}
		}()
	}
	return <-failed
}

// acknowledge adds an event an hour after the last one, and prints its id unless it is refused.
func acknowledge(s store.Store, e vouching.Event) error {
	l, refused := rich(100_000), false
	err := s.Update(context.Background(), func(tx store.Tx) error {
		last, err := l.Now(tx, start)
		if err != nil {
			return err
		}
		e.At = last + 3600
		if e.Kind == vouching.KindFault {
			e.Occurred, e.Reported = e.At-1, e.At
		}
		_, err = l.Add(tx, e.At, e)
		if refused = bonafide.CodeOf(err) != ""; refused {
			return nil
		}
		return err
	})
	if err == nil && !refused {
		fmt.Println(e.ID)
	}
	return err
}

func somethingNew(id string) vouching.Event {
	member := func() string { return fmt.Sprint("m", rand.IntN(60)) }
	if rand.IntN(3) == 0 {
		return fault(id, member(), 0, 0)
	}
	return vouch(id, member(), member(), 0)
}

// torn is a store that dies halfway through a transaction, having kept the last record put, which is the
// event's, and none of those on which it tells.
type torn struct{ store.Store }

func (s torn) Update(ctx context.Context, fn func(store.Tx) error) error {
	h := &held{}
	err := s.View(ctx, func(r store.Reader) error {
		h.Reader = r
		return fn(h)
	})
	if err != nil {
		return err
	}
	err = s.Store.Update(ctx, func(tx store.Tx) error {
		for _, last := range h.puts[len(h.puts)-2:] { // the event and the ledger's time
			if err := tx.Put(last.key, last.value); err != nil {
				return err
			}
		}
		return nil
	})
	fmt.Println(halfway, err)
	select {}
}

// held is a transaction whose writes are held back.
type held struct {
	store.Reader
	puts []put
}

type put struct{ key, value []byte }

func (h *held) Put(key, value []byte) error {
	h.puts = append(h.puts, put{key, value})
	return nil
}

func (h *held) Delete([]byte) error { return nil }

// A program that is killed while it adds events leaves none half done, and all that it acknowledged. One
// that keeps a fault and its charges apart shows that the test would notice.
// BF-DESK-15
func TestKill(t *testing.T) {
	path := filepath.Join(t.TempDir(), "store")
	var acknowledged []string
	charges := 0
	for range 4 {
		acknowledged = append(acknowledged, killed(t, path, false, 150+rand.IntN(100))...)
		known, wrong, charged := survey(t, path)
		require.Subset(t, known, acknowledged)
		require.Empty(t, wrong)
		charges = charged
	}
	require.Greater(t, charges, 1000, "faults that charge nobody show nothing")

	path = filepath.Join(t.TempDir(), "store")
	killed(t, path, true, 6)
	_, wrong, _ := survey(t, path)
	require.Contains(t, wrong, "f", "what is torn is noticed")
}

// killed runs the adding program until it has printed so many lines and a little longer, kills it, and
// returns the lines.
func killed(t *testing.T, path string, tear bool, enough int) (lines []string) {
	self, err := os.Executable()
	require.NoError(t, err)
	child := exec.Command(self)
	child.Env = append(os.Environ(), childEnv+"="+path)
	if tear {
		child.Env = append(child.Env, tornEnv+"=1")
	}
	child.Stderr = os.Stderr
	out, err := child.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, child.Start())
	for printed := bufio.NewScanner(out); printed.Scan(); {
		if lines = append(lines, printed.Text()); len(lines) == enough {
			require.NoError(t, child.Process.Kill())
		}
	}
	require.Error(t, child.Wait(), "it was killed")
	require.GreaterOrEqual(t, len(lines), enough)
	return lines
}

// survey reads what a store holds: the events, which of them don't stand as they follow from the whole, and
// how many charges there are.
func survey(t *testing.T, path string) (known, wrong []string, charges int) {
	s, err := bolt.Open(path)
	require.NoError(t, err)
	defer s.Close()
	l := rich(100_000)
	require.NoError(t, s.View(context.Background(), func(r store.Reader) error {
		now, err := l.Now(r, 0)
		require.NoError(t, err)
		all := events(t, l, r)
		whole, err := vouching.Evaluate(parameters(), all, now)
		require.NoError(t, err)
		for _, e := range all {
			known = append(known, e.ID)
			f, _, err := l.Fault(r, now, e.ID)
			require.NoError(t, err)
			want, _ := whole.Fault(e.ID)
			if !reflect.DeepEqual(want, f) || !sameCharges(t, whole, l, r, e.ID) {
				wrong = append(wrong, e.ID)
			}
			charges += len(f.Charges)
		}
		return nil
	}))
	return known, wrong, charges
}

// sameCharges tells whether a vouch, if it is one, bears the charges that follow from the whole.
func sameCharges(t *testing.T, whole *vouching.State, l *ledger.Ledger, r store.Reader, id string) bool {
	v, _, err := l.Vouch(r, whole.At(), id)
	require.NoError(t, err)
	want, _ := whole.Vouch(id)
	return reflect.DeepEqual(want.Charges, v.Charges)
}
