package subject

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"bonafide.example/conformance/wire"
)

// Published judges whether what the site publishes now is in the log: its keys, its entity configuration, the history of its
// keys if it publishes one, and the mechanisms or tables that the entity configuration names at the path.
func (l *PublicLog) Published(ctx context.Context, entity func(context.Context) (*wire.Token, error), path ...any) error {
	token, err := entity(ctx)
	if err != nil {
		return err
	}
	all, err := l.all(ctx)
	if err != nil {
		return err
	}
	said := said{}
	for _, entry := range all {
		e, err := wire.DecodeObject(entry)
		if err != nil {
			return Wrong("entries of JSON", "%.300q: %v", entry, err)
		}
		address := wire.Text(e, "address")
		said[address] = append(said[address], wire.Text(e, "hash"))
	}
	if err := said.holds(l.site.Origin+"/.well-known/openid-federation", undated(token.Payload), false); err != nil {
		return err
	}
	did, err := l.site.Anybody().Get(ctx, "/.well-known/did.json", "application/json")
	if err != nil {
		return err
	}
	ids := []any{}
	methods, _ := did.Object()["verificationMethod"].([]any)
	for _, method := range methods {
		ids = append(ids, wire.Text(method, "id"))
	}
	slices.SortFunc(ids, func(a, b any) int { return strings.Compare(a.(string), b.(string)) })
	if err := said.holds(l.site.Origin+"/.well-known/did.json", ids, false); err != nil {
		return err
	}
	if err := l.history(ctx, said); err != nil {
		return err
	}
	for _, address := range wire.Strings(token.Payload, path...) {
		if err := l.document(ctx, said, address); err != nil {
			return err
		}
	}
	return nil
}

// said is the hashes that a log has, by what they are of.
type said map[string][]string

// holds judges whether the log has the hash of what stands at the address, and of a version never had another.
func (s said) holds(address string, value any, version bool) error {
	hash, err := wire.Hash(value)
	if err != nil {
		return err
	}
	found := s[address]
	other := func(h string) bool { return h != hash }
	if !slices.Contains(found, hash) || version && slices.ContainsFunc(found, other) {
		return Wrong("an entry of "+address+" with the hash "+hash, "%v", found)
	}
	return nil
}

// undated returns the claims that don't change with each signing.
func undated(payload wire.Object) wire.Object {
	lasting := wire.Object{}
	for name, value := range payload {
		if name != "iat" && name != "exp" {
			lasting[name] = value
		}
	}
	return lasting
}

func (l *PublicLog) history(ctx context.Context, said said) error {
	const path = "/.well-known/bonafide-key-history"
	x, err := l.site.Anybody().Get(ctx, path, "application/bonafide-key-history+jwt")
	if err != nil || x.Status == http.StatusNotFound {
		return err
	}
	parts := strings.Split(string(x.Body), ".")
	payload, err := wire.DecodeObject(wire.Decoded(parts[min(1, len(parts)-1)]))
	if err != nil {
		return Wrong("a signed key history", "%v: %.200q", err, x.Body)
	}
	return said.holds(l.site.Origin+path, undated(payload), false)
}

// document judges whether the newest version of a mechanism or table is in the log.
func (l *PublicLog) document(ctx context.Context, said said, address string) error {
	x, err := l.site.Anybody().Get(ctx, address+".json", "application/json")
	if err != nil {
		return err
	}
	object := x.Object()
	version, err := wire.Int(object, "version")
	if x.Status != http.StatusOK || err != nil {
		return Wrong("200 with a version at "+address+".json", "%d with %.200q", x.Status, x.Body)
	}
	return said.holds(fmt.Sprintf("%s/v/%d", address, version), object, true)
}
