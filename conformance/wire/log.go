package wire

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"math/bits"
	"slices"
	"strconv"
	"strings"
)

// Checkpoint is how many entries a public log has, and the root over them (chapter 14).
type Checkpoint struct {
	Size int64
	Root [sha256.Size]byte
}

// NoteKey is a key that signs notes (C2SP signed-note), as a site names it: NAME+HASH+KEY.
type NoteKey struct {
	Name   string
	hash   []byte
	public ed25519.PublicKey
}

const noteEd25519 = 1 // the first byte of a key of Ed25519

// ParseNoteKey reads a key of Ed25519.
func ParseNoteKey(text string) (*NoteKey, error) {
	parts := strings.SplitN(text, "+", 3)
	if len(parts) != 3 {
		return nil, errors.New("it hasn't three parts")
	}
	key, err := base64.StdEncoding.Strict().DecodeString(parts[2])
	if err != nil || len(key) != 1+ed25519.PublicKeySize || key[0] != noteEd25519 {
		return nil, errors.New("its third part is no key of Ed25519")
	}
	sum := sha256.Sum256(slices.Concat([]byte(parts[0]+"\n"), key))
	if fmt.Sprintf("%x", sum[:4]) != parts[1] {
		return nil, fmt.Errorf("its hash is %s, and not %x", parts[1], sum[:4])
	}
	return &NoteKey{parts[0], sum[:4], key[1:]}, nil
}

// OpenCheckpoint reads a checkpoint of the log of that name, which one of the keys must have signed.
func OpenCheckpoint(text []byte, name string, keys []*NoteKey) (*Checkpoint, error) {
	body, signatures, found := strings.Cut(string(text), "\n\n")
	if !found {
		return nil, errors.New("it is no signed note")
	}
	body += "\n"
	if !signedBy(body, signatures, keys) {
		return nil, errors.New("none of the keys signed it")
	}
	lines := strings.Split(body, "\n")
	if len(lines) < 4 || lines[0] != name {
		return nil, fmt.Errorf("its first lines are %.200q", lines)
	}
	size, err := strconv.ParseUint(lines[1], 10, 40)
	if err != nil || strconv.FormatUint(size, 10) != lines[1] {
		return nil, fmt.Errorf("%q is no number of entries", lines[1])
	}
	root, err := base64.StdEncoding.Strict().DecodeString(lines[2])
	if err != nil || len(root) != sha256.Size {
		return nil, fmt.Errorf("%q is no root", lines[2])
	}
	return &Checkpoint{int64(size), [sha256.Size]byte(root)}, nil
}

// signedBy tells whether one of the signatures is one of the keys'.
func signedBy(body, signatures string, keys []*NoteKey) bool {
	for line := range strings.Lines(signatures) {
		rest, isSignature := strings.CutPrefix(strings.TrimSuffix(line, "\n"), "\u2014 ")
		name, encoded, _ := strings.Cut(rest, " ")
		signature, err := base64.StdEncoding.Strict().DecodeString(encoded)
		if !isSignature || err != nil {
			return false
		}
		for _, k := range keys {
			if k.Name == name && bytes.HasPrefix(signature, k.hash) && ed25519.Verify(k.public, []byte(body), signature[len(k.hash):]) {
				return true
			}
		}
	}
	return false
}

// LeafHash is the hash of an entry (RFC 6962, section 2.1).
func LeafHash(entry []byte) [sha256.Size]byte { return sha256.Sum256(slices.Concat([]byte{0}, entry)) }

// TreeRoot returns the root over entries.
func TreeRoot(entries [][]byte) [sha256.Size]byte {
	switch len(entries) {
	case 0:
		return sha256.Sum256(nil)
	case 1:
		return LeafHash(entries[0])
	}
	left := 1 << (bits.Len(uint(len(entries)-1)) - 1) // the largest power of two below their number
	a, b := TreeRoot(entries[:left]), TreeRoot(entries[left:])
	return sha256.Sum256(slices.Concat([]byte{1}, a[:], b[:]))
}

// Bundle cuts a file of entries into so many, each after its length in two bytes.
func Bundle(data []byte, entries int) (all [][]byte, err error) {
	for range entries {
		if len(data) < 2 || len(data)-2 < int(binary.BigEndian.Uint16(data)) {
			return nil, fmt.Errorf("it ends after %d of %d entries", len(all), entries)
		}
		length := 2 + int(binary.BigEndian.Uint16(data))
		all, data = append(all, data[2:length]), data[length:]
	}
	if len(data) > 0 {
		return nil, fmt.Errorf("%d bytes come after its %d entries", len(data), entries)
	}
	return all, nil
}
