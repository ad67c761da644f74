package verifier

import (
	"context"
	"errors"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	"bonafide.example"
	"bonafide.example/internal/fetch"
	"bonafide.example/internal/seal"
	"bonafide.example/internal/web"
	"bonafide.example/store"
)

// Identity is what a verifier knows an issuer by: the keys that it saw first, and those that these led to.
type Identity struct {
	Origin      bonafide.Origin `json:"origin"`
	Since       time.Time       `json:"since"`                // when the issuer was seen first, or approved
	Keys        []string        `json:"keys"`                 // thumbprints of the keys trusted: pins
	Fresh       bool            `json:"fresh,omitzero"`       // nobody has looked yet whether the issuer has a key history
	Federation  bool            `json:"federation,omitzero"`  // one of them signs the issuer's key history
	Compromised []string        `json:"compromised,omitzero"` // thumbprints of keys that the issuer says are
	Changed     *IdentityChange `json:"changed,omitzero"`     // the issuer publishes keys to which nothing leads
}

// IdentityChange is what waits for an administrator: is this still the issuer that was recognised?
type IdentityChange struct {
	Since time.Time `json:"since"`
	Keys  []string  `json:"keys"` // thumbprints of all that the issuer publishes now
}

func identityKey(origin bonafide.Origin) []byte {
	return store.Key("verifier", "identity", string(origin))
}

// judge tells which of the keys that an issuer publishes aren't taken as its own. The first that are seen are
// pinned. Others are taken if the issuer's key history leads from a pin to them. The history is asked for each time: a key
// that was compromised is published no more, and the one in its place may have been known before.
func (v *Verifier) judge(ctx context.Context, origin bonafide.Origin, published seal.KeySet) (fetch.Refusals, error) {
	prints := thumbprintsOf(published)
	history, failed := v.fetch.KeyHistory(ctx, origin)
	var before, id Identity
	learn := func(r store.Reader) error {
		known, found, err := store.GetJSON[Identity](r, identityKey(origin))
		before, id = known, known
		if !found {
			id = Identity{Origin: origin, Since: v.instant(), Keys: prints, Fresh: true}
		}
		id.follow(history, prints)
		id.Fresh = id.Fresh && away(failed)
		id.note(prints, v.instant())
		return err
	}
	if err := v.config.Store.View(ctx, learn); err != nil {
		return nil, err
	}
	if away(failed) && !id.knows(prints) {
		return nil, failed
	}
	if id.equal(before) {
		return id.refusals(prints), nil
	}
	err := v.config.Store.Update(ctx, func(tx store.Tx) error {
		if err := learn(tx); err != nil { // anew: it may have been approved meanwhile
			return err
		}
		if err := store.PutJSON(tx, identityKey(origin), id); err != nil || len(id.Compromised) == len(before.Compromised) {
			return err
		}
		return v.endCompromised(tx, id)
	})
	if err == nil && id.Changed != nil && before.Changed == nil {
		v.log.Warn("an issuer's keys have changed, and nothing leads to the new ones: approve them, or don't", "issuer", origin)
	}
	return id.refusals(prints), err
}

// endCompromised ends, like what a bit ends, what an issuer's compromised keys signed, and the issuer is asked again.
func (v *Verifier) endCompromised(tx store.Tx, id Identity) error {
	refused := id.refusals(nil)
	var void []*input
	err := store.ScanJSON(tx, store.Prefix(store.Key("verifier", "input")), func(_ []byte, in *input) (bool, error) {
		if in.Statement.Issuer != id.Origin {
			return true, nil
		}
		token, err := seal.Parse(in.Token, bonafide.TypeStatus)
		if err == nil && refused[token.KeyID()] != "" {
			void = append(void, in)
		}
		return true, err
	})
	for _, in := range void {
		err = errors.Join(err, v.endInput(tx, feed{in.Account, in.ID}))
	}
	return err
}

// away tells whether a key history couldn't be asked for now. What is no history leads nowhere.
func away(err error) bool {
	switch bonafide.CodeOf(err) {
	case bonafide.Unreachable, bonafide.RateLimited, bonafide.FetchBudget, bonafide.Internal:
		return err != nil
	}
	return false
}

// knows tells whether all of these keys are known, as trusted ones or compromised.
func (id *Identity) knows(prints []string) bool {
	return !slices.ContainsFunc(prints, func(p string) bool { return !slices.Contains(id.Keys, p) && !slices.Contains(id.Compromised, p) })
}

// follow adds the keys to which the history leads; nil leads nowhere, and neither does one by which a site would come to
// have had more keys than a history may hold. The history that an issuer has when it is seen first, or approved, is its own
// like the keys. One that appears later anybody may have put there who has the origin for a day: nothing leads to it.
func (id *Identity) follow(history *seal.History, published []string) {
	if history == nil {
		return
	}
	pins := map[string]bool{}
	for _, print := range id.Keys {
		pins[print] = true
	}
	trusted, compromised := history.Follow(pins)
	strange := slices.ContainsFunc(published, func(p string) bool { return !trusted[p] })
	if id.Fresh && !strange {
		trusted[history.Signer] = true
		trusted, compromised = history.Follow(trusted)
	}
	all := slices.Sorted(maps.Keys(compromised))
	for _, print := range id.Compromised {
		if !compromised[print] {
			all = append(all, print)
		}
	}
	if len(trusted) > bonafide.MaxHistory || len(all) > bonafide.MaxHistory {
		return
	}
	slices.Sort(all)
	id.Federation, id.Keys, id.Compromised = trusted[history.Signer], slices.Sorted(maps.Keys(trusted)), all
}

// note keeps since when keys are published to which nothing leads.
func (id *Identity) note(published []string, now time.Time) {
	switch {
	case id.knows(published):
		id.Changed = nil
	case id.Changed == nil:
		id.Changed = &IdentityChange{now, published}
	default:
		id.Changed = &IdentityChange{id.Changed.Since, published}
	}
}

// refusals says by kid which keys aren't taken.
func (id *Identity) refusals(published []string) fetch.Refusals {
	refused := fetch.Refusals{}
	prefix := id.Origin.DID() + "#"
	for _, print := range published {
		if !slices.Contains(id.Keys, print) {
			refused[prefix+print] = bonafide.IdentityChanged
		}
	}
	for _, print := range id.Compromised {
		refused[prefix+print] = bonafide.KeyCompromised
	}
	return refused
}

func (id *Identity) equal(other Identity) bool {
	same := id.Changed == nil && other.Changed == nil ||
		id.Changed != nil && other.Changed != nil && slices.Equal(id.Changed.Keys, other.Changed.Keys)
	return same && id.Fresh == other.Fresh && id.Federation == other.Federation && slices.Equal(id.Keys, other.Keys) && slices.Equal(id.Compromised, other.Compromised)
}

func thumbprintsOf(keys seal.KeySet) (prints []string) {
	for _, kid := range keys.KeyIDs() {
		_, print, _ := strings.Cut(kid, "#")
		prints = append(prints, print)
	}
	return prints
}

func (v *Verifier) instant() time.Time { return v.now().UTC().Truncate(time.Second) }

// Identities returns what the verifier knows each issuer by, those that have changed first.
func (v *Verifier) Identities(ctx context.Context) (all []Identity, err error) {
	err = v.config.Store.View(ctx, func(r store.Reader) error {
		all = []Identity{}
		return store.ScanJSON(r, store.Prefix(store.Key("verifier", "identity")), func(_ []byte, id Identity) (bool, error) {
			all = append(all, id)
			return true, nil
		})
	})
	slices.SortStableFunc(all, func(a, b Identity) int {
		switch {
		case (a.Changed != nil) == (b.Changed != nil):
			return 0
		case a.Changed != nil:
			return -1
		default:
			return 1
		}
	})
	return all, err
}

// ChangedIdentities returns those of the issuers whose keys wait to be approved of.
func (v *Verifier) ChangedIdentities(ctx context.Context) ([]Identity, error) {
	all, err := v.Identities(ctx)
	return slices.DeleteFunc(all, func(id Identity) bool { return id.Changed == nil }), err
}

// Approve takes the keys that an issuer publishes now as its own, and no other any more. They are named by their
// thumbprints, all of them, so that nobody approves of what was swapped meanwhile: identity-changed tells that.
func (v *Verifier) Approve(ctx context.Context, origin bonafide.Origin, keys []string) (id Identity, err error) {
	err = v.config.Store.Update(ctx, func(tx store.Tx) error {
		var found bool
		if id, found, err = store.GetJSON[Identity](tx, identityKey(origin)); err != nil {
			return err
		}
		switch {
		case !found:
			return bonafide.Errorf(bonafide.NotFound, string(origin), "has not been seen by this site")
		case id.Changed == nil:
			return bonafide.Errorf(bonafide.BadRequest, string(origin), "has the keys that it is known by: there is nothing to approve")
		case !slices.Equal(slices.Sorted(slices.Values(keys)), id.Changed.Keys):
			return bonafide.Errorf(bonafide.IdentityChanged, string(origin), "publishes %s, which isn't what is approved", strings.Join(id.Changed.Keys, ", "))
		}
		id = Identity{Origin: origin, Since: v.instant(), Keys: id.Changed.Keys, Fresh: true}
		return store.PutJSON(tx, identityKey(origin), id)
	})
	return id, err
}

func (v *Verifier) adminIdentities(w http.ResponseWriter, r *http.Request) error {
	all, err := v.Identities(r.Context())
	if err == nil {
		web.JSON(w, http.StatusOK, all)
	}
	return err
}

// Approval names an issuer and the keys that its administrator was shown.
type Approval struct {
	Origin bonafide.Origin `json:"origin"`
	Keys   []string        `json:"keys"`
}

func (v *Verifier) adminApprove(w http.ResponseWriter, r *http.Request) error {
	asked, err := web.Decode[Approval](r)
	if err != nil {
		return err
	}
	if _, err := bonafide.ParseOrigin(string(asked.Origin)); err != nil {
		return err
	}
	id, err := v.Approve(r.Context(), asked.Origin, asked.Keys)
	if err == nil {
		web.JSON(w, http.StatusOK, id)
	}
	return err
}
