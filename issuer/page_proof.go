package issuer

import (
	"bytes"
	"context"
	"net/http"
	"slices"
	"strings"
	"time"

	"bonafide.example"
	"bonafide.example/internal/fetch"
	"bonafide.example/internal/web"
	"bonafide.example/store"
	"golang.org/x/net/html"
)

// pageProof is a page of the holder's own which, when it was last looked at, linked to their badge with rel=me.
// It is dated and looked at again before the badge is renewed; one that no longer links is kept for the
// holder to read why, and stated to nobody.
type pageProof struct {
	Address string    `json:"address"`
	Seen    time.Time `json:"seen"`          // when it last linked
	Lost    pageFault `json:"lost,omitzero"` // why it doesn't any more
}

// pageFault says what keeps a page from proving anything.
type pageFault string

const (
	pageAddress pageFault = "address" // it isn't https, or can't be visited
	pageOwn     pageFault = "own"     // it is on this site, which can't vouch for itself
	pageSilent  pageFault = "silent"  // nothing came from there
	pageOther   pageFault = "other"   // what came isn't a page of at most 1 MiB
	pageNoLink  pageFault = "no-link" // it doesn't link to the badge
)

// How often pages are looked at because a member asks for it.
const (
	proofsPerSecond = 1
	proofsAtOnce    = 10
)

// maxPageAddress bounds the address of a member's page, in bytes.
const maxPageAddress = 500

// getter visits what members name: a [*fetch.Client].
type getter interface {
	Get(ctx context.Context, address string, accept ...string) (*fetch.Answer, error)
}

// proofs is what looking at pages of members needs.
type proofs struct {
	pages getter
	limit *web.Quotas // how often each member may ask
}

func newProofs(i *Issuer) (proofs, error) {
	client, err := fetch.New(fetch.Config{Local: i.Local, Now: i.Now, Told: i.Fetched})
	return proofs{client, web.NewQuotas(proofsPerSecond, proofsAtOnce)}, err
}

// stated returns the page that the badge states, nil if there is none.
func (p *pageProof) stated() *pageProof {
	if p == nil || p.Lost != "" {
		return nil
	}
	return p
}

// same tells whether two badges that state these pages, nil being none, state the same: they name the day alone.
func (p *pageProof) same(q *pageProof) bool {
	return p == q || p != nil && q != nil && p.Address == q.Address && bonafide.DateOf(p.Seen) == bonafide.DateOf(q.Seen)
}

// lookAtPage visits the page and tells what keeps it from proving that whoever made it means the targets, "" if
// nothing does.
func (i *Issuer) lookAtPage(ctx context.Context, address string, targets []string) pageFault {
	if i.Origin.Hosts(address) {
		return pageOwn
	}
	if len(address) > maxPageAddress || strings.ContainsAny(address, " \t\r\n") {
		return pageAddress
	}
	answer, err := i.proofs.pages.Get(ctx, address, "text/html", "application/xhtml+xml")
	switch bonafide.CodeOf(err) {
	case "":
	case bonafide.BadOrigin, bonafide.AddressRefused:
		return pageAddress
	case bonafide.BadAnswer:
		return pageOther
	default:
		return pageSilent
	}
	if !linksTo(answer.Body, targets) {
		return pageNoLink
	}
	return ""
}

// linksTo tells whether a page has a link with rel=me (HTML, 4.6.7; microformats rel-me) to one of the targets.
// It is read as a stream of tags, so that no nesting costs anything. What stands in comments, scripts and texts
// is no link.
func linksTo(page []byte, targets []string) bool {
	tags := html.NewTokenizer(bytes.NewReader(page))
	for {
		switch tags.Next() {
		case html.ErrorToken:
			return false
		case html.StartTagToken, html.SelfClosingTagToken:
			if tag := tags.Token(); tag.Data == "a" || tag.Data == "link" {
				rel, href := attribute(tag, "rel"), attribute(tag, "href")
				if slices.Contains(strings.Fields(strings.ToLower(rel)), "me") && slices.Contains(targets, fetch.BadgeAddress(strings.TrimSpace(href))) {
					return true
				}
			}
		}
	}
}

// attribute returns the first attribute of that name, which alone counts in HTML.
func attribute(tag html.Token, name string) string {
	for _, a := range tag.Attr {
		if a.Key == name && a.Namespace == "" {
			return a.Val
		}
	}
	return ""
}

// targetsOf returns the addresses of which a link to one proves something for the badge: its own, and that of the
// CV on which it stands.
func (i *Issuer) targetsOf(r store.Reader, code string, b *badgeRecord) ([]string, error) {
	targets := []string{i.address(code)}
	if !b.Public {
		return targets, nil
	}
	cv, err := cvOf(r, b.Member)
	if cv != "" {
		targets = append(targets, i.cvAddress(cv))
	}
	return targets, err
}

// ProvePage has the member's published badge state that the page at the address is theirs, if it links to the badge
// or to the CV on which it stands; "" takes back what was stated. A fault of the page changes nothing.
func (i *Issuer) ProvePage(ctx context.Context, mechanism, member, address string) (fault pageFault, err error) {
	code, targets, err := i.provable(ctx, mechanism, member)
	if err != nil {
		return "", err
	}
	var proof *pageProof
	if address != "" {
		if !i.proofs.limit.Allow(member, i.Now()) {
			return "", bonafide.Errorf(bonafide.RateLimited, "page", "%d pages are looked at for you at once, and %d a second", proofsAtOnce, proofsPerSecond)
		}
		if fault = i.lookAtPage(ctx, address, targets); fault != "" {
			return fault, nil
		}
		proof = &pageProof{Address: address, Seen: i.now()}
	}
	return "", i.change(ctx, func(tx store.Tx) ([]string, error) { return i.keepPage(tx, code, nil, proof) })
}

// provable returns the member's published badge with what may be linked to for it.
func (i *Issuer) provable(ctx context.Context, mechanism, member string) (code string, targets []string, err error) {
	err = i.Store.View(ctx, func(r store.Reader) error {
		if code, err = badgeOf(r, mechanism, member); err != nil {
			return err
		}
		b, found, err := store.GetJSON[badgeRecord](r, badgeKey(code))
		if err != nil {
			return err
		}
		if !found || b.Withdrawn {
			return bonafide.Errorf(bonafide.NotFound, mechanism, "has no published badge of this account")
		}
		targets, err = i.targetsOf(r, code, &b)
		return err
	})
	return code, targets, err
}

// keepPage keeps what became of the badge's page, and has the badge state it. With a page before, one that was
// changed meanwhile stays.
func (i *Issuer) keepPage(tx store.Tx, code string, before, proof *pageProof) ([]string, error) {
	b, found, err := store.GetJSON[badgeRecord](tx, badgeKey(code))
	if err != nil || !found || b.Withdrawn || before != nil && !before.same(b.Page) {
		return nil, err
	}
	if !proof.stated().same(b.Page.stated()) {
		b.Changed = later(i.now(), b.Changed)
	}
	b.Page = proof
	if err := store.PutJSON(tx, badgeKey(code), b); err != nil {
		return nil, err
	}
	if proof.stated() != nil {
		if err := schedulePage(tx, proof.Seen.Add(lookAfter), code); err != nil {
			return nil, err
		}
	}
	m, err := i.Mechanism(b.Mechanism)
	if err != nil {
		return nil, nil // a badge under a mechanism that is gone says nothing more
	}
	codes, err := i.restate(tx, m, b.Member)
	if bonafide.CodeOf(err) == bonafide.NoSuchMember {
		return nil, nil // nor does one of somebody of whom nothing is known any more
	}
	return codes, err
}

// proveMyPage takes the form by which a member names a page of theirs, or takes it back.
func (i *Issuer) proveMyPage(w http.ResponseWriter, r *http.Request, member string) error {
	form, err := web.Form(r)
	if err != nil {
		return err
	}
	tried := triedPage{Mechanism: form.Get("mechanism"), Address: strings.TrimSpace(form.Get("page"))}
	if form.Has("forget") {
		tried.Address = ""
	} else if tried.Address == "" {
		tried.Fault = pageAddress
		return i.showBadges(w, r, member, &tried)
	}
	tried.Fault, err = i.ProvePage(r.Context(), tried.Mechanism, member, tried.Address)
	if bonafide.CodeOf(err) == bonafide.RateLimited {
		tried.Later = err
	} else if err != nil {
		return err
	}
	if tried.Fault != "" || tried.Later != nil {
		return i.showBadges(w, r, member, &tried)
	}
	http.Redirect(w, r, badgesPath+"#"+tried.Mechanism, http.StatusSeeOther)
	return nil
}

// triedPage is a page that a member named and that proves nothing, or wasn't looked at.
type triedPage struct {
	Mechanism, Address string
	Fault              pageFault
	Later              error // why it wasn't looked at, nil if it was
}
