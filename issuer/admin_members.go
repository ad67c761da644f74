package issuer

import (
	"context"
	"net/http"

	"bonafide.example"
	"bonafide.example/internal/web"
	"bonafide.example/store"
)

// maxCounted bounds how many of a kind are counted for who runs the site: beyond it the exact number changes nothing.
const maxCounted = 10_000

// memberPageSize is how many members a [MemberPage] has at most.
const memberPageSize = 50

// MemberPage is one page of the members, in the order of their ids.
type MemberPage struct {
	Members []KnownMember `json:"members"`
	Next    string        `json:"next,omitzero"` // what to give as after for the next page; absent in the last
}

// KnownMember is a member in a list.
type KnownMember struct {
	Member       string         `json:"member"`
	AccountSince bonafide.Month `json:"account_since,omitzero"`
	Suspended    bool           `json:"suspended,omitzero"`
}

// Members returns the members whose ids come after that one, a page of them.
func (i *Issuer) Members(ctx context.Context, after string) (page MemberPage, err error) {
	keys := store.Prefix(store.Key("i", "member"))
	if after != "" {
		keys.From = append(memberKey(after), 0)
	}
	err = i.Store.View(ctx, func(r store.Reader) error {
		page = MemberPage{Members: []KnownMember{}}
		return store.ScanJSON(r, keys, func(key []byte, m member) (bool, error) {
			if len(page.Members) == memberPageSize {
				page.Next = page.Members[memberPageSize-1].Member
				return false, nil
			}
			page.Members = append(page.Members, KnownMember{lastPart(key), m.Since, m.Suspended})
			return true, nil
		})
	})
	return page, err
}

// Counts says how much there is, of each kind as far as 10 000.
type Counts struct {
	Members   int `json:"members"`
	Suspended int `json:"suspended"` // members, of those counted
	Badges    int `json:"badges"`    // withdrawn ones among them
	Withdrawn int `json:"withdrawn"`
	Waiting   int `json:"waiting"` // badges that are yet to be signed
}

// Counts counts for the administrator.
func (i *Issuer) Counts(ctx context.Context) (c Counts, err error) {
	err = i.Store.View(ctx, func(r store.Reader) error {
		c = Counts{}
		err := store.ScanJSON(r, store.Prefix(store.Key("i", "member")), func(_ []byte, m member) (bool, error) {
			c.Members++
			if m.Suspended {
				c.Suspended++
			}
			return c.Members < maxCounted, nil
		})
		if err != nil {
			return err
		}
		err = store.ScanJSON(r, store.Prefix(store.Key("i", "badge")), func(_ []byte, b badgeRecord) (bool, error) {
			c.Badges++
			if b.Withdrawn {
				c.Withdrawn++
			}
			return c.Badges < maxCounted, nil
		})
		if err != nil {
			return err
		}
		return r.Scan(store.Prefix(store.Key("i", "order")), func(_, _ []byte) (bool, error) {
			c.Waiting++
			return c.Waiting < maxCounted, nil
		})
	})
	return c, err
}

func (i *Issuer) adminMembers(r *http.Request) (any, error) {
	query, err := web.Query(r)
	if err != nil {
		return nil, err
	}
	return i.Members(r.Context(), query.Get("after"))
}
