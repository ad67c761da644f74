package desk

import (
	"fmt"

	"bonafide.example"
	"bonafide.example/store"
)

// kind is a kind of record of the desk.
type kind string

const (
	asks    kind = "ask"
	offers  kind = "offer"
	vouches kind = "vouch"
)

// party is one of the two people in an ask or a vouch.
type party struct {
	Member string `json:"member,omitzero"` // "" once they are erased
	Name   string `json:"name,omitzero"`   // what they went by when they acted; "" if the site didn't say
}

func partyOf(account bonafide.Account) party {
	return party{account.ID, bonafide.ShownName(account.Name)}
}

// ask is one member's asking another to vouch for them.
type ask struct {
	ID        string           `json:"id"` // that of the vouch, should it be answered
	Mechanism string           `json:"mechanism"`
	Asker     party            `json:"asker"`
	Asked     party            `json:"asked"`
	Words     string           `json:"words"`
	At        bonafide.Seconds `json:"at"`
	Expires   bonafide.Seconds `json:"expires"`
	Declined  bool             `json:"declined,omitzero"` // for the eyes of who was asked alone
}

// offer is a one-time link by which a voucher offers to vouch.
type offer struct {
	ID        string           `json:"id"`    // the hash of the code in the link
	Vouch     string           `json:"vouch"` // the id of the vouch, should it be accepted
	Mechanism string           `json:"mechanism"`
	Voucher   party            `json:"voucher"`
	Level     int              `json:"level"`
	Stake     int64            `json:"stake"`
	At        bonafide.Seconds `json:"at"`
	Expires   bonafide.Seconds `json:"expires"`
	Restored  bool             `json:"restored,omitzero"` // it ended when the site went on from a backup: see [Restored]
}

// vouch says what the people of a vouch are called; all else about it stands in the ledger.
type vouch struct {
	ID        string `json:"id"`
	Mechanism string `json:"mechanism"`
	Voucher   party  `json:"voucher"`
	Vouchee   party  `json:"vouchee"`
	Offer     string `json:"offer,omitzero"` // the id of the offer that it came from, which is gone
}

func recordKey(k kind, id string) []byte { return store.Key("desk", string(k), id) }
func ofKey(member string, k kind, id string) []byte {
	return store.Key("desk", "of", member, string(k), id)
}
func dueKey(at bonafide.Seconds, k kind, id string) []byte {
	return store.Key("desk", "due", fmt.Sprintf("%012d", at), string(k), id)
}

// keep keeps a record, findable by the members in it, and has it looked at at an instant: it is forgotten
// then, if it is time. To look once too often does no harm, so nothing is ever unscheduled.
func keep(tx store.Tx, k kind, id string, record any, until bonafide.Seconds, members ...string) error {
	for _, member := range members {
		if err := tx.Put(ofKey(member, k, id), nil); err != nil {
			return err
		}
	}
	if err := tx.Put(dueKey(until, k, id), nil); err != nil {
		return err
	}
	return store.PutJSON(tx, recordKey(k, id), record)
}

// drop forgets a record with these members in it.
func drop(tx store.Tx, k kind, id string, members ...string) error {
	for _, member := range members {
		if err := tx.Delete(ofKey(member, k, id)); err != nil {
			return err
		}
	}
	return tx.Delete(recordKey(k, id))
}

// find returns the record with that id, false if there is none.
func find[T any](r store.Reader, k kind, id string) (record T, found bool, err error) {
	return store.GetJSON[T](r, recordKey(k, id))
}

// of returns the records of one kind that a member is in, by id.
func of[T any](r store.Reader, member string, k kind) (records []T, err error) {
	var ids []string
	err = r.Scan(store.Prefix(store.Key("desk", "of", member, string(k))), func(key, _ []byte) (bool, error) {
		ids = append(ids, store.Parts(key)[4])
		return true, nil
	})
	for _, id := range ids {
		record, found, err := find[T](r, k, id)
		if err != nil {
			return nil, err
		}
		if found {
			records = append(records, record)
		}
	}
	return records, err
}
