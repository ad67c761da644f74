package publiclog

import (
	"context"
	"crypto/ed25519"
	"encoding/base64"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"bonafide.example"
	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

const (
	maxCheckpoint = 16 << 10 // bytes
	maxSize       = 1 << 40  // entries
	maxVerifiers  = 16       // keys of one log
)

// Checkpoint is how many entries a log has, and the root of the tree over them.
type Checkpoint struct {
	Size int64
	Root tlog.Hash
	Text string // as it was signed: whoever has two that don't fit can show them to anybody
}

// nameOf returns what the log at the address is called in its checkpoints: the address without its scheme (C2SP
// tlog-checkpoint).
func nameOf(address string) string {
	_, name, _ := strings.Cut(address, "://")
	return name
}

// Body returns what is signed of a checkpoint of the log at the address.
func (c *Checkpoint) Body(address string) string {
	return fmt.Sprintf("%s\n%d\n%s\n", nameOf(address), c.Size, c.Root)
}

// sign signs the checkpoint as a note.
func (c *Checkpoint) sign(address string, signer note.Signer) error {
	text, err := note.Sign(&note.Note{Text: c.Body(address)}, signer)
	c.Text = string(text)
	return err
}

// OpenCheckpoint reads the signed checkpoint of the log at the address. One of its keys must have signed it, each given
// as a note's verifier key. It fails with [bonafide.BadLog], [bonafide.BadSignature], [bonafide.UnknownKey] or [bonafide.BadMetadata].
func OpenCheckpoint(text, address string, keys []string) (*Checkpoint, error) {
	if len(text) > maxCheckpoint {
		return nil, bonafide.Errorf(bonafide.BadLog, address, "its checkpoint has %d bytes, more than %d", len(text), maxCheckpoint)
	}
	verifiers, err := verifiersOf(address, keys)
	if err != nil {
		return nil, err
	}
	opened, err := note.Open([]byte(text), verifiers)
	var unverified *note.UnverifiedNoteError
	var invalid *note.InvalidSignatureError
	switch {
	case errors.As(err, &unverified):
		return nil, bonafide.Errorf(bonafide.UnknownKey, address, "its checkpoint is signed by none of the keys that the site names")
	case errors.As(err, &invalid):
		return nil, bonafide.Errorf(bonafide.BadSignature, address, "its checkpoint was altered, or isn't signed by the key that it names")
	case err != nil:
		return nil, bonafide.Errorf(bonafide.BadLog, address, "its checkpoint is not a signed note").Because(err)
	}
	c, err := parseBody(opened.Text, address)
	if err != nil {
		return nil, err
	}
	c.Text = text
	return c, nil
}

// ReadCheckpoint reads a checkpoint that was opened before, when the site may have had other keys.
func ReadCheckpoint(text, address string) (*Checkpoint, error) {
	body, _, signed := strings.Cut(text, "\n\n")
	if !signed {
		return nil, bonafide.Errorf(bonafide.BadLog, address, "its checkpoint is not a signed note")
	}
	c, err := parseBody(body+"\n", address)
	if err != nil {
		return nil, err
	}
	c.Text = text
	return c, nil
}

// parseBody reads name, size and root, and passes over lines after these.
func parseBody(body, address string) (*Checkpoint, error) {
	lines := strings.Split(strings.TrimSuffix(body, "\n"), "\n")
	if len(lines) < 3 {
		return nil, bonafide.Errorf(bonafide.BadLog, address, "its checkpoint hasn't three lines")
	}
	if lines[0] != nameOf(address) {
		return nil, bonafide.Errorf(bonafide.BadLog, address, "its checkpoint is of %q", lines[0])
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	if err != nil || strconv.FormatInt(size, 10) != lines[1] || size < 0 || size > maxSize {
		return nil, bonafide.Errorf(bonafide.BadLog, address, "%q is no number of entries", lines[1])
	}
	root, err := base64.StdEncoding.Strict().DecodeString(lines[2])
	if err != nil || len(root) != tlog.HashSize {
		return nil, bonafide.Errorf(bonafide.BadLog, address, "%q is no root", lines[2])
	}
	return &Checkpoint{Size: size, Root: tlog.Hash(root)}, nil
}

// verifiersOf reads the keys that a site names for its log.
func verifiersOf(address string, keys []string) (note.Verifiers, error) {
	if len(keys) < 1 || len(keys) > maxVerifiers {
		return nil, bonafide.Errorf(bonafide.BadMetadata, "bonafide_log.vkeys", "there are %d instead of 1 to %d", len(keys), maxVerifiers)
	}
	var verifiers []note.Verifier
	for _, key := range keys {
		verifier, err := note.NewVerifier(key)
		if err != nil || verifier.Name() != nameOf(address) {
			return nil, bonafide.Errorf(bonafide.BadMetadata, "bonafide_log.vkeys", "%.200q is no key of Ed25519 under the name %s", key, nameOf(address)).Because(err)
		}
		verifiers = append(verifiers, verifier)
	}
	return note.VerifierList(verifiers...), nil
}

// signer signs notes under the log's name, for the time of one call.
type signer struct {
	note.Verifier
	key bonafide.Signer
	ctx context.Context
}

// Sign signs the text of a note.
func (s *signer) Sign(text []byte) ([]byte, error) { return s.key.Sign(s.ctx, text) }

// verifierKey returns the key as a note's readers take it. Only Ed25519 is had by all of them.
func verifierKey(address string, key bonafide.Signer) (string, error) {
	public, ok := key.Public().(ed25519.PublicKey)
	if !ok {
		return "", fmt.Errorf("the log's key is on Ed25519, not %T", key.Public())
	}
	return note.NewEd25519VerifierKey(nameOf(address), public)
}
