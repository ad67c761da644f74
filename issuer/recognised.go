package issuer

import (
	"cmp"
	"context"
	"slices"
	"time"

	"bonafide.example"
	"bonafide.example/internal/fetch"
	"bonafide.example/store"
)

// Recogniser is a conversion table of another site that counts what members earned here.
type Recogniser struct {
	Verifier  bonafide.Origin `json:"verifier"`
	Mechanism string          `json:"mechanism"` // the address of the one here
	Table     string          `json:"table"`     // the table's own address
	Seen      time.Time       `json:"seen"`      // when it was last read there
}

const (
	lookEvery   = 24 * time.Hour
	lookNext    = 2                   // verifiers looked at in one run, each with a budget of its own: the run isn't held up long
	keepLooking = 30 * 24 * time.Hour // how long after it last mattered a verifier is looked at
	maxTables   = 16                  // of one verifier: a budget of fetches takes no more
)

// recognition is what is known of the tables of a verifier that was told something here.
type recognition struct {
	Noticed time.Time         `json:"noticed"`       // when it was last told something, give or take a day
	Seen    time.Time         `json:"seen,omitzero"` // when its tables were last read
	Tables  []recognisedTable `json:"tables,omitzero"`
}

// recognisedTable is a table that names a mechanism of this site.
type recognisedTable struct {
	Address    string        `json:"address"`
	Mechanism  string        `json:"mechanism"`
	Versions   []int         `json:"versions"`
	ValidFrom  bonafide.Date `json:"valid_from"`
	ValidUntil bonafide.Date `json:"valid_until"`
}

func recognitionKey(verifier bonafide.Origin) []byte {
	return store.Key("i", "recognition", string(verifier))
}

func toLookAtKey(at time.Time, verifier bonafide.Origin) []byte {
	return store.Key("i", "look", at.UTC().Format(dueInstant), string(verifier))
}

// Recognisers returns the tables in force that count a mechanism's newest version, by verifier and address; with
// "" those of all mechanisms. Only sites are known that were told something about a member, or that a member
// was referred to: whoever merely says that it counts this site isn't advertised here.
func (i *Issuer) Recognisers(ctx context.Context, mechanism string) (all []Recogniser, err error) {
	today := bonafide.DateOf(i.now())
	err = i.Store.View(ctx, func(r store.Reader) error {
		all = nil
		return store.ScanJSON(r, store.Prefix(store.Key("i", "recognition")), func(key []byte, known recognition) (bool, error) {
			for _, t := range known.Tables {
				m, err := i.mechanismAt(t.Mechanism)
				inForce := err == nil && slices.Contains(t.Versions, m.Version) && t.ValidFrom <= today && today <= t.ValidUntil
				if inForce && (mechanism == "" || mechanism == m.Slug()) {
					all = append(all, Recogniser{bonafide.Origin(lastPart(key)), m.ID, t.Address, known.Seen})
				}
			}
			return true, nil
		})
	})
	return all, err
}

// notice has the tables of a verifier looked at soon, unless they are already.
func (i *Issuer) notice(tx store.Tx, verifier bonafide.Origin) error {
	known, found, err := store.GetJSON[recognition](tx, recognitionKey(verifier))
	if err != nil || found && i.now().Sub(known.Noticed) < lookEvery {
		return err
	}
	known.Noticed = i.now()
	if err := store.PutJSON(tx, recognitionKey(verifier), known); err != nil || found {
		return err
	}
	return tx.Put(toLookAtKey(i.now(), verifier), nil)
}

// lookAtVerifiers looks at some of the verifiers whose turn it is.
func (i *Issuer) lookAtVerifiers(ctx context.Context) error {
	due := store.Range{From: store.Key("i", "look"), To: toLookAtKey(i.now().Add(time.Second), "")}
	var keys [][]byte
	err := i.Store.View(ctx, func(r store.Reader) error {
		keys = nil
		return r.Scan(due, func(key, _ []byte) (bool, error) {
			keys = append(keys, key)
			return len(keys) < lookNext, nil
		})
	})
	for _, key := range keys {
		if err == nil {
			err = i.lookAtVerifier(ctx, key)
		}
	}
	return err
}

func (i *Issuer) lookAtVerifier(ctx context.Context, key []byte) error {
	verifier := bonafide.Origin(lastPart(key))
	tables, failure := i.tablesOf(ctx, verifier)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if failure != nil {
		i.Log.Debug("the tables of a verifier can't be read", "verifier", verifier, "code", bonafide.CodeOf(failure))
	}
	return i.Store.Update(ctx, func(tx store.Tx) error {
		if err := tx.Delete(key); err != nil {
			return err
		}
		known, found, err := store.GetJSON[recognition](tx, recognitionKey(verifier))
		if err != nil || !found {
			return err
		}
		now := i.now()
		if failure == nil {
			known.Seen, known.Tables = now, tables
		}
		mattered := known.Noticed
		if len(known.Tables) > 0 && known.Seen.After(mattered) {
			mattered = known.Seen
		}
		if now.Sub(mattered) >= keepLooking {
			return tx.Delete(recognitionKey(verifier))
		}
		if err := store.PutJSON(tx, recognitionKey(verifier), known); err != nil {
			return err
		}
		return tx.Put(toLookAtKey(now.Add(lookEvery), verifier), nil)
	})
}

// tablesOf reads which tables of a verifier name a mechanism of this site. It fails if they can't be had for the
// moment; a verifier that isn't answered any more, or publishes none that holds, has none.
func (i *Issuer) tablesOf(ctx context.Context, verifier bonafide.Origin) (tables []recognisedTable, err error) {
	ctx, cancel := fetch.Budget(ctx)
	defer cancel()
	entity, err := i.admit(ctx, verifier)
	if bonafide.CodeOf(err) == bonafide.NotAdmitted {
		return nil, nil
	}
	if err != nil || entity.Metadata.Verifier == nil {
		return nil, err
	}
	addresses := entity.Metadata.Verifier.Conversions
	for _, address := range addresses[:min(len(addresses), maxTables)] {
		if !verifier.Owns(address) {
			continue
		}
		t, err := i.consents.peers.Table(ctx, address)
		switch code := bonafide.CodeOf(err); {
		case code == bonafide.Unreachable || code == bonafide.FetchBudget || code == bonafide.RateLimited || code == bonafide.Internal && err != nil:
			return nil, err
		case err != nil || t.From.Issuer != i.Origin:
			continue
		}
		tables = append(tables, recognisedTable{t.ID, t.From.Mechanism, t.From.Versions, t.ValidFrom, t.ValidUntil})
	}
	slices.SortFunc(tables, func(a, b recognisedTable) int { return cmp.Compare(a.Address, b.Address) })
	return slices.CompactFunc(tables, func(a, b recognisedTable) bool { return a.Address == b.Address }), nil
}
