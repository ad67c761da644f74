package issuer

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"bonafide.example/conformance/subject"
	"bonafide.example/conformance/wire"
)

// member is an account of which the suite knows all that happened to it.
type member struct {
	*subject.Visitor
	positive, total int64
}

// account returns an account to which nothing happened yet.
func (w *World) account(ctx context.Context) (*member, error) {
	v, err := w.Account(ctx)
	if err != nil {
		return nil, err
	}
	if w.Accounts.IDs != nil { // it may have been used before
		x, err := w.Administer(ctx, http.MethodDelete, memberPath(v.ID), nil)
		if err = first(err, answered(x, http.StatusOK)); err != nil {
			return nil, err
		}
	}
	return &member{Visitor: v}, nil
}

// rated returns an account with so many events, some of them positive.
func (w *World) rated(ctx context.Context, positive, total int64) (*member, error) {
	m, err := w.account(ctx)
	if err != nil {
		return nil, err
	}
	return m, w.rate(ctx, m, positive, total)
}

// good returns a member of the highest level, whose measure is told coarsely: such as 116 of 117.
func (w *World) good(ctx context.Context) (*member, error) {
	total := max(117, w.rule.minTotal)
	positive := max(w.rule.shares[len(w.rule.shares)-1].least(total), total-5)
	return w.rated(ctx, positive, total)
}

// rate records events of the member's, the positive ones first.
func (w *World) rate(ctx context.Context, m *member, positive, total int64) error {
	var events []wire.Object
	for n := range total {
		events = append(events, w.event(m, n < positive))
	}
	if err := w.record(ctx, events...); err != nil {
		return err
	}
	m.positive, m.total = m.positive+positive, m.total+total
	return nil
}

// event returns an event that happened just now.
func (w *World) event(m *member, positive bool) wire.Object {
	return wire.Object{
		"id": "judged-" + wire.Random(12), "member": m.ID, "mechanism": w.rule.name, "kind": w.rule.kind, "positive": positive,
		"at": w.Now().Add(-time.Second).Format(time.RFC3339),
	}
}

// record records events in one request, all of which must be taken as new.
func (w *World) record(ctx context.Context, events ...wire.Object) error {
	x, err := w.send(ctx, events...)
	if err != nil {
		return err
	}
	return first(answered(x, http.StatusOK), equal("recorded", json.Number(fmt.Sprint(len(events))), wire.At(x.Object(), "recorded")))
}

// send sends events in one request, one or several.
func (w *World) send(ctx context.Context, events ...wire.Object) (*subject.Exchange, error) {
	if len(events) == 1 {
		return w.Administer(ctx, http.MethodPost, "/admin/events", events[0])
	}
	var lines bytes.Buffer
	encoder := json.NewEncoder(&lines)
	for _, e := range events {
		if err := encoder.Encode(e); err != nil {
			return nil, err
		}
	}
	return w.AdministerAs(ctx, http.MethodPost, "/admin/events", "application/x-ndjson", lines.Bytes())
}

func memberPath(id string, more ...string) string {
	return "/admin/members/" + strings.Join(append([]string{url.PathEscape(id)}, more...), "/")
}

// holding is what is held on the member after a request about it: GET of it, or a change.
func (w *World) holding(ctx context.Context, method, path string, body any) (wire.Object, error) {
	x, err := w.Administer(ctx, method, path, body)
	if err = first(err, answered(x, http.StatusOK)); err != nil {
		return nil, err
	}
	return x.Object(), nil
}

// status returns the member's status under the mechanism judged, nil if there is none.
func (w *World) status(ctx context.Context, m *member) (wire.Object, error) {
	held, err := w.holding(ctx, http.MethodGet, memberPath(m.ID), nil)
	for _, status := range array(held, "statuses") {
		if wire.Text(status, "mechanism") == w.Issuer.Mechanism {
			return status.(wire.Object), err
		}
	}
	return nil, err
}

// publish publishes the member's badge and returns its address.
func (w *World) publish(ctx context.Context, m *member) (string, error) {
	held, err := w.holding(ctx, http.MethodPost, memberPath(m.ID, "badges", w.rule.name), wire.Object{"name": "Judy"})
	if err != nil {
		return "", err
	}
	return w.addressIn(held)
}

// addressIn returns the address of the badge under the mechanism judged.
func (w *World) addressIn(held wire.Object) (string, error) {
	for _, badge := range array(held, "badges") {
		if wire.Text(badge, "mechanism") == w.rule.name {
			return wire.Text(badge, "address"), nil
		}
	}
	return "", subject.Wrong("a badge under "+w.rule.name+" in what is held on the member", "%v", held["badges"])
}

// suspend, restore and withdraw have the administration do so.
func (w *World) suspend(ctx context.Context, m *member) error {
	_, err := w.holding(ctx, http.MethodPost, memberPath(m.ID, "suspend"), wire.Object{})
	return err
}

func (w *World) restore(ctx context.Context, m *member) error {
	_, err := w.holding(ctx, http.MethodPost, memberPath(m.ID, "restore"), wire.Object{})
	return err
}

func (w *World) withdraw(ctx context.Context, m *member) error {
	_, err := w.holding(ctx, http.MethodDelete, memberPath(m.ID, "badges", w.rule.name), nil)
	return err
}

func (w *World) erase(ctx context.Context, m *member) error {
	x, err := w.Administer(ctx, http.MethodDelete, memberPath(m.ID), nil)
	m.positive, m.total = 0, 0
	return first(err, answered(x, http.StatusOK))
}
