package verifier

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"path"

	"bonafide.example/conformance"
	"bonafide.example/conformance/subject"
	"bonafide.example/conformance/wire"
)

func (w *World) tables() []subject.Check {
	checks := []subject.Check{
		check("tables/forms", "A table is served as page, as JSON and signed, at its address and at its version's.", w.forms,
			"BF-VERIFIER-1", "BF-SITE-2", "BF-SITE-7", "BF-SITE-11", "BF-TABLE-10", "BF-TOKEN-4", "BF-TOKEN-12"),
		check("tables/not-acceptable", "A request that accepts no form of a table is refused.", w.unacceptable, "BF-SITE-2"),
		check("tables/next-version", "A changed table is the next version; the one before stays at its address.", w.nextVersion,
			"BF-VERIFIER-1", "BF-VERIFIER-4", "BF-TABLE-2"),
		check("tables/same-again", "The newest version may be published again as it is.", w.sameAgain, "BF-VERIFIER-19"),
		check("tables/version-conflict", "No other text takes a version's place, none is skipped, and each names the one before.", w.conflicts,
			"BF-VERIFIER-4"),
		check("tables/unreached", "A table whose mechanism can't be had is looked at when something is imported under it.", w.unreached,
			"BF-VERIFIER-3"),
		check("tables/administration", "Nobody but the administrator may publish.", w.notAdministrator, "BF-SITE-1"),
	}
	for _, m := range misfits() {
		run := func(ctx context.Context) error { return w.misfit(ctx, m) }
		checks = append(checks, check("tables/"+m.name, m.about, run, m.requirements...))
	}
	return checks
}

// forms looks at the forms of a table.
func (w *World) forms(ctx context.Context) error {
	b, err := w.bench(ctx)
	if err != nil {
		return err
	}
	due, err := json.Marshal(b.table)
	if err != nil {
		return err
	}
	table, err := wire.DecodeObject(due)
	if err != nil {
		return err
	}
	for _, address := range []string{wire.Text(b.table, "id"), b.version(0)} {
		for _, fetch := range []struct{ suffix, accept string }{{".json", ""}, {"", "application/json"}} {
			x, err := w.Anybody().Get(ctx, address+fetch.suffix, fetch.accept)
			if err != nil {
				return err
			}
			if found := conformance.Difference("table", table, x.JSON()); x.Status != http.StatusOK || x.Media() != "application/json" || found != "" {
				return subject.Wrong("200 with the table as application/json", "%d with %s; %s", x.Status, x.Media(), found)
			}
			if err := x.Open(); err != nil {
				return err
			}
		}
		if err := w.signedTable(ctx, address, table); err != nil {
			return err
		}
		page, err := w.Anybody().Get(ctx, address, "text/html,application/xhtml+xml,*/*;q=0.8")
		if err != nil {
			return err
		}
		if err := page.Page(); err != nil {
			return err
		}
	}
	return nil
}

// signedTable looks at the signed form of a table.
func (w *World) signedTable(ctx context.Context, address string, table any) error {
	const media = "application/bonafide-conversion+jwt"
	x, err := w.Anybody().Get(ctx, address+".jwt", "")
	if err != nil {
		return err
	}
	if x.Status != http.StatusOK || x.Media() != media {
		return subject.Wrong("200 with "+media, "%d with %s", x.Status, x.Media())
	}
	_, keys, err := w.methods(ctx)
	if err != nil {
		return err
	}
	token, err := subject.Profiled(string(x.Body), "bonafide-conversion+jwt", wire.DID(w.Origin)+"#", keys, subject.MaxToken)
	if err != nil {
		return err
	}
	if iss := wire.Text(token.Payload, "iss"); iss != w.Origin {
		return subject.Wrong("the iss "+w.Origin, "%q", iss)
	}
	if found := conformance.Difference("conversion", table, token.Payload["conversion"]); found != "" {
		return subject.Wrong("the table", "%s", found)
	}
	if err := w.inTime(token); err != nil {
		return err
	}
	return x.Open()
}

func (w *World) unacceptable(ctx context.Context) error {
	b, err := w.shared(ctx)
	if err != nil {
		return err
	}
	x, err := w.Anybody().Get(ctx, wire.Text(b.table, "id"), "image/png")
	if err != nil {
		return err
	}
	return x.Refused("not-acceptable")
}

func (w *World) nextVersion(ctx context.Context) error {
	b, err := w.bench(ctx)
	if err != nil {
		return err
	}
	second, err := next(b.table, set(2, "cap"), set([]any{wire.Object{"at_least": "0.95", "gives": 2}}, "rates"))
	if err != nil {
		return err
	}
	if err := w.publish(ctx, second); err != nil {
		return err
	}
	first := int64(b.table["version"].(int))
	for address, version := range map[string]int64{wire.Text(b.table, "id"): first + 1, b.version(0): first, b.version(1): first + 1} {
		x, err := w.Anybody().Get(ctx, address+".json", "")
		if err != nil {
			return err
		}
		if got := number(x.JSON(), "version"); got != version {
			return subject.Wrong(fmt.Sprintf("version %d at %s", version, address), "%d", got)
		}
	}
	x, err := w.Anybody().Get(ctx, b.version(2)+".json", "application/json")
	if err != nil {
		return err
	}
	return x.Refused("not-found")
}

// version returns the address of the version that comes so many after the one that was published.
func (b *bench) version(after int) string {
	return fmt.Sprintf("%s/v/%d", b.table["id"], b.table["version"].(int)+after)
}

func (w *World) sameAgain(ctx context.Context) error {
	b, err := w.shared(ctx)
	if err != nil {
		return err
	}
	return w.publish(ctx, b.table)
}

func (w *World) conflicts(ctx context.Context) error {
	b, err := w.shared(ctx)
	if err != nil {
		return err
	}
	second, err := next(b.table)
	if err != nil {
		return err
	}
	other := maps.Clone(b.table)
	other["cap"] = 2
	other["rates"] = []any{wire.Object{"at_least": "0.9", "gives": 1}}
	skipped, unlinked := maps.Clone(second), maps.Clone(second)
	skipped["version"] = second["version"].(int) + 1
	unlinked["previous"] = "sha-256:" + wire.Encode(make([]byte, 32))
	for _, t := range []wire.Object{other, skipped, unlinked} {
		x, err := w.put(ctx, t)
		if err != nil {
			return err
		}
		if err := x.Refused("version-conflict"); err != nil {
			return err
		}
	}
	return w.publish(ctx, b.table) // it is still the newest
}

// unreached publishes a table that names a measure its mechanism doesn't have, while that mechanism can't be had.
func (w *World) unreached(ctx context.Context) error {
	b, err := w.unpublished(set("reviews", "measure", "share"))
	if err != nil {
		return err
	}
	b.Handle("/mechanisms/trade.jwt", http.NotFound)
	b.Handle("/mechanisms/trade/v/1.jwt", http.NotFound)
	x, err := w.put(ctx, b.table)
	if err != nil {
		return err
	}
	if checked, ok := x.Object()["checked"].(bool); x.Status != http.StatusOK || !ok || checked || wire.Text(x.Object(), "reason") == "" {
		return subject.Wrong("200, not checked, with a reason", "%d: %.300s", x.Status, x.Body)
	}
	if err := w.Advance(ctx, longest); err != nil {
		return err
	}
	b.honest()
	v, err := w.Account(ctx)
	if err != nil {
		return err
	}
	return w.unchanged(ctx, v, func() error {
		x, err := b.bring(ctx, v)
		if err != nil {
			return err
		}
		return x.Refused("bad-table")
	})
}

func (w *World) notAdministrator(ctx context.Context) error {
	i, err := w.issuer()
	if err != nil {
		return err
	}
	t := w.table(nameOf(i), i)
	v, err := w.Account(ctx)
	if err != nil {
		return err
	}
	r := subject.Request{Method: http.MethodPut, Address: "/admin/conversions/" + path.Base(wire.Text(t, "id"))}
	r.JSON(t)
	x, err := v.Do(ctx, r)
	if err != nil {
		return err
	}
	if x.Status < http.StatusBadRequest {
		return subject.Wrong("a refusal", "%d", x.Status)
	}
	if x, err = v.Get(ctx, wire.Text(t, "id")+".json", "application/json"); err != nil {
		return err
	}
	return x.Refused("not-found")
}
