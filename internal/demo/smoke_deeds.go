package demo

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"bonafide.example"
	"bonafide.example/conversion"
	"bonafide.example/site"
)

// opens goes to an address.
func opens(b *browser, address string) deed {
	return func(ctx context.Context) error { return b.open(ctx, address) }
}

// submits fills in a form of the page and sends it; see [browser.submit].
func submits(b *browser, action string, fields url.Values) deed {
	return func(ctx context.Context) error { return b.submit(ctx, action, fields) }
}

// sees expects the page, or picture, to hold the words.
func sees(b *browser, words string) deed {
	return func(context.Context) error {
		shown := b.says(words) || bytes.Contains(b.body, []byte(words))
		return expect(b.status == http.StatusOK && shown, "%s (status %d) doesn't say %q: %s", b.address, b.status, words, b.body)
	}
}

// refused expects the page to refuse with the code.
func refused(b *browser, code bonafide.Code) deed {
	return func(context.Context) error {
		named := b.says(string(code)) || strings.Contains(string(b.body), fmt.Sprintf("data-code=%q", code))
		return expect(b.status >= 400 && named, "%s was due, but %s answered %d: %s", code, b.address, b.status, b.body)
	}
}

// signsIn signs a person in at a site.
func signsIn(b *browser, at *Place, as bonafide.Account) deed {
	return func(ctx context.Context) error {
		err := inTurn(ctx,
			opens(b, string(at.Origin)+"/demo/sign-in?return=/me"),
			submits(b, "/demo/sign-in", url.Values{"account": {as.ID}}),
		)
		if err != nil {
			return err
		}
		return expect(b.address.Path == "/me" && b.status == http.StatusOK, "signing in at %s led to %s with %d", at.Origin, b.address, b.status)
	}
}

// begins goes from a verifier, where somebody is signed in, to the issuer's consent page, from a badge's
// address. as is who they are at the issuer.
func begins(b *browser, at *Place, badge string, as bonafide.Account) deed {
	return func(ctx context.Context) error {
		err := inTurn(ctx,
			opens(b, string(at.Origin)+"/import"),
			submits(b, "/import/preview", url.Values{"badge": {badge}}),
			submits(b, "/import/start", nil),
		)
		if err != nil || b.address.Path != "/demo/sign-in" {
			return err
		}
		return b.submit(ctx, "/demo/sign-in", url.Values{"account": {as.ID}})
	}
}

// allows consents on the consent page.
func allows(b *browser) deed {
	return submits(b, "/oauth/authorize", url.Values{"decision": {"allow"}})
}

// imports brings a badge to a verifier, consent included.
func imports(b *browser, at *Place, badge string, as bonafide.Account) deed {
	return func(ctx context.Context) error { return inTurn(ctx, begins(b, at, badge, as), allows(b)) }
}

// imported expects the browser to have been led to what it imported.
func imported(b *browser) deed {
	return func(context.Context) error {
		return expect(b.address.Path == "/standing" && b.status == http.StatusOK, "importing led to %s with %d: %s", b.address, b.status, textOf(b.page))
	}
}

// allowsUpTo consents, but returns the redirect to the verifier instead of following it.
func allowsUpTo(ctx context.Context, b *browser, at *Place) (callback string, err error) {
	b.stopAt = string(at.Origin)
	defer func() { b.stopAt = "" }()
	if err := allows(b)(ctx); err != nil {
		return "", err
	}
	callback = b.header.Get("Location")
	return callback, expect(strings.HasPrefix(callback, string(at.Origin)), "the consent page sends to %q, not back to %s", callback, at.Origin)
}

// counts expects a site to show the level, of whoever is signed in, under its first mechanism, for the
// reason if one is given.
func counts(b *browser, at *Place, level int, reason bonafide.Code) deed {
	return func(ctx context.Context) error {
		if err := b.open(ctx, string(at.Origin)+"/me.json"); err != nil {
			return err
		}
		all, err := bonafide.ParsePeer[[]site.Shown](b.body)
		if err != nil || len(all) == 0 {
			return fmt.Errorf("%s/me.json answers %d: %s", at.Origin, b.status, b.body)
		}
		shown := all[0]
		if err := expect(shown.Level == level, "%s shows level %d, not %d: %s", at.Origin.Host(), shown.Level, level, explained(shown)); err != nil || reason == "" {
			return err
		}
		because := shown.Explanation != nil && slices.ContainsFunc(shown.Explanation.Inputs, func(in conversion.InputExplanation) bool { return in.Reason == reason })
		return expect(because, "%s doesn't say %s: %s", at.Origin.Host(), reason, explained(shown))
	}
}

func explained(shown site.Shown) string {
	if shown.Explanation == nil {
		return "no explanation"
	}
	return strings.Join(shown.Explanation.Lines(bonafide.English), " ")
}

// refreshes asks, at a verifier, for a new statement in place of the only one imported.
func refreshes(b *browser, at *Place) deed {
	return func(ctx context.Context) error {
		return inTurn(ctx, opens(b, string(at.Origin)+"/standing"), submits(b, "/imports/", nil))
	}
}

// passes moves the clock on.
func (s *smoke) passes(by time.Duration) deed {
	return func(ctx context.Context) error { return s.Advance(ctx, by) }
}

// rates lets buyers at bazar rate Alice.
func (s *smoke) rates(good, bad int) deed {
	return func(ctx context.Context) error { return s.Rate(ctx, alice.ID, good, bad) }
}

// forgets erases what a verifier imported for Alice.
func forgets(at *Place) deed {
	return func(ctx context.Context) error { return at.Verifier.Erase(ctx, alice.ID) }
}

// revoked expects bazar's status list to tell so, or not, of what has the entry.
func (s *smoke) revoked(entry bonafide.StatusEntry, want bool) deed {
	return func(ctx context.Context) error {
		list, err := s.client.StatusList(ctx, s.Bazar.Origin, entry.Credential)
		if err != nil {
			return err
		}
		set, err := entry.IsSet(list.Bits)
		if err != nil {
			return err
		}
		return expect(set == want, "bit %s of %s is %t", entry.Index, entry.Credential, set)
	}
}

// published fetches a badge, and returns it with what it says.
func (s *smoke) published(ctx context.Context, address string) (*bonafide.Credential, bonafide.Status, error) {
	badge, _, err := s.client.Badge(ctx, address)
	if err != nil {
		return nil, bonafide.Status{}, err
	}
	status, err := badge.Stated()
	return badge, status, err
}

// held returns the only statement of bazar on Alice that a verifier holds.
func (s *smoke) held(ctx context.Context, at *Place) (bonafide.ConsentedStatus, error) {
	held, err := at.Verifier.Export(ctx, alice.ID)
	if err != nil {
		return bonafide.ConsentedStatus{}, err
	}
	if err := expect(len(held.Imports) == 1, "%s holds %d imports of Alice", at.Origin, len(held.Imports)); err != nil {
		return bonafide.ConsentedStatus{}, err
	}
	return s.atBazar.opened(held.Imports[0].Statement)
}
