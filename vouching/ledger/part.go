package ledger

import (
	"bonafide.example"
	"bonafide.example/store"
	"bonafide.example/vouching"
)

// part is what a question has read of a ledger so far, within one transaction.
type part struct {
	*Ledger
	r         store.Reader
	last, at  bonafide.Seconds // the ledger's time so far, and that of the question
	earned    map[string]int64
	suspended map[string]bool
	records   map[string]*vouching.Record // by id
	lists     map[string]lists            // by member
}

// lists are the ids of a member's events, by what they are to the member.
type lists map[string][]string

// read begins to read, at an instant or now if that is later.
func (l *Ledger) read(r store.Reader, at bonafide.Seconds) (*part, error) {
	last, _, err := store.GetJSON[bonafide.Seconds](r, l.nowKey())
	return &part{
		Ledger: l, r: r, last: last, at: max(last, at), earned: map[string]int64{}, suspended: map[string]bool{},
		records: map[string]*vouching.Record{}, lists: map[string]lists{},
	}, err
}

// state returns what has been read.
func (p *part) state() (*vouching.State, error) {
	all := vouching.Part{Earned: p.earned, Suspended: p.suspended}
	for _, r := range p.records {
		all.Records = append(all.Records, *r)
	}
	return vouching.Assemble(p.parameters, p.at, all)
}

// whole reads all that anything told of a member rests on.
func (p *part) whole(member string) error {
	received, err := p.received(member)
	if err != nil {
		return err
	}
	for _, v := range received {
		if !v.LiveAt(p.at) {
			continue
		}
		if _, err := p.account(v.Event.Voucher); err != nil {
			return err
		}
	}
	return p.record(member)
}

// record reads what the record of a member as a voucher rests on: the account, and the accounts of those who
// may speak for the member ([vouching.Brake]).
func (p *part) record(member string) error {
	given, err := p.account(member)
	if err != nil {
		return err
	}
	for _, v := range given {
		if v.Event.Kind != vouching.KindVouch || len(v.Burns) > 0 || v.Stood(p.at) < vouching.ProvenAfter {
			continue
		}
		if _, err := p.account(v.Event.Vouchee); err != nil {
			return err
		}
	}
	return nil
}

// account reads what a member's own account rests on, and returns the vouches given.
func (p *part) account(member string) ([]*vouching.Record, error) {
	lists, err := p.list(member)
	if err != nil {
		return nil, err
	}
	if _, known := p.earned[member]; !known {
		earned, suspended, err := p.facts(p.r, member)
		if err != nil {
			return nil, err
		}
		p.earned[member], p.suspended[member] = earned, suspended
	}
	if _, err := p.fetch(lists[faults]...); err != nil {
		return nil, err
	}
	return p.fetch(lists[given]...)
}

// received reads and returns the vouches that a member received.
func (p *part) received(member string) ([]*vouching.Record, error) {
	lists, err := p.list(member)
	if err != nil {
		return nil, err
	}
	return p.fetch(lists[received]...)
}

// list returns a member's lists.
func (p *part) list(member string) (lists, error) {
	if found, known := p.lists[member]; known {
		return found, nil
	}
	found, prefix := lists{}, p.key("member", member)
	err := p.r.Scan(store.Prefix(prefix), func(key, _ []byte) (bool, error) {
		rest := store.Parts(key[len(prefix):]) // role, id
		found[rest[0]] = append(found[rest[0]], rest[1])
		return true, nil
	})
	p.lists[member] = found
	return found, err
}

// fetch reads records and returns those that are there, in the order of the ids.
func (p *part) fetch(ids ...string) ([]*vouching.Record, error) {
	var keys [][]byte
	for _, id := range ids {
		if p.records[id] == nil {
			keys = append(keys, p.eventKey(id))
		}
	}
	read, err := store.GetAllJSON[vouching.Record](p.r, keys...)
	if err != nil {
		return nil, err
	}
	for i := range read {
		p.records[read[i].Event.ID] = &read[i]
	}
	var records []*vouching.Record
	for _, id := range ids {
		if r := p.records[id]; r != nil {
			records = append(records, r)
		}
	}
	return records, nil
}
