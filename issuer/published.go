package issuer

import (
	"context"
	"errors"
	"net/http"

	"bonafide.example"
	"bonafide.example/internal/web"
	"bonafide.example/store"
	"golang.org/x/sync/errgroup"
)

// PublishedAll says what publishing everybody's badge came to.
type PublishedAll struct {
	Badges int `json:"badges"` // how many there are now, withdrawn ones among them
	New    int `json:"new"`
}

// PublishAll publishes a badge for every member under a mechanism who never had one, without a name on
// its page. Badges that exist stay as they are, withdrawn ones too.
func (i *Issuer) PublishAll(ctx context.Context, mechanism string) (all PublishedAll, err error) {
	m, err := i.Mechanism(mechanism)
	if err != nil {
		return all, err
	}
	keys := store.Prefix(store.Key("i", "tally", mechanism))
	var issuing errgroup.Group
	issuing.SetLimit(1) // the badges of one batch are issued while the next is put into the store
	for more := true; more; {
		var batch PublishedAll
		var codes []string
		next := keys
		err := i.Store.Update(ctx, func(tx store.Tx) (err error) {
			next, batch = keys, PublishedAll{}
			more, codes, err = i.publishBatch(tx, m, &next, &batch)
			return err
		})
		if err != nil {
			return all, errors.Join(err, issuing.Wait())
		}
		issuing.Go(func() error {
			i.issueSoon(ctx, codes)
			return nil
		})
		keys = next
		all.Badges += batch.Badges
		all.New += batch.New
	}
	return all, issuing.Wait()
}

// publishBatch does so for some members and moves the start of keys past them; more tells whether some
// are left.
func (i *Issuer) publishBatch(tx store.Tx, m *bonafide.Mechanism, keys *store.Range, done *PublishedAll) (more bool, codes []string, err error) {
	var members []string
	err = tx.Scan(*keys, func(key, _ []byte) (bool, error) {
		members = append(members, lastPart(key))
		keys.From = append(key, 0) // the next key at the earliest
		return len(members) < batchSize, nil
	})
	if err != nil {
		return false, nil, err
	}
	var accounts []account
	for _, member := range members {
		accounts = append(accounts, account{m.Slug(), member})
	}
	if tx, err = store.Ahead(tx, accountKeys(accounts)...); err != nil {
		return false, nil, err
	}
	for _, member := range members {
		done.Badges++
		code, err := badgeOf(tx, m.Slug(), member)
		if err != nil {
			return false, nil, err
		}
		if code != "" {
			continue
		}
		if _, err := i.publish(tx, m, member, ""); err != nil {
			return false, nil, err
		}
		ordered, err := i.restate(tx, m, member)
		if err != nil {
			return false, nil, err
		}
		done.New++
		codes = append(codes, ordered...)
	}
	return len(members) == batchSize, codes, nil
}

// BadgePage is one page of the published badges of a mechanism.
type BadgePage struct {
	Badges []PublishedBadge `json:"badges"`
	Next   string           `json:"next,omitzero"` // what to give as after for the next page; absent in the last
}

// PublishedBadge is a badge as its last issue has it.
type PublishedBadge struct {
	Address string          `json:"address"`
	Status  bonafide.Status `json:"status"`
}

// Published calls fn with each published badge of a mechanism. Suspended ones are among them, withdrawn
// ones aren't. fn may use the issuer.
func (i *Issuer) Published(ctx context.Context, mechanism string, fn func(PublishedBadge) error) error {
	for after := ""; ; {
		page, err := i.badgePage(ctx, mechanism, after)
		if err != nil {
			return err
		}
		for _, badge := range page.Badges {
			if err := fn(badge); err != nil {
				return err
			}
		}
		if after = page.Next; after == "" {
			return nil
		}
	}
}

// badgePage returns the published badges of the members after that one.
func (i *Issuer) badgePage(ctx context.Context, mechanism, after string) (page BadgePage, err error) {
	if _, err := i.Mechanism(mechanism); err != nil {
		return page, err
	}
	keys := store.Prefix(store.Key("i", "badge-of", mechanism))
	if after != "" {
		keys.From = append(badgeOfKey(mechanism, after), 0)
	}
	err = i.Store.View(ctx, func(r store.Reader) error {
		page = BadgePage{Badges: []PublishedBadge{}}
		read := 0
		return r.Scan(keys, func(key, code []byte) (bool, error) {
			s, _, err := i.shownIn(r, string(code))
			if err != nil {
				return false, err
			}
			if s.status.State != bonafide.Withdrawn && s.status.AsOf != "" {
				page.Badges = append(page.Badges, PublishedBadge{i.address(s.code), s.status})
			}
			if read++; read < batchSize {
				return true, nil
			}
			page.Next = lastPart(key)
			return false, nil
		})
	})
	return page, err
}

func (i *Issuer) adminPublishAll(r *http.Request) (any, error) {
	return i.PublishAll(r.Context(), r.PathValue("mechanism"))
}

func (i *Issuer) adminBadges(r *http.Request) (any, error) {
	query, err := web.Query(r)
	if err != nil {
		return nil, err
	}
	return i.badgePage(r.Context(), r.PathValue("mechanism"), query.Get("after"))
}

func (i *Issuer) adminMechanism(r *http.Request) (any, error) {
	return i.Mechanism(r.PathValue("mechanism"))
}
