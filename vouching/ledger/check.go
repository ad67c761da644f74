package ledger

import (
	"slices"

	"bonafide.example"
	"bonafide.example/store"
	"bonafide.example/store/records"
	"bonafide.example/vouching"
)

// Check tells whether the records of all ledgers are whole and agree: stakes against what was burned of them, burns against the faults
// that they are of, and members' lists against events.
func Check(r store.Reader, report *records.Report) error {
	kinds := map[string]records.Read{
		"event": records.JSON[vouching.Record], "now": records.JSON[bonafide.Seconds], "reserved": records.Bare,
		"member": records.Bare, "outcome": records.Bare,
	}
	var names []string
	err := r.Scan(store.Prefix(store.Key("vouching")), func(key, value []byte) (bool, error) {
		parts := store.Parts(key)
		if len(parts) < 3 || kinds[parts[2]] == nil {
			report.Fault(key, "nothing has such a key")
			return true, nil
		}
		report.Count("vouching " + parts[2])
		if err := kinds[parts[2]](key, value); err != nil {
			report.Fault(key, "%v", err)
		}
		if !slices.Contains(names, parts[1]) {
			names = append(names, parts[1])
		}
		return true, nil
	})
	for _, name := range names {
		if err == nil {
			err = (&Ledger{name: name}).check(r, report)
		}
	}
	return err
}

func (l *Ledger) check(r store.Reader, report *records.Report) error {
	for _, list := range []string{"member", "outcome"} {
		err := report.Leads(r, store.Prefix(l.key(list)), func(parts []string, _ []byte) []byte { return l.eventKey(parts[len(parts)-1]) })
		if err != nil {
			return err
		}
	}
	return records.Each(r, store.Prefix(l.key("event")), func(key []byte, of vouching.Record) (bool, error) {
		if err := l.checkBurns(r, report, key, &of); err != nil {
			return false, err
		}
		return true, l.checkCharged(r, report, key, &of)
	})
}

// checkBurns tells whether a vouch lost no more than its stake, and only by faults that say so.
func (l *Ledger) checkBurns(r store.Reader, report *records.Report, key []byte, v *vouching.Record) error {
	var burned int64
	for _, b := range v.Burns {
		burned += b.Amount
		fault, found, err := store.GetJSON[vouching.Record](r, l.eventKey(b.Fault))
		if err != nil {
			return err
		}
		if !found || fault.Reversed || !slices.Contains(fault.Charged, v.Event.ID) {
			report.Fault(key, "%d points were burned by %q, which doesn't", b.Amount, b.Fault)
		}
	}
	if burned > v.Event.Stake {
		report.Fault(key, "%d points were burned of a stake of %d", burned, v.Event.Stake)
	}
	return nil
}

// checkCharged tells whether a fault burns on the vouches that it names.
func (l *Ledger) checkCharged(r store.Reader, report *records.Report, key []byte, fault *vouching.Record) error {
	for _, id := range fault.Charged {
		v, found, err := store.GetJSON[vouching.Record](r, l.eventKey(id))
		if err != nil {
			return err
		}
		if !found || !slices.ContainsFunc(v.Burns, func(b vouching.Burn) bool { return b.Fault == fault.Event.ID }) {
			report.Fault(key, "nothing was burned of %q, which it charges", id)
		}
	}
	return nil
}
