package wire

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"strings"
)

// MinEntries is the least that a status list has.
const MinEntries = 131_072

// Bits is a status list: entry i is bit i from the left (Bitstring Status List 1.0).
type Bits []byte

// NewBits returns a list of so many entries, a multiple of 8, none set.
func NewBits(entries int) Bits { return make(Bits, entries/8) }

// Set sets the bit of entry i.
func (b Bits) Set(i int) { b[i/8] |= 0x80 >> (i % 8) }

// Get tells whether the bit of entry i is set.
func (b Bits) Get(i int) (bool, error) {
	if i < 0 || i >= len(b)*8 {
		return false, fmt.Errorf("the list has %d entries, none numbered %d", len(b)*8, i)
	}
	return b[i/8]&(0x80>>(i%8)) != 0, nil
}

// EncodedList returns the bits as an encodedList: multibase base64url of gzip.
func (b Bits) EncodedList() (string, error) {
	var packed bytes.Buffer
	w := gzip.NewWriter(&packed)
	if _, err := w.Write(b); err != nil {
		return "", err
	}
	if err := w.Close(); err != nil {
		return "", err
	}
	return "u" + Encode(packed.Bytes()), nil
}

// maxUnpacked is more than any list that is accepted, in bytes.
const maxUnpacked = 1<<20 + 1

// DecodeList reads an encodedList.
func DecodeList(encoded string) (Bits, error) {
	text, ok := strings.CutPrefix(encoded, "u")
	if !ok {
		return nil, errors.New("an encodedList begins with u")
	}
	packed, err := base64.RawURLEncoding.DecodeString(text)
	if err == nil && Encode(packed) != text {
		err = errors.New("the encodedList isn't in canonical base64url")
	}
	if err != nil {
		return nil, err
	}
	r, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		return nil, err
	}
	bits, err := io.ReadAll(io.LimitReader(r, maxUnpacked))
	if err == nil && len(bits) == maxUnpacked {
		err = errors.New("the list is longer than 1 MiB")
	}
	return bits, err
}
