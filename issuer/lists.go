package issuer

import (
	"crypto/rand"
	"fmt"
	"math/big"
	mathrand "math/rand/v2"
	"slices"
	"strconv"
	"strings"

	"bonafide.example"
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
	// Over says that every bit is set, whatever the bits' records say: the store was restored since the list was begun.
	Over bool `json:"over,omitzero"`
}

func listKey(number int) []byte     { return store.Key("i", "list", fmt.Sprintf("%06d", number)) }
func lastListKey() []byte           { return store.Key("i", "last-list") }                              // → its number
func listFromKey(number int) []byte { return store.Key("i", "list-from", fmt.Sprintf("%06d", number)) } // → the validFrom signed last

// keptListKey leads to the keptList that was signed last, by this server or another on the same store.
func keptListKey(number int) []byte { return store.Key("i", "list-token", fmt.Sprintf("%06d", number)) }

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

// setKey leads to the index whose bit was set as the list came to that generation: who knows the bits of an earlier one
// reads the others alone.
func setKey(number int, generation int64) []byte {
	return store.Key("i", "bit-set", fmt.Sprintf("%06d", number), fmt.Sprintf("%08d", generation))
}

// listPath is the path of status lists, up to their numbers.
const listPath = "/status/"

func (i *Issuer) listAddress(number int) string {
	return string(i.Origin) + listPath + strconv.Itoa(number)
}

// listNumber returns the number of the list that an entry is in.
func (i *Issuer) listNumber(e bonafide.StatusEntry) (number int, err error) {
	if number, err = strconv.Atoi(strings.TrimPrefix(e.Credential, string(i.Origin)+listPath)); err != nil {
		return 0, fmt.Errorf("%q is no list of this issuer", e.Credential)
	}
	return number, nil
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
	number, err := i.listNumber(e)
	if err != nil {
		return err
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
	if list.Over {
		return nil
	}
	list.Generation++
	if err := store.PutJSON(tx, listKey(number), list); err != nil {
		return err
	}
	if err := store.PutJSON(tx, setKey(number, list.Generation), index); err != nil {
		return err
	}
	return tx.Put(bitKey(number, index), nil)
}

// knownBits are the bits of a list as they were read, of a generation.
type knownBits struct {
	bits       bonafide.Bits // nil: they weren't
	generation int64
}

// follow returns the bits of a later generation.
func (k knownBits) follow(r store.Reader, number int, generation int64) (knownBits, error) {
	later := knownBits{slices.Clone(k.bits), k.generation}
	if k.bits != nil {
		set := store.Range{From: setKey(number, k.generation+1), To: setKey(number, generation+1)}
		err := store.ScanJSON(r, set, func(_ []byte, index int) (bool, error) {
			later.bits.Set(index)
			later.generation++
			return true, nil
		})
		if err != nil || later.generation == generation {
			return later, err
		}
	}
	bits, err := readBits(r, number) // also what was set before there were such keys
	return knownBits{bits, generation}, err
}

// readBits returns the bits that are set in a list.
func readBits(r store.Reader, number int) (bonafide.Bits, error) {
	bits := make(bonafide.Bits, bonafide.MinListSize/8)
	list, _, err := store.GetJSON[listRecord](r, listKey(number))
	if err != nil {
		return nil, err
	}
	if list.Over {
		for n := range bits {
			bits[n] = 0xff
		}
		return bits, nil
	}
	err = r.Scan(store.Prefix(store.Key("i", "bit", fmt.Sprintf("%06d", number))), func(key, _ []byte) (bool, error) {
		index, err := strconv.Atoi(lastPart(key))
		if err != nil || index >= bonafide.MinListSize {
			return false, fmt.Errorf("%q is no index of a status list", lastPart(key))
		}
		bits.Set(index)
		return true, nil
	})
	return bits, err
}
