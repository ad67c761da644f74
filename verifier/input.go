package verifier

import (
	"time"

	"bonafide.example"
	"bonafide.example/conversion"
	"bonafide.example/store"
)

// input is one consented status kept for an account.
type input struct {
	ID           string                        `json:"id"`
	Account      string                        `json:"account"`
	Token        string                        `json:"token"` // the statement as its issuer signed it
	Statement    bonafide.ConsentedStatus      `json:"statement"`
	Details      bonafide.AuthorizationDetails `json:"details"` // what the holder consented to
	RefreshToken string                        `json:"refresh_token"`
	ImportedAt   time.Time                     `json:"imported_at"`
	StatedAt     time.Time                     `json:"stated_at"` // when this statement, the latest, came
	Ended        bool                          `json:"ended"`     // its bit was set: it counts no more
	RefreshAt    time.Time                     `json:"refresh_at"`
	Failures     int                           `json:"failures"`         // refreshes that failed since
	Failure      bonafide.Code                 `json:"failure,omitzero"` // the last one's code
}

// list returns the address of the list that tells whether the statement still holds.
func (in *input) list() string { return in.Statement.CredentialStatus.Credential }

// condition tells what is known of the input at an instant. list is what was last read of its list.
func (in *input) condition(list listRecord, now time.Time) conversion.Condition {
	switch {
	case in.Ended:
		return conversion.Revoked
	case !now.Before(list.ValidUntil): // also if it was never read
		return conversion.Paused
	}
	return conversion.Good
}

// feed says which account, and which input of it, an issuer's subject feeds.
type feed struct {
	Account string `json:"account"`
	ID      string `json:"id"`
}

// instant writes a time so that keys sort by it.
func instant(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05Z") }

func inputsKey(account string) []byte    { return store.Key("verifier", "input", account) }
func inputKey(account, id string) []byte { return store.Key("verifier", "input", account, id) }
func listKey(address string) []byte      { return store.Key("verifier", "list", address) }
func watchersKey(address string) []byte  { return store.Key("verifier", "watch", address) }
func endingsKey(account string) []byte   { return store.Key("verifier", "ending", account) }

func (in *input) key() []byte { return inputKey(in.Account, in.ID) }

// watchKey leads from a list to the input; the value is the position of its bit.
func (in *input) watchKey() []byte {
	return store.Key("verifier", "watch", in.list(), in.Account, in.ID)
}

// dueKey leads to the input when its refresh is due.
func (in *input) dueKey() []byte {
	return store.Key("verifier", "due", string(in.Statement.Issuer), instant(in.RefreshAt), in.Account, in.ID)
}

// overKey leads to the input when the consent that it was told under has run out.
func (in *input) overKey() []byte {
	over := in.ImportedAt.AddDate(0, 0, in.Details.RetentionDays)
	return store.Key("verifier", "over", instant(over), in.Account, in.ID)
}

func (in *input) subjectKey() []byte {
	return append(subjectKey(in.Statement.Issuer, in.Statement.Subject), store.Key(in.Statement.Status.Mechanism)...)
}

func subjectKey(issuer bonafide.Origin, subject string) []byte {
	return store.Key("verifier", "subject", string(issuer), subject)
}

// put keeps the input, with the rows that lead to it, in place of what stands under its key.
func (in *input) put(tx store.Tx) error {
	if err := deleteInput(tx, in.Account, in.ID); err != nil {
		return err
	}
	if err := markChanged(tx, in.Account); err != nil {
		return err
	}
	if !in.Ended {
		if err := tx.Put(in.watchKey(), []byte(in.Statement.CredentialStatus.Index)); err != nil {
			return err
		}
	}
	for _, key := range [][]byte{in.dueKey(), in.overKey()} {
		if err := tx.Put(key, nil); err != nil {
			return err
		}
	}
	if err := store.PutJSON(tx, in.subjectKey(), feed{in.Account, in.ID}); err != nil {
		return err
	}
	return store.PutJSON(tx, in.key(), in)
}

// deleteInput removes the input, if it is there, and every row that leads to it.
func deleteInput(tx store.Tx, account, id string) error {
	in, found, err := store.GetJSON[input](tx, inputKey(account, id))
	if err != nil || !found {
		return err
	}
	for _, key := range [][]byte{in.watchKey(), in.dueKey(), in.overKey(), in.subjectKey(), in.key()} {
		if err := tx.Delete(key); err != nil {
			return err
		}
	}
	return markChanged(tx, account)
}

// inputsOf returns the inputs of an account, each with what was last read of its list.
func inputsOf(r store.Reader, account string) ([]*input, []listRecord, error) {
	var inputs []*input
	err := store.ScanJSON(r, store.Prefix(inputsKey(account)), func(_ []byte, in *input) (bool, error) {
		inputs = append(inputs, in)
		return true, nil
	})
	if err != nil {
		return nil, nil, err
	}
	lists := make([]listRecord, len(inputs))
	for i, in := range inputs {
		if lists[i], _, err = store.GetJSON[listRecord](r, listKey(in.list())); err != nil {
			return nil, nil, err
		}
	}
	return inputs, lists, nil
}
