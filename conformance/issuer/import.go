package issuer

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"

	"bonafide.example/conformance/subject"
	"bonafide.example/conformance/wire"
)

func (w *World) imports() []subject.Check {
	return []subject.Check{
		check("import/whole", "The events of an import count, and its rows are known.", w.importWhole, "BF-ISSUER-8"),
		check("import/interrupted", "An import that was interrupted and is sent again from its beginning counts each event once.", w.importInterrupted, "BF-ISSUER-8", "BF-ISSUER-1"),
		check("import/refused", "A part of an import with a wrong event changes nothing.", w.importRefused, "BF-ISSUER-6", "BF-ISSUER-8"),
	}
}

// part sends rows of an import, of which so many are done then.
func (w *World) part(ctx context.Context, id string, row int, events []wire.Object) (*subject.Exchange, error) {
	return w.Administer(ctx, http.MethodPost, "/admin/imports/"+url.PathEscape(id), wire.Object{"import": id, "row": row, "events": events})
}

func (w *World) parts(ctx context.Context, id string, row int, events []wire.Object, recorded int) error {
	x, err := w.part(ctx, id, row, events)
	return first(err, answered(x, http.StatusOK), equal("recorded", json.Number(fmt.Sprint(recorded)), x.Object()["recorded"]))
}

// rows is a fault unless so many rows of an import are done.
func (w *World) rows(ctx context.Context, id string, due int) error {
	x, err := w.Administer(ctx, http.MethodGet, "/admin/imports/"+url.PathEscape(id), nil)
	return first(err, answered(x, http.StatusOK), equal("rows", json.Number(fmt.Sprint(due)), x.Object()["rows"]))
}

// file makes a member and events of it, each positive, that an import brings.
func (w *World) file(ctx context.Context) (*member, string, []wire.Object, error) {
	m, err := w.account(ctx)
	if err != nil {
		return nil, "", nil, err
	}
	var events []wire.Object
	for range 6 {
		events = append(events, w.event(m, true))
	}
	m.positive, m.total = 6, 6
	return m, "judged-" + wire.Random(9), events, nil
}

func (w *World) importWhole(ctx context.Context) error {
	m, id, events, err := w.file(ctx)
	if err != nil {
		return err
	}
	return steps(
		func() error { return w.parts(ctx, id, 6, events, 6) },
		func() error { return w.rows(ctx, id, 6) },
		func() error { return w.comesTo(ctx, m) },
	)
}

func (w *World) importInterrupted(ctx context.Context) error {
	m, id, events, err := w.file(ctx)
	if err != nil {
		return err
	}
	return steps(
		func() error { return w.parts(ctx, id, 3, events[:3], 3) },
		func() error { return w.rows(ctx, id, 3) },
		func() error { _, err := w.part(ctx, id, 3, events[:3]); return err },  // the answer was lost
		func() error { _, err := w.part(ctx, id, 4, events[1:4]); return err }, // cut otherwise
		func() error { _, err := w.part(ctx, id, 6, events[4:]); return err },
		func() error { _, err := w.part(ctx, id, 6, events); return err }, // once more, all of it
		func() error { return w.rows(ctx, id, 6) },
		func() error { return w.comesTo(ctx, m) },
	)
}

func (w *World) importRefused(ctx context.Context) error {
	m, id, events, err := w.file(ctx)
	if err != nil {
		return err
	}
	if err := w.parts(ctx, id, 3, events[:3], 3); err != nil {
		return err
	}
	events[4]["kind"] = "no-such-kind"
	x, err := w.part(ctx, id, 6, events[3:])
	m.positive, m.total = 3, 3
	return steps(
		func() error { return first(err, x.Refused("unknown-kind")) },
		func() error { return w.rows(ctx, id, 3) },
		func() error { return w.comesTo(ctx, m) },
	)
}
