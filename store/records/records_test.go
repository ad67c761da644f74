package records

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	bonafide "bonafide.example"
	"bonafide.example/store"
	"bonafide.example/store/bolt"
)

func open(t testing.TB) store.Store {
	s, err := bolt.Open(filepath.Join(t.TempDir(), "store"))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.Close()) })
	return s
}

// put writes the pairs of keys and values.
func put(t testing.TB, s store.Store, pairs ...string) {
	require.NoError(t, s.Update(context.Background(), func(tx store.Tx) error {
		for n := 0; n < len(pairs); n += 2 {
			if err := tx.Put(store.Key(pairs[n]), []byte(pairs[n+1])); err != nil {
				return err
			}
		}
		return nil
	}))
}

// content returns what the store holds beside the records of this package, by the first parts of the keys.
func content(t testing.TB, s store.Store) map[string]string {
	all := map[string]string{}
	require.NoError(t, StoreSource(s)(context.Background(), func(key, value []byte) error {
		if !isOwn(key) {
			all[store.Parts(key)[0]] = string(value)
		}
		return nil
	}))
	return all
}

func version(t testing.TB, s store.Store) (version int) {
	require.NoError(t, s.View(context.Background(), func(r store.Reader) (err error) {
		version, err = VersionOf(r)
		return err
	}))
	return version
}

func TestPrepare(t *testing.T) {
	s := open(t)
	put(t, s, "a", "1")
	require.NoError(t, Prepare(context.Background(), s))
	require.NoError(t, Prepare(context.Background(), s))
	require.Equal(t, Version, version(t, s))
	require.Equal(t, map[string]string{"a": "1"}, content(t, s))
	require.NoError(t, prepare(context.Background(), s, make([]Migration, Version-1)))
}

// A version whose records are read like those of the one before changes none, and is noted all the same.
func TestNothingToBringForward(t *testing.T) {
	s := open(t)
	put(t, s, "a", "1", "b", "2")
	require.NoError(t, prepare(context.Background(), s, []Migration{nil, twice}))
	require.Equal(t, map[string]string{"a": "11", "b": "22"}, content(t, s))
	require.Equal(t, 3, version(t, s))
}

func TestPrepareRefusesNewer(t *testing.T) {
	s := open(t)
	require.NoError(t, s.Update(context.Background(), func(tx store.Tx) error {
		return store.PutJSON(tx, stateKey, state{Version: Version + 1})
	}))
	require.Equal(t, bonafide.StoreNewer, bonafide.CodeOf(Prepare(context.Background(), s)))
}

// A version that nobody wrote is damage, and is said to be.
func TestVersionThatIsNone(t *testing.T) {
	s := open(t)
	put(t, s, "a", "1")
	require.NoError(t, s.Update(context.Background(), func(tx store.Tx) error { return store.PutJSON(tx, stateKey, state{}) }))
	require.ErrorContains(t, Prepare(context.Background(), s), "version 0")
	require.ErrorContains(t, s.View(context.Background(), Current), "version 0")
}

// twice doubles a value, so that a record that is brought forward twice is told.
func twice(tx store.Tx, key, value []byte) error { return tx.Put(key, append(value, value...)) }

// shout removes one kind of record and rewrites another.
func shout(tx store.Tx, key, value []byte) error {
	if store.Parts(key)[0] == "gone" {
		return tx.Delete(key)
	}
	return tx.Put(key, bytes.ToUpper(value))
}

// TestPrepareBringsForward: records of any older version come to the newest, each step once, though the program dies after each batch.
func TestPrepareBringsForward(t *testing.T) {
	s := open(t)
	var pairs []string
	want := map[string]string{}
	for n := range 2*batch + 1 {
		name := fmt.Sprintf("r%05d", n)
		pairs = append(pairs, name, "ab")
		want[name] = "ABAB"
	}
	put(t, s, append(pairs, "gone", "x")...)
	died, calls := errors.New("it died"), 0
	dying := func(tx store.Tx, key, value []byte) error {
		if calls++; calls%(batch+100) == 0 {
			return died
		}
		return twice(tx, key, value)
	}
	tries := 0
	for err := died; errors.Is(err, died); tries++ {
		err = prepare(context.Background(), s, []Migration{dying, shout})
		require.True(t, err == nil || errors.Is(err, died), "%v", err)
		if err == nil {
			break
		}
	}
	require.Positive(t, tries)
	require.Equal(t, want, content(t, s))
	require.Equal(t, 3, version(t, s))
}

// interrupted is a source that fails after so many records.
func interrupted(from Source, after int) Source {
	return func(ctx context.Context, fn func(key, value []byte) error) error {
		n := 0
		return from(ctx, func(key, value []byte) error {
			if n++; n > after {
				return errors.New("it was interrupted")
			}
			return fn(key, value)
		})
	}
}

func nothing(context.Context) error { return nil }

func TestFillGoesOn(t *testing.T) {
	from, to := open(t), open(t)
	var pairs []string
	for n := range 2*fillRecords + 100 {
		pairs = append(pairs, fmt.Sprintf("%06d", n), "v")
	}
	put(t, from, pairs...)
	_, err := Fill(context.Background(), to, "it", interrupted(StoreSource(from), fillRecords+50), nothing)
	require.ErrorContains(t, err, "interrupted")
	require.ErrorContains(t, Prepare(context.Background(), to), "half filled from it")
	_, err = Fill(context.Background(), to, "other", StoreSource(from), nothing)
	require.ErrorContains(t, err, "half filled from it")
	require.Len(t, content(t, to), fillRecords)

	died := errors.New("it died")
	_, err = Fill(context.Background(), to, "it", StoreSource(from), func(context.Context) error { put(t, to, "finish", "half"); return died })
	require.ErrorIs(t, err, died)
	require.Error(t, Prepare(context.Background(), to), "what finish does isn't done")
	sum, err := Fill(context.Background(), to, "it", StoreSource(from), func(context.Context) error { put(t, to, "finish", "done"); return nil })
	require.NoError(t, err)
	require.Equal(t, int64(2*fillRecords+101), sum.Records)
	require.NoError(t, Prepare(context.Background(), to))
	put(t, from, "finish", "done")
	require.Equal(t, content(t, from), content(t, to))
}

func TestFillRefuses(t *testing.T) {
	from, to := open(t), open(t)
	put(t, from, "a", "1")
	put(t, to, "b", "2")
	_, err := Fill(context.Background(), to, "it", StoreSource(from), nothing)
	require.ErrorContains(t, err, "isn't empty")
	require.Equal(t, map[string]string{"b": "2"}, content(t, to))
}

// TestFillCompares: a source that changed between two tries leaves no store that passes for it.
func TestFillCompares(t *testing.T) {
	from, to := open(t), open(t)
	var pairs []string
	for n := range fillRecords + 10 {
		pairs = append(pairs, fmt.Sprintf("%06d", n), "v")
	}
	put(t, from, pairs...)
	_, err := Fill(context.Background(), to, "it", interrupted(StoreSource(from), fillRecords+5), nothing)
	require.Error(t, err)
	put(t, from, "000003", "w")
	_, err = Fill(context.Background(), to, "it", StoreSource(from), nothing)
	require.ErrorContains(t, err, "changed meanwhile")
	require.Error(t, Prepare(context.Background(), to))
}

// Of two programs that fill a store at once the later is refused, whenever it notices: the other may be done, and a site at work on what it
// filled.
func TestFilledByTwo(t *testing.T) {
	from := open(t)
	put(t, from, "a", "1", "b", "2")
	for name, finishing := range map[string]bool{"as it pours": false, "as it finishes": true} {
		t.Run(name, func(t *testing.T) {
			to := open(t)
			other := func() {
				_, err := Fill(t.Context(), to, "from", StoreSource(from), func(context.Context) error { return nil })
				require.NoError(t, err)
				put(t, to, "a", "new")
			}
			beside := func(ctx context.Context, fn func(key, value []byte) error) error {
				if !finishing {
					other()
				}
				return StoreSource(from)(ctx, fn)
			}
			_, err := Fill(t.Context(), to, "from", beside, func(context.Context) error {
				other()
				return nil
			})
			require.ErrorContains(t, err, "another program fills the store")
			require.Equal(t, map[string]string{"a": "new", "b": "2"}, content(t, to))
			require.NoError(t, to.View(t.Context(), Complete))
		})
	}
}

// visited is a store beside which another program works as soon as it is read.
type visited struct {
	store.Store
	other func()
}

func (v *visited) View(ctx context.Context, fn func(store.Reader) error) error {
	if do := v.other; do != nil {
		v.other = nil
		do()
	}
	return v.Store.View(ctx, fn)
}

// What is left to finish isn't finished once another program has: it revokes all that a site has signed since.
func TestFinishedByTwo(t *testing.T) {
	from, to := open(t), open(t)
	put(t, from, "a", "1")
	died, finished := errors.New("it died"), 0
	fill := func(s store.Store, err error) error {
		_, err = Fill(t.Context(), s, "from", StoreSource(from), func(context.Context) error { finished++; return err })
		return err
	}
	require.ErrorIs(t, fill(to, died), died)
	require.ErrorContains(t, fill(&visited{to, func() { require.NoError(t, fill(to, nil)) }}, nil), "another program fills the store")
	require.Equal(t, 2, finished)
}
