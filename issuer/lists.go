package issuer

import (
	"context"
	"crypto/rand"
	"fmt"
	"math/big"
	mathrand "math/rand/v2"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"bonafide.example"
	"bonafide.example/internal/publish"
	"bonafide.example/internal/web"
	"bonafide.example/store"
	"github.com/google/uuid"
)

// listPurpose says what the entries of a status list are for: badges and consented statuses are kept
// apart, so that the public list of badges tells nothing of private statements.
type listPurpose string

const (
	badgeList     listPurpose = "badges"
	statementList listPurpose = "statements"
)

// listCapacity is how many entries of a list are used: with half of it free, a random index is found
// at the second try.
const listCapacity = bonafide.MinListSize / 2

// listRecord is a status list.
type listRecord struct {
	Purpose    listPurpose `json:"purpose"`
	Taken      int         `json:"taken"`      // entries given out
	Generation int64       `json:"generation"` // bits set; a signed list of another generation is out of date
}

func listKey(number int) []byte     { return store.Key("i", "list", fmt.Sprintf("%06d", number)) }
func lastListKey() []byte           { return store.Key("i", "last-list") }                              // → its number
func listFromKey(number int) []byte { return store.Key("i", "list-from", fmt.Sprintf("%06d", number)) } // → the validFrom signed last

// openListKey leads to the number of one of the lists that entries for a purpose are taken from; which is 0 for the first.
func openListKey(purpose listPurpose, which int) []byte {
	if which == 0 {
		return store.Key("i", "open-list", string(purpose))
	}
	return store.Key("i", "open-list", string(purpose), fmt.Sprintf("%06d", which))
}
func entryKey(number, index int) []byte {
	return store.Key("i", "entry", fmt.Sprintf("%06d", number), fmt.Sprintf("%08d", index))
}
func bitKey(number, index int) []byte {
	return store.Key("i", "bit", fmt.Sprintf("%06d", number), fmt.Sprintf("%08d", index))
}

// listPath is the path of status lists, up to their numbers.
const listPath = "/status/"

func (i *Issuer) listAddress(number int) string {
	return string(i.Origin) + listPath + strconv.Itoa(number)
}

// allocate takes a fresh entry, at a random index, of a list for that purpose. owner is kept beside it,
// for whoever examines the store; it must not name a member.
func (i *Issuer) allocate(tx store.Tx, purpose listPurpose, owner string) (bonafide.StatusEntry, error) {
	number, list, err := i.openList(tx, purpose)
	if err != nil {
		return bonafide.StatusEntry{}, err
	}
	for {
		random, err := rand.Int(rand.Reader, big.NewInt(bonafide.MinListSize))
		if err != nil {
			return bonafide.StatusEntry{}, err
		}
		index := int(random.Int64())
		taken, err := tx.Get(entryKey(number, index))
		if err != nil {
			return bonafide.StatusEntry{}, err
		}
		if taken[0] != nil {
			continue
		}
		if err := tx.Put(entryKey(number, index), []byte(owner)); err != nil {
			return bonafide.StatusEntry{}, err
		}
		list.Taken++
		return bonafide.NewStatusEntry("urn:uuid:"+uuid.NewString(), i.listAddress(number), index), store.PutJSON(tx, listKey(number), list)
	}
}

// openList returns the list that an entry for that purpose is taken from, any of those that are open. It begins a
// new one when there is none or the last is as full as it gets.
func (i *Issuer) openList(tx store.Tx, purpose listPurpose) (number int, list listRecord, err error) {
	key := openListKey(purpose, mathrand.IntN(max(i.OpenLists, 1)))
	number, found, err := store.GetJSON[int](tx, key)
	if err != nil {
		return 0, list, err
	}
	if found {
		list, _, err = store.GetJSON[listRecord](tx, listKey(number))
		if err != nil || list.Taken < listCapacity {
			return number, list, err
		}
	}
	last, _, err := store.GetJSON[int](tx, lastListKey())
	if err != nil {
		return 0, list, err
	}
	number = last + 1
	if err := store.PutJSON(tx, lastListKey(), number); err != nil {
		return 0, list, err
	}
	return number, listRecord{Purpose: purpose}, store.PutJSON(tx, key, number)
}

// revoke sets the entry's bit. A bit is never unset again.
func (i *Issuer) revoke(tx store.Tx, e bonafide.StatusEntry) error {
	index, err := e.Position()
	if err != nil {
		return err
	}
	number, err := strconv.Atoi(strings.TrimPrefix(e.Credential, string(i.Origin)+listPath))
	if err != nil {
		return fmt.Errorf("%q is no list of this issuer", e.Credential)
	}
	set, err := tx.Get(bitKey(number, index))
	if err != nil || set[0] != nil {
		return err
	}
	list, found, err := store.GetJSON[listRecord](tx, listKey(number))
	if err != nil {
		return err
	}
	if !found {
		return fmt.Errorf("%q is no list of this issuer", e.Credential)
	}
	list.Generation++
	if err := store.PutJSON(tx, listKey(number), list); err != nil {
		return err
	}
	return tx.Put(bitKey(number, index), nil)
}

// lists keeps the status lists as they were signed last.
type lists struct {
	mu     sync.Mutex
	signed map[int]signedList // by number
}

type signedList struct {
	generation int64
	at         time.Time // when it was signed
	list       *bonafide.StatusList
	token      string
}

func newLists() *lists { return &lists{signed: map[int]signedList{}} }

// serveList answers for /status/N, .jwt and .json.
func (i *Issuer) serveList(w http.ResponseWriter, r *http.Request) error {
	name, suffix := publish.CutSuffix(r.PathValue("list"), ".jwt", ".json")
	number, err := strconv.Atoi(name)
	if err != nil || strconv.Itoa(number) != name {
		return bonafide.Errorf(bonafide.NotFound, r.URL.Path, "is no status list")
	}
	if suffix == "" {
		w.Header().Add("Vary", "Accept")
		switch web.Negotiate(r, typeCredential, typeJSON) {
		case typeJSON:
			suffix = ".json"
		case "":
			return bonafide.Errorf(bonafide.NotAcceptable, r.URL.Path, "is JSON or %s", typeCredential)
		}
	}
	signed, err := i.signedList(r.Context(), number)
	if err != nil {
		return err
	}
	web.Public(w.Header(), "public, max-age=60") // less than the list's ttl, which counts from when it is fetched
	if suffix == ".json" {
		web.JSON(w, http.StatusOK, signed.list)
		return nil
	}
	w.Header().Set("Content-Type", typeCredential)
	_, err = w.Write([]byte(signed.token))
	return err
}

// signedList returns the list as it stands in the store: signed anew if a bit was set since, or when
// half its ttl is over.
func (i *Issuer) signedList(ctx context.Context, number int) (signedList, error) {
	i.lists.mu.Lock()
	defer i.lists.mu.Unlock()
	last := i.lists.signed[number]
	now := i.now()
	var record listRecord
	var bits bonafide.Bits
	var before time.Time
	err := i.Store.View(ctx, func(r store.Reader) error {
		var found bool
		var err error
		record, found, err = store.GetJSON[listRecord](r, listKey(number))
		if err == nil && !found {
			return bonafide.Errorf(bonafide.NotFound, i.listAddress(number), "is no status list")
		}
		if err != nil || last.fresh(record.Generation, now) {
			return err
		}
		if before, _, err = store.GetJSON[time.Time](r, listFromKey(number)); err != nil {
			return err
		}
		bits, err = readBits(r, number)
		return err
	})
	if err != nil || bits == nil {
		return last, err
	}
	if last.at.After(before) {
		before = last.at
	}
	from := now
	if before.After(now) && before.Before(now.Add(bonafide.MaxListLife)) {
		from = before // the clock was set back; validFrom must not be, but from where nobody could have taken it
	}
	list, err := bonafide.NewStatusList(i.Origin, i.listAddress(number), bits, from, from.Add(bonafide.MaxListLife))
	if err != nil {
		return signedList{}, err
	}
	token, err := i.sealer.Seal(ctx, bonafide.TypeCredential, list)
	if err != nil {
		return signedList{}, err
	}
	last = signedList{record.Generation, from, list, token}
	i.lists.signed[number] = last
	// A store that can't be written, such as on a full disk, must not end the lists, and with them every badge.
	if err := i.Store.Update(ctx, func(tx store.Tx) error { return store.PutJSON(tx, listFromKey(number), from) }); err != nil {
		i.Log.Warn("a status list's validFrom isn't kept", "list", number, "error", err)
	}
	return last, nil
}

func (s *signedList) fresh(generation int64, now time.Time) bool {
	return s.list != nil && s.generation == generation && now.Before(s.at.Add(bonafide.StatusListTTL/2))
}

func readBits(r store.Reader, number int) (bonafide.Bits, error) {
	bits := make(bonafide.Bits, bonafide.MinListSize/8)
	err := r.Scan(store.Prefix(store.Key("i", "bit", fmt.Sprintf("%06d", number))), func(key, _ []byte) (bool, error) {
		index, err := strconv.Atoi(lastPart(key))
		if err != nil || index >= bonafide.MinListSize {
			return false, fmt.Errorf("%q is no index of a status list", lastPart(key))
		}
		bits.Set(index)
		return true, nil
	})
	return bits, err
}
