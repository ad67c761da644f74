// Package storetest tells whether an implementation honours the contract of package store.
package storetest

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"bonafide.example/store"
)

// Case is one thing that the contract asks for.
type Case struct {
	Name string
	// Run checks it on an empty store.
	Run func(t require.TestingT, s store.Store)
}

// Cases returns everything that the contract asks for.
func Cases() []Case {
	return []Case{
		{"values come back as they were put", values},
		{"values are copies", copies},
		{"sizes are kept to", sizes},
		{"keys are in bytewise order", order},
		{"a range is kept to", ranges},
		{"prefixes don't collide", prefixes},
		{"a scan stops when told", stops},
		{"a transaction sees its own writes", ownWrites},
		{"a scan bears writes", scanBearsWrites},
		{"a view is a snapshot", snapshot},
		{"a view sees nothing uncommitted", uncommitted},
		{"an error keeps nothing", errorKeepsNothing},
		{"a panic keeps nothing and reaches its caller", panicKeepsNothing},
		{"an ended context keeps nothing", contextKeepsNothing},
		{"concurrent updates lose nothing", counter},
		{"a failing update loses only itself", failingAmongMany},
		{"a panicking update loses only itself", panickingAmongMany},
		{"exactly one of many claims", claim},
		{"a mark tells of each write", marked},
		{"a closed store refuses", closed},
	}
}

// Run runs every case on a store of its own. open returns an empty store, and sees to its closing.
func Run(t *testing.T, open func(t testing.TB) store.Store) {
	for _, c := range Cases() {
		t.Run(c.Name, func(t *testing.T) { c.Run(t, open(t)) })
	}
}

// put puts key, value, key, value…
func put(t require.TestingT, s store.Store, pairs ...string) {
	require.NoError(t, s.Update(context.Background(), func(tx store.Tx) error { return putAll(tx, pairs...) }))
}

func putAll(tx store.Tx, pairs ...string) error {
	for i := 0; i < len(pairs); i += 2 {
		if err := tx.Put([]byte(pairs[i]), []byte(pairs[i+1])); err != nil {
			return err
		}
	}
	return nil
}

// scan returns the keys and values of the range as key, value, key, value…
func scan(r store.Reader, rng store.Range) (pairs []string, err error) {
	err = r.Scan(rng, func(key, value []byte) (bool, error) {
		pairs = append(pairs, string(key), string(value))
		return true, nil
	})
	return pairs, err
}

// content returns everything within the range, in a View of its own.
func content(t require.TestingT, s store.Store, rng store.Range) (pairs []string) {
	require.NoError(t, s.View(context.Background(), func(r store.Reader) (err error) {
		pairs, err = scan(r, rng)
		return err
	}))
	return pairs
}

// keys returns every second of the pairs.
func keys(pairs []string) (keys []string) {
	for i := 0; i < len(pairs); i += 2 {
		keys = append(keys, pairs[i])
	}
	return keys
}
