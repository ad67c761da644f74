// Package publiclog keeps a site's public log: the list of what the site published, in order, to which entries are
// only ever added. The hash of each entry is a leaf of a tree (RFC 6962, section 2.1); the site signs how many entries there
// are and the root over them, its checkpoint. Whoever kept a checkpoint notices when what stood before it is changed or gone.
//
// An entry says what was published where, when, by its hash. Nothing in the log speaks of a person.
//
// [Log] is the site's side: entries go in by the transaction that publishes what they speak of, and the tree is served as
// C2SP's tlog-tiles has it, as files that never change. [Source] is the reader's: it takes nothing that the root doesn't
// bear out. Trees and notes are those of golang.org/x/mod/sumdb.
package publiclog

import (
	"crypto/sha256"
	"encoding/base64"
	"slices"
	"strings"
	"time"

	"bonafide.example"
)

// Kind says what an entry speaks of.
type Kind string

// The kinds there are. Readers pass over others.
const (
	Metadata   Kind = "metadata"    // what the site says of itself; its entity configuration but for the dates
	Keys       Kind = "keys"        // the keys of its DID document
	KeyHistory Kind = "key-history" // what became of its keys
	Mechanism  Kind = "mechanism"   // one version of a mechanism
	Table      Kind = "table"       // one version of a conversion table
	StatusList Kind = "status-list" // a status list as it was signed once that day
)

// MaxEntry is how many bytes an entry may have, so that a bundle of 256 stays within what a reader fetches.
const MaxEntry = 2048

// Entry is one line of the log: at an instant, what the address led to had this hash.
type Entry struct {
	Kind    Kind      `json:"kind"`
	Address string    `json:"address"` // where it was published, on the site's own origin
	Hash    string    `json:"hash"`    // see [HashOf], [HashOfSigned], [HashOfKeys] and [HashOfBytes]
	At      time.Time `json:"at"`      // in whole seconds
}

// ParseEntry reads an entry of origin's log. It fails with [bonafide.BadLog].
func ParseEntry(data []byte, origin bonafide.Origin) (Entry, error) {
	if len(data) > MaxEntry {
		return Entry{}, bonafide.Errorf(bonafide.BadLog, "entry", "has %d bytes, more than %d", len(data), MaxEntry)
	}
	e, err := bonafide.ParsePeer[Entry](data)
	if err != nil {
		return Entry{}, bonafide.Errorf(bonafide.BadLog, "entry", "is not one (%v)", err).Because(err)
	}
	switch {
	case e.Kind == "":
		return Entry{}, bonafide.Errorf(bonafide.BadLog, "entry.kind", "is missing")
	case !origin.Owns(e.Address):
		return Entry{}, bonafide.Errorf(bonafide.BadLog, "entry.address", "%q is not on %s", e.Address, origin)
	case !isHash(e.Hash):
		return Entry{}, bonafide.Errorf(bonafide.BadLog, "entry.hash", "%q is none", e.Hash)
	case e.At.Unix() <= 0:
		return Entry{}, bonafide.Errorf(bonafide.BadLog, "entry.at", "is missing")
	}
	return e, nil
}

const hashPrefix = "sha-256:"

func isHash(s string) bool {
	encoded, ok := strings.CutPrefix(s, hashPrefix)
	sum, err := base64.RawURLEncoding.DecodeString(encoded)
	return ok && err == nil && len(sum) == sha256.Size && base64.RawURLEncoding.EncodeToString(sum) == encoded
}

// HashOf returns the hash of a mechanism or table: that of its JSON in canonical form ([bonafide.Hash]).
func HashOf(document []byte) (string, error) {
	fields, err := bonafide.ParsePeer[map[string]any](document)
	if err != nil {
		return "", err
	}
	return bonafide.Hash(fields)
}

// HashOfSigned returns the hash of the payload of an entity configuration or key history without its dates, iat and exp, which
// differ with each signing.
func HashOfSigned(payload map[string]any) (string, error) {
	lasting := map[string]any{}
	for name, value := range payload {
		if name != "iat" && name != "exp" {
			lasting[name] = value
		}
	}
	return bonafide.Hash(lasting)
}

// HashOfKeys returns the hash of the sorted ids of a DID document's keys. An id holds the thumbprint of its key.
func HashOfKeys(document bonafide.DIDDocument) (string, error) {
	ids := []string{}
	for _, method := range document.VerificationMethod {
		ids = append(ids, method.ID)
	}
	slices.Sort(ids)
	return bonafide.Hash(ids)
}

// HashOfBytes returns the hash of a status list as it was signed. Nobody can find out from it what the list said who
// didn't see the list: what else could be guessed stands under a signature.
func HashOfBytes(token string) string {
	sum := sha256.Sum256([]byte(token))
	return hashPrefix + base64.RawURLEncoding.EncodeToString(sum[:])
}
