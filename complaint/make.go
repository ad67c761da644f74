package complaint

import (
	"cmp"
	"context"
	"crypto/rand"
	"net/url"
	"slices"

	"bonafide.example"
	"bonafide.example/store"
)

// Reports are bounded, since anybody may send them: the operator reads each. Limits for each client are the
// proxy's, which alone knows who they are.
const (
	maxOfBadge = 10  // reports of one badge received within an hour that are still open
	maxAnHour  = 60  // and of all badges
	maxOpen    = 500 // reports that are open at once, whenever they were received
	maxPage    = 500 // bytes of the address of a page
)

// Report is what anyone says about a badge.
type Report struct {
	Kind  Kind
	Words string
	Page  string // the address of the page where its picture is shown; "": none is named
}

func (r Report) check() error {
	if !slices.Contains(kinds, r.Kind) {
		return bonafide.Errorf(bonafide.BadValue, "kind", "%q is none of %v", r.Kind, kinds)
	}
	if err := bonafide.CheckWords("words", r.Words); err != nil {
		return err
	}
	if r.Page == "" && r.Kind != KindCopied {
		return nil
	}
	page, err := url.Parse(r.Page)
	if err != nil || page.Scheme != "https" && page.Scheme != "http" || page.Host == "" || len(r.Page) > maxPage {
		return bonafide.Errorf(bonafide.BadValue, "page", "needs the address of a page, https://…, of at most %d bytes", maxPage)
	}
	return bonafide.CheckWords("page", r.Page)
}

// Report takes a report of the badge with that code and returns the code of its receipt, which is kept nowhere.
// Its codes: bad-value, not-found, and rate-limited while there are too many reports, which those that come at the
// same instant may exceed.
func (d *Desk) Report(ctx context.Context, badge string, r Report) (receipt string, err error) {
	if err := r.check(); err != nil {
		return "", err
	}
	if err := d.Store.View(ctx, func(tx store.Reader) error { return d.hasRoom(tx, badge) }); err != nil {
		return "", err
	}
	receipt = rand.Text()
	err = d.Store.Update(ctx, func(tx store.Tx) error {
		of, err := d.badge(tx, badge)
		if err != nil {
			return err
		}
		now := d.now()
		return keep(tx, Complaint{}, Complaint{
			ID: idOf(receipt), Mechanism: of.Mechanism, Member: of.Member, Badge: badge, Kind: r.Kind, Page: r.Page, Words: r.Words,
			State: StateReceived, Received: now, Deadline: now + AnswerReportIn,
		})
	})
	return receipt, err
}

// badge returns whose the published badge with that code is.
func (d *Desk) badge(r store.Reader, code string) (Badge, error) {
	if d.Badge == nil {
		return Badge{}, bonafide.Errorf(bonafide.NotFound, code, "is no badge: %s publishes none", d.Origin)
	}
	return d.Badge(r, code)
}

// hasRoom tells whether one more report of the badge can be taken. Of one badge those of the last hour alone matter: else
// its holder would only have to report it themselves to be left in peace.
func (d *Desk) hasRoom(r store.Reader, badge string) error {
	lately, err := d.openReports(r, d.now()-60*60+1+AnswerReportIn)
	if err != nil {
		return err
	}
	ofBadge := 0
	for _, c := range lately {
		if c.Badge == badge {
			ofBadge++
		}
	}
	switch {
	case ofBadge >= maxOfBadge:
		return bonafide.Errorf(bonafide.RateLimited, "badge", "%d reports of it came within an hour", ofBadge)
	case len(lately) >= maxAnHour:
		return bonafide.Errorf(bonafide.RateLimited, "hour", "%d reports came within one", len(lately))
	}
	all, err := d.openReports(r, 0)
	if err == nil && len(all) >= maxOpen {
		err = bonafide.Errorf(bonafide.RateLimited, "reports", "%d wait for an answer", len(all))
	}
	return err
}

// openReports returns the open reports that are due from an instant on.
func (d *Desk) openReports(r store.Reader, due bonafide.Seconds) ([]Complaint, error) {
	open, err := d.list(r, store.Range{From: timed("open", due, ""), To: store.Prefix(store.Key("complaint", "open")).To})
	return slices.DeleteFunc(open, func(c Complaint) bool { return c.Contest }), err
}

// Contest has a member contest their status under a mechanism. While one contest of it is open, other words take its place,
// and the day by which an answer is due stays; replaces must name it then, so that nobody does that unawares. They make a
// complaint of their own, at which nobody has looked: so nobody decides about words that they didn't read. Its codes:
// bad-value and not-found.
func (d *Desk) Contest(ctx context.Context, member, mechanism, words, replaces string) (c Complaint, err error) {
	if _, err := d.mechanism(mechanism); err != nil {
		return c, err
	}
	if err := bonafide.CheckWords("words", words); err != nil {
		return c, err
	}
	err = d.Store.Update(ctx, func(tx store.Tx) error {
		all, err := d.contestsOf(tx, member)
		if err != nil {
			return err
		}
		now := d.now()
		c = Complaint{
			ID: rand.Text(), Contest: true, Mechanism: mechanism, Member: member, Words: words,
			State: StateReceived, Received: now, Deadline: now + AnswerContestIn,
		}
		if open := slices.IndexFunc(all, func(c Complaint) bool { return c.Mechanism == mechanism && c.State.Open() }); open >= 0 {
			before := all[open]
			if before.ID != replaces {
				return bonafide.Errorf(bonafide.BadValue, "replaces", "%q doesn't name the contest that is open", replaces)
			}
			if before.Words == words {
				c = before
				return nil
			}
			c.Received, c.Deadline = before.Received, before.Deadline
			if err := forget(tx, before); err != nil {
				return err
			}
		}
		return keep(tx, Complaint{}, c)
	})
	return c, err
}

// contestsOf returns what the member contests or contested, the newest first.
func (d *Desk) contestsOf(r store.Reader, member string) ([]Complaint, error) {
	all, err := d.list(r, store.Prefix(store.Key("complaint", "of", member)))
	all = slices.DeleteFunc(all, func(c Complaint) bool { return !c.Contest })
	slices.SortStableFunc(all, newestFirst)
	return all, err
}

func newestFirst(a, b Complaint) int { return cmp.Compare(b.Received, a.Received) }

// TakeBack deletes what the member contests or contested, with everything written in it. not-found unless it is their
// own.
func (d *Desk) TakeBack(ctx context.Context, member, id string) error {
	return d.Store.Update(ctx, func(tx store.Tx) error {
		c, err := d.load(tx, id)
		if err == nil && (!c.Contest || c.Member != member) {
			err = noComplaint(id)
		}
		if err != nil {
			return err
		}
		return forget(tx, c)
	})
}
