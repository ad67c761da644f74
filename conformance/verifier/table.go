package verifier

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"path"
	"strings"
	"time"

	"bonafide.example/conformance/peer"
	"bonafide.example/conformance/subject"
	"bonafide.example/conformance/wire"
)

// table returns a table of shares from an issuer's mechanism to the verifier's, in force for years. Whatever it says, a change may
// say otherwise.
func (w *World) table(name string, i *peer.Issuer, changes ...func(wire.Object)) wire.Object {
	today := w.Now()
	t := wire.Object{
		"id": w.Origin + "/conversions/" + name, "version": 1,
		"from":   wire.Object{"issuer": i.Origin, "mechanism": i.MechanismID(), "versions": []any{1}, "context": "trading"},
		"to":     wire.Object{"mechanism": w.Verifier.Mechanism},
		"accept": wire.Object{"min_sample": 20, "max_age_days": 90, "min_account_days": 180},
		"measure": wire.Object{
			"share": "ratings", "confidence": wire.Object{"method": "wilson", "z2": "3.8416"},
		},
		"rates": []any{
			wire.Object{"at_least": "0.99", "gives": 3}, wire.Object{"at_least": "0.95", "gives": 2}, wire.Object{"at_least": "0.80", "gives": 1},
		},
		"cap": 3, "valid_from": day(today.AddDate(0, 0, -30)), "valid_until": day(today.AddDate(10, 0, 0)),
	}
	for _, change := range changes {
		change(t)
	}
	return t
}

func day(t time.Time) string { return t.UTC().Format(time.DateOnly) }

// byLevels makes a table of shares into one of levels.
func byLevels(t wire.Object) {
	delete(t, "measure")
	t["accept"] = wire.Object{"max_age_days": 90}
	t["rates"] = []any{
		wire.Object{"level": "great", "gives": 3}, wire.Object{"level": "good", "gives": 2}, wire.Object{"level": "fair", "gives": 1},
	}
}

// set returns a change that sets one field of an object: the last of the names, in what the others lead to.
func set(value any, names ...any) func(wire.Object) {
	return func(o wire.Object) {
		inside, _ := wire.At(o, names[:len(names)-1]...).(wire.Object)
		inside[names[len(names)-1].(string)] = value
	}
}

// without returns a change that takes a field away.
func without(names ...any) func(wire.Object) {
	return func(o wire.Object) {
		inside, _ := wire.At(o, names[:len(names)-1]...).(wire.Object)
		delete(inside, names[len(names)-1].(string))
	}
}

// put asks the administration to publish a table.
func (w *World) put(ctx context.Context, t wire.Object) (*subject.Exchange, error) {
	return w.Administer(ctx, http.MethodPut, "/admin/conversions/"+path.Base(wire.Text(t, "id")), t)
}

// publish publishes a table, and checks what is answered.
func (w *World) publish(ctx context.Context, t wire.Object) error {
	x, err := w.put(ctx, t)
	if err != nil {
		return err
	}
	hash, err := wire.Hash(t)
	if err != nil {
		return err
	}
	if said := x.Object(); x.Status != http.StatusOK || wire.Text(said, "hash") != hash || wire.Text(said, "id") != wire.Text(t, "id") {
		return subject.Wrong(fmt.Sprintf("200 with the id %v and the hash %s", t["id"], hash), "%d: %.300s", x.Status, x.Body)
	}
	return nil
}

// next returns the version of a table that follows it.
func next(t wire.Object, changes ...func(wire.Object)) (wire.Object, error) {
	hash, err := wire.Hash(t)
	if err != nil {
		return nil, err
	}
	n := maps.Clone(t)
	n["version"], n["previous"] = t["version"].(int)+1, hash
	for _, change := range changes {
		change(n)
	}
	return n, nil
}

// name returns a name that nothing had yet.
func (w *World) name() string {
	w.founded++
	return fmt.Sprintf("%s%s-%d", judged, w.run, w.founded)
}

// found makes a site of the suite's that isn't anything yet.
func (w *World) found() (*peer.Site, error) { return w.network.Found(w.name()) }

// issuer makes an issuer of which the verifier has no table yet.
func (w *World) issuer() (*peer.Issuer, error) {
	s, err := w.found()
	if err != nil {
		return nil, err
	}
	return peer.NewIssuer(s), nil
}

// nameOf returns the name of a site of the suite, for a table about it.
func nameOf(i *peer.Issuer) string {
	_, host, _ := strings.Cut(i.Origin, "://")
	name, _, _ := strings.Cut(host, ".")
	return name
}
