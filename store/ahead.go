package store

import (
	"bytes"
	"maps"
	"slices"
)

// Ahead reads these keys at once, and returns the transaction as one that asks the store for no key twice: work on many
// records that each want a few keys then takes few round trips. It must not be used beside the transaction itself.
func Ahead(tx Tx, keys ...[]byte) (Tx, error) {
	a := &ahead{tx, map[string][]byte{}}
	_, err := a.Get(keys...)
	return a, err
}

// ahead is a transaction that remembers what was read and written in it.
type ahead struct {
	Tx
	known map[string][]byte // nil for a key that isn't there
}

func (a *ahead) Get(keys ...[]byte) ([][]byte, error) {
	ask := map[string][]byte{}
	for _, key := range keys {
		if _, ok := a.known[string(key)]; !ok {
			ask[string(key)] = key
		}
	}
	if len(ask) > 0 {
		asked := slices.Collect(maps.Values(ask))
		values, err := a.Tx.Get(asked...)
		if err != nil {
			return nil, err
		}
		for n, key := range asked {
			a.known[string(key)] = values[n]
		}
	}
	values := make([][]byte, len(keys))
	for n, key := range keys {
		values[n] = bytes.Clone(a.known[string(key)])
	}
	return values, nil
}

func (a *ahead) Put(key, value []byte) error {
	err := a.Tx.Put(key, value)
	if err == nil {
		a.known[string(key)] = append([]byte{}, value...)
	}
	return err
}

func (a *ahead) Delete(key []byte) error {
	err := a.Tx.Delete(key)
	if err == nil {
		a.known[string(key)] = nil
	}
	return err
}
