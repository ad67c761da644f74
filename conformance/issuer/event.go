package issuer

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"time"

	"bonafide.example/conformance/subject"
	"bonafide.example/conformance/wire"
)

func (w *World) events() []subject.Check {
	return []subject.Check{
		check("event/twice", "The same event sent again counts once.", w.eventTwice, "BF-ISSUER-1"),
		check("event/at-once", "The same event sent 20 times at once counts once.", w.eventAtOnce, "BF-ISSUER-1"),
		check("event/conflict", "Another event under an id that is kept is refused.", w.eventConflict, "BF-ISSUER-2"),
		w.badEvent("unknown-kind", "An event of a kind that the mechanism doesn't count is refused.", "kind", "no-such-kind", []string{"unknown-kind"}, "BF-ISSUER-3"),
		w.badEvent("unknown-mechanism", "An event under a mechanism that there isn't is refused.", "mechanism", "no-such-mechanism", []string{"not-found"}, "BF-ISSUER-48"),
		check("event/future", "An event dated more than 60 seconds ahead is refused, one dated less isn't.", w.eventFuture, "BF-ISSUER-4"),
		w.badEvent("unknown-field", "An event with a field that events don't have is refused.", "colour", "red", []string{"unknown-field"}, "BF-ISSUER-5", "BF-JSON-7"),
		w.badEvent("field-in-capitals", "The names of fields are compared with their case.", "AT", "2026-01-01T00:00:00Z",
			[]string{"unknown-field", "doubled-field"}, "BF-JSON-9", "BF-JSON-3"),
		check("event/doubled-field", "An event with a field that stands twice is refused, however it is escaped.", w.eventDoubled, "BF-ISSUER-5", "BF-JSON-2"),
		w.badEvent("wrong-type", "An event with a value of another JSON type is refused.", "positive", "true", []string{"bad-value"}, "BF-ISSUER-5", "BF-JSON-10"),
		w.badEvent("member-number", "A member isn't named by a number.", "member", 7, []string{"bad-value"}, "BF-ISSUER-5", "BF-JSON-10"),
		w.badEvent("bad-date", "A date that isn't in the calendar is refused.", "at", "2025-02-30T12:00:00Z", []string{"bad-value"}, "BF-ISSUER-5"),
		w.badEvent("no-seconds", "A date without seconds is refused.", "at", "2025-02-28T12:00Z", []string{"bad-value"}, "BF-ISSUER-5", "BF-JSON-13"),
		w.badEvent("no-offset", "A date without Z or offset is refused.", "at", "2025-02-28T12:00:00", []string{"bad-value"}, "BF-ISSUER-5", "BF-JSON-13"),
		w.badEvent("leap-second", "A date with a leap second is refused.", "at", "2016-12-31T23:59:60Z", []string{"bad-value"}, "BF-ISSUER-5", "BF-JSON-13"),
		w.badEvent("no-positive", "A share counts only events that are positive or not.", "positive", nil, []string{"bad-value", "bad-request"}, "BF-ISSUER-5"),
		w.badEvent("empty-id", "An event needs an id.", "id", "", []string{"bad-value", "bad-request"}, "BF-ISSUER-5"),
		w.badEvent("long-id", "An event's id has at most 200 bytes.", "id", strings.Repeat("x", 201), []string{"bad-value"}, "BF-ISSUER-5"),
		check("event/not-json", "What isn't JSON that all read alike is refused.", w.eventNotJSON, "BF-JSON-1", "BF-JSON-4", "BF-JSON-5", "BF-JSON-6"),
		check("event/all-or-none", "Of several events one of which is wrong none is kept, and the wrong one is named.", w.eventAllOrNone, "BF-ISSUER-6"),
		check("event/several", "Several events in one request all count.", w.eventSeveral, "BF-ISSUER-6"),
	}
}

func (w *World) eventTwice(ctx context.Context) error {
	m, err := w.rated(ctx, 3, 4)
	if err != nil {
		return err
	}
	event := w.event(m, false)
	m.total++
	return steps(
		func() error { return w.record(ctx, event) },
		func() error {
			x, err := w.send(ctx, event)
			return first(err, answered(x, http.StatusOK), equal("recorded", json.Number("0"), x.Object()["recorded"]))
		},
		func() error { return w.comesTo(ctx, m) },
	)
}

func (w *World) eventAtOnce(ctx context.Context) error {
	m, err := w.rated(ctx, 3, 4)
	if err != nil {
		return err
	}
	event := w.event(m, true)
	m.positive, m.total = m.positive+1, m.total+1
	came, err := atOnce(20, func() (*subject.Exchange, error) { return w.send(ctx, event) })
	if err != nil {
		return err
	}
	for _, x := range came {
		if err := answered(x, http.StatusOK); err != nil {
			return err
		}
	}
	return w.comesTo(ctx, m)
}

func (w *World) eventConflict(ctx context.Context) error {
	m, err := w.rated(ctx, 3, 4)
	if err != nil {
		return err
	}
	event := w.event(m, true)
	if err := w.record(ctx, event); err != nil {
		return err
	}
	m.positive, m.total = m.positive+1, m.total+1
	event["positive"] = false
	x, err := w.send(ctx, event)
	if err := first(err, x.Refused("event-conflict")); err != nil {
		return err
	}
	return w.comesTo(ctx, m)
}

// badEvent makes a case of an event that is refused for one field, and changes nothing. A nil value leaves the field out.
func (w *World) badEvent(name, about, field string, value any, codes []string, requirements ...string) subject.Check {
	return check("event/"+name, about, func(ctx context.Context) error {
		m, err := w.rated(ctx, 3, 4)
		if err != nil {
			return err
		}
		event := w.event(m, true)
		event[field] = value
		if value == nil {
			delete(event, field)
		}
		x, err := w.send(ctx, event)
		if err := first(err, x.Refused(codes...)); err != nil {
			return err
		}
		return w.comesTo(ctx, m)
	}, requirements...)
}

func (w *World) eventFuture(ctx context.Context) error {
	m, err := w.rated(ctx, 3, 4)
	if err != nil {
		return err
	}
	soon, late := w.event(m, true), w.event(m, true)
	soon["at"] = w.Now().Add(40 * time.Second).Format(time.RFC3339)
	late["at"] = w.Now().Add(90 * time.Second).Format(time.RFC3339)
	x, err := w.send(ctx, late)
	if err := first(err, x.Refused("future-event")); err != nil {
		return err
	}
	m.positive, m.total = m.positive+1, m.total+1
	return steps(func() error { return w.record(ctx, soon) }, func() error { return w.comesTo(ctx, m) })
}

func (w *World) eventDoubled(ctx context.Context) error {
	m, err := w.rated(ctx, 3, 4)
	if err != nil {
		return err
	}
	text, err := json.Marshal(w.event(m, true))
	if err != nil {
		return err
	}
	for _, second := range []string{`"positive":false`, `"p\u006fsitive":false`} {
		x, err := w.AdministerAs(ctx, http.MethodPost, "/admin/events", "application/json", []byte(strings.Replace(string(text), "}", ","+second+"}", 1)))
		if err := first(err, x.Refused("doubled-field")); err != nil {
			return err
		}
	}
	return w.comesTo(ctx, m)
}

func (w *World) eventNotJSON(ctx context.Context) error {
	for _, c := range []struct{ body, code string }{
		{"{", "bad-json"}, {"{} {}", "bad-json"}, {"\ufeff{}", "bad-json"}, {"{\"id\": \"\xff\"}", "bad-json"}, {`{"id": "\ud800"}`, "bad-json"},
		{`{"id": ` + strings.Repeat("[", 40) + strings.Repeat("]", 40) + `}`, "bad-json"},
		{`{"id": 1.5}`, "bad-value"}, {`{"id": 9007199254740993}`, "bad-value"}, {`[]`, "bad-value"},
	} {
		x, err := w.AdministerAs(ctx, http.MethodPost, "/admin/events", "application/json", []byte(c.body))
		if err := first(err, x.Refused(c.code)); err != nil {
			return fmt.Errorf("sent %.60q: %w", c.body, err)
		}
	}
	return nil
}

func (w *World) eventAllOrNone(ctx context.Context) error {
	m, err := w.rated(ctx, 3, 4)
	if err != nil {
		return err
	}
	events := []wire.Object{w.event(m, true), w.event(m, true), w.event(m, false)}
	events[1]["kind"] = "no-such-kind"
	x, err := w.send(ctx, events...)
	named := wire.Text(x.Object(), "subject") + " " + wire.Text(x.Object(), "detail")
	err = first(err, x.Refused("unknown-kind"),
		that(strings.Contains(named, "2") || strings.Contains(named, wire.Text(events[1], "id")), "a subject or detail that names line 2 or its event", "%q", named))
	if err != nil {
		return err
	}
	return w.comesTo(ctx, m)
}

func (w *World) eventSeveral(ctx context.Context) error {
	m, err := w.rated(ctx, 23, 31)
	if err != nil {
		return err
	}
	return w.comesTo(ctx, m)
}
