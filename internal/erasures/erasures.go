// Package erasures keeps the journal of what was taken back for good: of members and accounts that were erased, of
// imports that were removed, and of badges that were withdrawn or are public no more. A backup of before has all of that still; whoever goes on from one carries out again what the
// journal has and the store doesn't.
//
// An entry says when, and under a keyed hash what. The journal stands in the store, written by the transaction that
// erases; a copy stands in a file beside the keys, where a lost or older store can't take it along. The secret behind the
// hashes is in the store alone, so that the file by itself tells of nobody.
package erasures

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"time"

	"bonafide.example"
	"bonafide.example/store"
	"bonafide.example/store/records"
)

// Deed says what was taken back.
type Deed string

// The deeds, each with what it is of.
const (
	Member  Deed = "member"  // a member was erased: their id
	Account Deed = "account" // what an account imported was erased: its id
	Import  Deed = "import"  // one import was removed by its holder: their account's id, and the import's
	Badge   Deed = "badge"   // a badge was withdrawn: the name of its mechanism, and the member's id
	Public  Deed = "public"  // a badge was taken off a public CV: as for one withdrawn; without a mechanism, the CV ended
)

// Entry is one line of the journal. There is one for each hash, however often that was done.
type Entry struct {
	At   bonafide.Seconds `json:"at"`   // the last time
	Hash string           `json:"hash"` // see [Journal.Hash]
}

// Config says where the journal is.
type Config struct {
	Store store.Store // keys used: those that begin with "erasures"
	File  string      // the copy; "": none
	Now   func() time.Time
}

// Journal is a site's. It is safe for concurrent use; several servers on one store have one journal, and a file each or one.
type Journal struct {
	Config
	secret []byte
}

var secretKey = store.Key("erasures", "secret")

func entryKey(hash string) []byte { return store.Key("erasures", "entry", hash) } // → when

// Open returns the journal, and makes its secret the first time.
func Open(ctx context.Context, config Config) (*Journal, error) {
	j := &Journal{Config: config}
	err := config.Store.Update(ctx, func(tx store.Tx) error {
		secret, found, err := store.GetJSON[[]byte](tx, secretKey)
		if j.secret = secret; err != nil || found {
			return err
		}
		j.secret = make([]byte, sha256.Size)
		rand.Read(j.secret)
		return store.PutJSON(tx, secretKey, j.secret)
	})
	return j, err
}

// Hash returns under what a deed stands in the journal. Without the store nobody can tell of whom it speaks.
func (j *Journal) Hash(deed Deed, of ...string) string {
	mac := hmac.New(sha256.New, j.secret)
	mac.Write(store.Key(append([]string{string(deed)}, of...)...))
	return base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}

// Note enters a deed, in the transaction that does it. The file knows of it once [Journal.Copy] was called.
func (j *Journal) Note(tx store.Tx, deed Deed, of ...string) error {
	key := entryKey(j.Hash(deed, of...))
	last, _, err := store.GetJSON[bonafide.Seconds](tx, key)
	if err != nil {
		return err
	}
	return store.PutJSON(tx, key, max(bonafide.SecondsOf(j.Now()), last+1)) // later than before, though a clock was put back
}

// Entries returns what the store has of the journal, in the order of the hashes.
func Entries(r store.Reader) (all []Entry, err error) {
	err = store.ScanJSON(r, store.Prefix(store.Key("erasures", "entry")), func(key []byte, at bonafide.Seconds) (bool, error) {
		all = append(all, Entry{at, store.Parts(key)[2]})
		return true, nil
	})
	return all, err
}

// Check tells whether the journal's records are whole.
func Check(r store.Reader, report *records.Report) error {
	return report.Kinds(r, "erasures", map[string]records.Read{
		"secret": records.JSON[[]byte],
		"entry":  records.JSON[bonafide.Seconds],
	})
}
