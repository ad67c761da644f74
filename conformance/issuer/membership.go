package issuer

import (
	"context"
	"net/http"
	"strings"

	"bonafide.example/conformance"
	"bonafide.example/conformance/subject"
	"bonafide.example/conformance/wire"
)

func (w *World) membership() []subject.Check {
	return []subject.Check{
		check("member/unknown", "A question about a member that there isn't is refused.", w.memberUnknown, "BF-ISSUER-9"),
		check("member/unknown-change", "So is a change of a member that there isn't.", w.memberUnknownChange, "BF-ISSUER-9", "BF-ISSUER-44"),
		check("member/held", "What is held on a member holds together.", w.memberHeld, "BF-ISSUER-44", "BF-STATUS-6"),
		check("member/suspended-twice", "To suspend, restore or withdraw what is so already changes nothing.", w.memberTwice, "BF-ISSUER-44"),
		check("member/no-mechanism", "A badge under a mechanism that there isn't can't be published or withdrawn.", w.memberNoMechanism, "BF-ISSUER-45"),
		check("member/erased", "Erasing revokes the badge and leaves nothing that names the member.", w.memberErased, "BF-ISSUER-40", "BF-ISSUER-47"),
		check("member/erased-unknown", "Erasing whom it doesn't know is no fault.", w.memberErasedUnknown, "BF-ISSUER-47"),
		check("member/erased-events", "What was erased doesn't come back when its events are sent again.", w.memberErasedEvents, "BF-ISSUER-41"),
	}
}

// nobody is the id of no member.
func (w *World) nobody() string { return "nobody-" + w.run }

func (w *World) memberUnknown(ctx context.Context) error {
	x, err := w.Administer(ctx, http.MethodGet, memberPath(w.nobody()), nil)
	return first(err, x.Refused("no-such-member"))
}

func (w *World) memberUnknownChange(ctx context.Context) error {
	for _, path := range []string{memberPath(w.nobody(), "suspend"), memberPath(w.nobody(), "restore"), memberPath(w.nobody(), "badges", w.rule.name)} {
		x, err := w.Administer(ctx, http.MethodPost, path, wire.Object{})
		if err = first(err, x.Refused("no-such-member")); err != nil {
			return err
		}
	}
	return nil
}

func (w *World) memberHeld(ctx context.Context) error {
	m, b, err := w.shown(ctx)
	if err != nil {
		return err
	}
	held, err := w.holding(ctx, http.MethodGet, memberPath(m.ID), nil)
	if err != nil {
		return err
	}
	address, err := w.addressIn(held)
	err = first(err, equal("member", m.ID, held["member"]), equal("suspended", false, held["suspended"]), equal("the badge's address", b.address, address))
	if err != nil {
		return err
	}
	return w.comesTo(ctx, m)
}

func (w *World) memberTwice(ctx context.Context) error {
	m, _, err := w.shown(ctx)
	if err != nil {
		return err
	}
	for _, change := range []struct {
		method, path string
		body         any
	}{
		{http.MethodPost, memberPath(m.ID, "suspend"), wire.Object{}}, {http.MethodPost, memberPath(m.ID, "restore"), wire.Object{}},
		{http.MethodDelete, memberPath(m.ID, "badges", w.rule.name), nil},
	} {
		one, err := w.holding(ctx, change.method, change.path, change.body)
		if err != nil {
			return err
		}
		two, err := w.holding(ctx, change.method, change.path, change.body)
		different := conformance.Difference("", one, two)
		if err := first(err, that(different == "", "the same answer the second time", "%s", different)); err != nil {
			return err
		}
		suspended := strings.HasSuffix(change.path, "suspend")
		if err := equal("suspended", suspended, two["suspended"]); err != nil {
			return err
		}
	}
	return nil
}

func (w *World) memberNoMechanism(ctx context.Context) error {
	m, err := w.good(ctx)
	if err != nil {
		return err
	}
	path := memberPath(m.ID, "badges", "no-such-mechanism")
	x, err := w.Administer(ctx, http.MethodPost, path, wire.Object{"name": "Judy"})
	if err := first(err, x.Refused("not-found")); err != nil {
		return err
	}
	x, err = w.Administer(ctx, http.MethodDelete, path, nil)
	return first(err, x.Refused("not-found"))
}

func (w *World) memberErased(ctx context.Context) error {
	m, b, err := w.shown(ctx)
	if err != nil {
		return err
	}
	if err := w.erase(ctx, m); err != nil {
		return err
	}
	x, err := w.Administer(ctx, http.MethodGet, memberPath(m.ID), nil)
	if err := first(err, x.Refused("no-such-member")); err != nil {
		return err
	}
	if err := w.over(ctx, b); err != nil {
		return err
	}
	for _, suffix := range []string{"", ".json", ".svg"} {
		x, err := w.get(ctx, b.address+suffix, "")
		named := strings.Contains(string(x.Body), m.ID) || strings.Contains(string(x.Body), "Judy")
		if err := first(err, that(!named, "nothing that names the member at "+b.address+suffix, "%.300q", x.Body)); err != nil {
			return err
		}
	}
	return nil
}

func (w *World) memberErasedUnknown(ctx context.Context) error {
	x, err := w.Administer(ctx, http.MethodDelete, memberPath(w.nobody()), nil)
	return first(err, answered(x, http.StatusOK))
}

func (w *World) memberErasedEvents(ctx context.Context) error {
	m, err := w.account(ctx)
	if err != nil {
		return err
	}
	old := []wire.Object{w.event(m, true), w.event(m, false)}
	if err := steps(func() error { return w.record(ctx, old...) }, func() error { return w.erase(ctx, m) }); err != nil {
		return err
	}
	if _, err := w.send(ctx, old...); err != nil { // whether it is refused or passed over is the issuer's affair
		return err
	}
	x, err := w.Administer(ctx, http.MethodGet, memberPath(m.ID), nil)
	if err != nil || x.Status == http.StatusNotFound {
		return err
	}
	status, err := w.status(ctx, m)
	return first(err, w.measured(status, 0, 0))
}
