package issuer

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"bonafide.example"
	"bonafide.example/store"
	"bonafide.example/store/records"
)

// kinds says how the issuer's records are read.
func kinds() map[string]records.Read {
	return map[string]records.Read{
		"member": records.JSON[member], "event": readEvent, "event-of": records.Bare, "tally": records.JSON[tally],
		"counted": records.JSON[int], "badge": records.JSON[badgeRecord], "badge-of": records.Text, "order": records.JSON[issue],
		"import": records.JSON[int64], "list": records.JSON[listRecord], "last-list": records.JSON[int],
		"list-from": records.JSON[time.Time], "list-token": records.JSON[keptList], "open-list": records.JSON[int],
		"entry": records.Text, "bit": records.Bare, "bit-set": records.JSON[int], "cv": records.Text, "cv-of": records.Text, "shares": records.JSON[sharesRecord],
		"due": records.Bare, pageQueue: records.Bare, "touched": records.Bare, "look": records.Bare,
		"recognition": records.JSON[recognition], "nobody": records.JSON[nobody],
		"watch": records.JSON[[]statement], "watch-of": records.JSON[watchRef],
		"consent": records.JSON[consent], "consent-request": records.JSON[request], "consent-code": records.JSON[grant],
		"consent-refresh": records.JSON[consentRef], "consent-verifier": records.JSON[bonafide.Seconds],
		"consent-assertion": records.JSON[bool], "consent-due": records.Bare, "consent-secret": records.JSON[[]byte],
		"signers": records.JSON[signers], "restored": records.JSON[bonafide.Seconds], "dated": records.JSON[time.Time],
	}
}

// readEvent reads an event; of one that was cancelled, or of a member since erased, nothing is left.
func readEvent(key, value []byte) error {
	if len(value) == 0 {
		return nil
	}
	return records.JSON[Event](key, value)
}

// Check tells whether the issuer's records are whole and agree: badges and consented statements against the status lists,
// lists against their entries and bits, and what leads to something against what is there. What waits in a queue may be
// of who is gone.
func Check(r store.Reader, report *records.Report) error {
	if err := report.Kinds(r, "i", kinds()); err != nil {
		return err
	}
	c := &checking{Reader: r, report: report, lists: map[int]*listCheck{}}
	for _, check := range []func() error{c.readLists, c.countEntries, c.countBits, c.badges, c.orders, c.consents, c.watched, c.leads} {
		if err := check(); err != nil {
			return err
		}
	}
	return nil
}

type checking struct {
	store.Reader
	report *records.Report
	lists  map[int]*listCheck // by number
}

// listCheck is a list with what was found of it.
type listCheck struct {
	listRecord
	entries, bits int
}

// of returns the range of the keys of one kind.
func of(kind string) store.Range { return store.Prefix(store.Key("i", kind)) }

func (c *checking) readLists() error {
	last, _, err := store.GetJSON[int](c, lastListKey())
	if err != nil {
		return nil // told already, as what follows from it
	}
	return c.Scan(of("list"), func(key, value []byte) (bool, error) {
		list, err := store.DecodeJSON[listRecord](key, value)
		number, wrong := strconv.Atoi(lastPart(key))
		switch {
		case err != nil:
			return true, nil
		case wrong != nil || number > last:
			c.report.Fault(key, "the last list is number %d", last)
			return true, nil
		}
		c.lists[number] = &listCheck{listRecord: list}
		return true, nil
	})
}

// listOf returns the list that an entry or a bit is of.
func (c *checking) listOf(key []byte) *listCheck {
	number, err := strconv.Atoi(store.Parts(key)[2])
	list := c.lists[number]
	if err != nil || list == nil {
		c.report.Fault(key, "it is of no list")
		return nil
	}
	return list
}

func (c *checking) countEntries() error {
	err := c.Scan(of("entry"), func(key, _ []byte) (bool, error) {
		if list := c.listOf(key); list != nil {
			list.entries++
		}
		return true, nil
	})
	for number, list := range c.lists {
		if list.entries != list.Taken {
			c.report.Fault(listKey(number), "%d entries are said to be given out, and %d are", list.Taken, list.entries)
		}
	}
	return err
}

// countBits also tells whether each bit is of an entry that was given out.
func (c *checking) countBits() error {
	err := c.report.Leads(c, of("bit"), func(parts []string, _ []byte) []byte { return store.Key("i", "entry", parts[2], parts[3]) })
	if err != nil {
		return err
	}
	err = c.Scan(of("bit"), func(key, _ []byte) (bool, error) {
		if list := c.listOf(key); list != nil {
			list.bits++
		}
		return true, nil
	})
	for number, list := range c.lists {
		generation := int64(list.bits)
		if list.Over {
			generation++
		}
		if generation != list.Generation {
			c.report.Fault(listKey(number), "its bits were changed %d times, and it is said that %d times", generation, list.Generation)
		}
	}
	return err
}

// badges tells whether what is issued of each badge has its own entry, whose bit is set if and only if it is revoked.
func (c *checking) badges() error {
	return records.Each(c.Reader, of("badge"), func(key []byte, b badgeRecord) (bool, error) {
		if b.Issued == nil {
			return true, nil
		}
		return true, c.entry(key, b.Issued.Entry, lastPart(key), b.Issued.Revoked)
	})
}

func (c *checking) orders() error {
	return records.Each(c.Reader, of("order"), func(key []byte, o issue) (bool, error) {
		return true, c.entry(key, o.Entry, lastPart(key), false)
	})
}

func (c *checking) consents() error {
	return records.Each(c.Reader, of("consent"), func(key []byte, told consent) (bool, error) {
		if told.Withdrawn != 0 && len(told.Statements) > 0 {
			c.report.Fault(key, "it is withdrawn, and what was told under it isn't revoked")
		}
		for _, s := range told.Statements {
			if err := c.entry(key, s.Entry, told.ID, false); err != nil {
				return false, err
			}
		}
		return true, nil
	})
}

func (c *checking) watched() error {
	return records.Each(c.Reader, of("watch"), func(key []byte, all []statement) (bool, error) {
		for _, s := range all {
			if err := c.entry(key, s.Entry, "watch", false); err != nil {
				return false, err
			}
		}
		return true, nil
	})
}

// entry tells whether an entry was given out to its owner, and whether its bit is as it should be.
func (c *checking) entry(key []byte, e bonafide.StatusEntry, owner string, revoked bool) error {
	index, err := e.Position()
	_, name, _ := strings.Cut(e.Credential, listPath)
	number, wrong := strconv.Atoi(name)
	if err != nil || wrong != nil || c.lists[number] == nil {
		c.report.Fault(key, "its entry is in no list: %s, %s", e.Credential, e.Index)
		return nil
	}
	values, err := c.Get(entryKey(number, index), bitKey(number, index))
	if err != nil {
		return err
	}
	where := fmt.Sprintf("entry %d of list %d", index, number)
	if string(values[0]) != owner {
		c.report.Fault(key, "%s isn't its own", where)
	}
	if set := values[1] != nil || c.lists[number].Over; set != revoked {
		c.report.Fault(key, "the bit of %s is %t, and should be %t", where, set, revoked)
	}
	return nil
}

// leads tells whether what leads to something leads to what is there.
func (c *checking) leads() error {
	for kind, to := range map[string]func(parts []string, value []byte) []byte{
		"badge-of": func(_ []string, value []byte) []byte { return badgeKey(string(value)) },
		"order":    func(parts []string, _ []byte) []byte { return badgeKey(parts[2]) },
		"event-of": func(parts []string, _ []byte) []byte { return eventKey(parts[3]) },
		"tally":    func(parts []string, _ []byte) []byte { return memberKey(parts[3]) },
		"cv":       func(parts []string, value []byte) []byte { return cvOfKey(string(value)) },
		"cv-of":    func(_ []string, value []byte) []byte { return cvKey(string(value)) },
		"consent-refresh": func(_ []string, value []byte) []byte {
			ref, err := store.DecodeJSON[consentRef](nil, value)
			if err != nil {
				return nil
			}
			return consentKey(ref.Member, ref.ID)
		},
		"watch-of": func(_ []string, value []byte) []byte {
			ref, err := store.DecodeJSON[watchRef](nil, value)
			if err != nil {
				return nil
			}
			return watchKey(ref.Slug, ref.Member)
		},
	} {
		if err := c.report.Leads(c, of(kind), to); err != nil {
			return err
		}
	}
	return nil
}
