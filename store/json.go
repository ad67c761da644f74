package store

import (
	"bytes"
	"fmt"

	"github.com/go-json-experiment/json"

	bonafide "bonafide.example"
)

// GetJSON returns the record under the key; found is false where there is none.
func GetJSON[T any](r Reader, key []byte) (value T, found bool, err error) {
	data, err := r.Get(key)
	if err != nil || data[0] == nil {
		return value, false, err
	}
	value, err = DecodeJSON[T](key, data[0])
	return value, err == nil, err
}

// GetAllJSON returns the records under those of the keys that are there, in the order of the keys.
func GetAllJSON[T any](r Reader, keys ...[]byte) ([]T, error) {
	all, err := r.Get(keys...)
	if err != nil {
		return nil, err
	}
	var values []T
	for i, data := range all {
		if data == nil {
			continue
		}
		value, err := DecodeJSON[T](keys[i], data)
		if err != nil {
			return nil, err
		}
		values = append(values, value)
	}
	return values, nil
}

// PutJSON keeps the value under the key, as JSON.
func PutJSON(tx Tx, key []byte, value any) error {
	data, err := bonafide.MarshalJSON(value)
	if err != nil {
		return fmt.Errorf("encode a record of kind %q: %w", kind(key), err)
	}
	return tx.Put(key, data)
}

// ScanJSON calls fn for each record of the range, as [Reader].Scan does.
func ScanJSON[T any](r Reader, rng Range, fn func(key []byte, value T) (more bool, err error)) error {
	return r.Scan(rng, func(key, data []byte) (bool, error) {
		value, err := DecodeJSON[T](key, data)
		if err != nil {
			return false, err
		}
		return fn(key, value)
	})
}

// DecodeJSON reads a record that [PutJSON] wrote under the key. A field that T lacks is refused: dropping it would lose it at the
// next write. Unlike bonafide.Parse, it doesn't judge the values anew: what was good when it was written
// must stay readable when a rule is tightened.
func DecodeJSON[T any](key, data []byte) (T, error) {
	var value T
	if err := json.Unmarshal(data, &value, json.RejectUnknownMembers(true)); err != nil {
		return value, fmt.Errorf("decode a record of kind %q: %w", kind(key), err)
	}
	return value, nil
}

// kind returns the first part of the key. The others may name people and don't belong in an error.
func kind(key []byte) []byte {
	first, _, _ := bytes.Cut(key, []byte{end})
	return first
}
