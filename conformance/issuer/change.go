package issuer

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"time"

	"bonafide.example/conformance/subject"
)

func (w *World) changes() []subject.Check {
	return []subject.Check{
		check("change/level-falls", "When the level falls the bit is set at once, and a new issue says the new level.", w.levelFalls,
			"BF-ISSUER-20", "BF-ISSUER-21", "BF-ISSUER-23", "BF-ISSUER-34"),
		check("change/measure-falls", "When the measure falls and the level doesn't, the bit is set too.", w.measureFalls, "BF-ISSUER-20", "BF-ISSUER-23"),
		check("change/share-falls", "A rise of the positives doesn't make up for a share that falls.", w.shareFalls, "BF-ISSUER-23"),
		check("change/level-rises", "When the level rises a new issue says so, and no bit is set.", w.levelRises, "BF-ISSUER-20", "BF-ISSUER-21", "BF-ISSUER-24"),
		check("change/measure-rises", "When the measure rises a new issue says so, and no bit is set.", w.measureRises, "BF-ISSUER-20", "BF-ISSUER-24"),
		check("change/never-unset", "A bit that is set stays set when the level comes back.", w.neverUnset, "BF-ISSUER-34"),
		check("change/several-at-once", "A fall followed by a rise in one request leaves no issue in force that says too much.", w.fallInBatch, "BF-ISSUER-23", "BF-ISSUER-20"),
		check("change/suspended", "On suspension the bit is set, and nothing in force is left.", w.suspended, "BF-ISSUER-25", "BF-ISSUER-51"),
		check("change/restored", "At the end of a suspension a badge is issued anew, and no bit unset.", w.restored, "BF-ISSUER-26", "BF-ISSUER-21"),
		check("change/withdrawn", "On withdrawal the bit is set, and nothing in force is left.", w.withdrawn, "BF-ISSUER-25", "BF-ISSUER-51"),
		check("change/published-again", "A badge that is published again has its address, and an entry of its own.", w.publishedAgain, "BF-ISSUER-16", "BF-ISSUER-46", "BF-ISSUER-21"),
		check("change/renewed", "A badge published 91 days ago is still valid, for at most 90 days.", w.renewed, "BF-ISSUER-22", "BF-BADGE-5"),
	}
}

// issuedAnew is a fault unless the badge at b's address is another issue than b, and says what the member's status is.
func (w *World) issuedAnew(ctx context.Context, m *member, b *badge) (*badge, error) {
	now, err := w.badge(ctx, b.address)
	if err != nil {
		return nil, err
	}
	if err := first(
		w.states(now, m),
		that(now.nbf > b.nbf, fmt.Sprintf("a new issue, with an nbf after %d", b.nbf), "%d", now.nbf),
		that(now.entry != b.entry, "a new issue with an entry of its own", "that of the issue before"),
	); err != nil {
		return nil, err
	}
	return now, w.bit(ctx, "the new issue", now.entry, false)
}

// changed makes a member with a badge, records events, and looks at what comes of it.
func (w *World) changed(ctx context.Context, m *member, positive, total int64, revoked bool) error {
	b, err := w.published(ctx, m)
	if err != nil {
		return err
	}
	if err := w.rate(ctx, m, positive, total); err != nil {
		return err
	}
	if err := w.bit(ctx, "the issue before", b.entry, revoked); err != nil {
		return err
	}
	_, err = w.issuedAnew(ctx, m, b)
	return err
}

func (w *World) levelFalls(ctx context.Context) error {
	m, err := w.good(ctx)
	if err != nil {
		return err
	}
	return w.changed(ctx, m, 0, w.toFall(m), true)
}

func (w *World) measureFalls(ctx context.Context) error {
	m, err := w.rated(ctx, w.rule.minTotal+200, w.rule.minTotal+200)
	if err != nil {
		return err
	}
	return w.changed(ctx, m, 0, 1, true)
}

func (w *World) shareFalls(ctx context.Context) error {
	m, err := w.rated(ctx, w.rule.minTotal+200, w.rule.minTotal+200)
	if err != nil {
		return err
	}
	return w.changed(ctx, m, 3, 4, true)
}

func (w *World) levelRises(ctx context.Context) error {
	m, err := w.modest(ctx)
	if err != nil {
		return err
	}
	n := w.toRise(m)
	return w.changed(ctx, m, n, n, false)
}

func (w *World) measureRises(ctx context.Context) error {
	m, err := w.good(ctx)
	if err != nil {
		return err
	}
	return w.changed(ctx, m, 1, 1, false)
}

func (w *World) neverUnset(ctx context.Context) error {
	m, b, err := w.shown(ctx)
	if err != nil {
		return err
	}
	before := w.rule.level(m.positive, m.total)
	if err := w.rate(ctx, m, 0, w.toFall(m)); err != nil {
		return err
	}
	for w.rule.level(m.positive, m.total) != before {
		n := w.toRise(m)
		if err := w.rate(ctx, m, n, n); err != nil {
			return err
		}
	}
	return w.bit(ctx, "the issue before the fall", b.entry, true)
}

func (w *World) fallInBatch(ctx context.Context) error {
	m, b, err := w.shown(ctx)
	if err != nil {
		return err
	}
	if err := w.record(ctx, w.event(m, false), w.event(m, true)); err != nil {
		return err
	}
	m.positive, m.total = m.positive+1, m.total+2
	return steps(
		func() error { return w.bit(ctx, "the issue before", b.entry, true) },
		func() error { _, err := w.issuedAnew(ctx, m, b); return err },
	)
}

// over is a fault unless the bit of an issue is set, and no issue that can be had is in force.
func (w *World) over(ctx context.Context, b *badge) error {
	if err := w.bit(ctx, "the last issue", b.entry, true); err != nil {
		return err
	}
	x, err := w.get(ctx, b.address+".jwt", "")
	if err != nil {
		return err
	}
	if err := w.noJSON(ctx, b, x.Status == http.StatusOK); err != nil || x.Status != http.StatusOK {
		return err
	}
	now, err := w.badge(ctx, b.address)
	if err != nil {
		return err
	}
	return w.bit(ctx, "what is served", now.entry, true)
}

// noJSON is a fault unless there is no JSON of a badge that is over: it is revoked, or not found where the issuer serves
// no signed form either.
func (w *World) noJSON(ctx context.Context, b *badge, signed bool) error {
	codes := []string{"revoked"}
	if !signed {
		codes = append(codes, "not-found")
	}
	for _, form := range []struct{ address, accept string }{{b.address + ".json", ""}, {b.address, jsonMedia}} {
		x, err := w.get(ctx, form.address, form.accept)
		if err := first(err, x.Refused(codes...)); err != nil {
			return err
		}
	}
	return nil
}

func (w *World) suspended(ctx context.Context) error {
	m, b, err := w.shown(ctx)
	if err != nil {
		return err
	}
	return steps(
		func() error { return w.suspend(ctx, m) },
		func() error { return w.over(ctx, b) },
		func() error { return w.saysOnPage(ctx, b, "suspended") },
	)
}

// saysOnPage is a fault unless the badge's page in English says its state, as that of a current badge doesn't.
func (w *World) saysOnPage(ctx context.Context, b *badge, state string) error {
	_, current, err := w.shown(ctx)
	if err != nil {
		return err
	}
	for address, due := range map[string]bool{b.address: true, current.address: false} {
		x, err := w.Anybody().Do(ctx, subject.Request{
			Method: http.MethodGet, Address: address, Header: map[string]string{"Accept": fromBrowser, "Accept-Language": "en"},
		})
		if err != nil {
			return err
		}
		text, err := x.Says()
		if err = first(err, that(strings.Contains(text, state) == due, fmt.Sprintf("%q on the page of a badge in that state alone", state), "%.400q", text)); err != nil {
			return err
		}
	}
	return nil
}

func (w *World) restored(ctx context.Context) error {
	m, b, err := w.shown(ctx)
	if err != nil {
		return err
	}
	return steps(
		func() error { return w.suspend(ctx, m) },
		func() error { return w.restore(ctx, m) },
		func() error { _, err := w.issuedAnew(ctx, m, b); return err },
		func() error { return w.bit(ctx, "the issue before the suspension", b.entry, true) },
	)
}

func (w *World) withdrawn(ctx context.Context) error {
	m, b, err := w.shown(ctx)
	if err != nil {
		return err
	}
	return steps(
		func() error { return w.withdraw(ctx, m) },
		func() error { return w.over(ctx, b) },
		func() error { return w.saysOnPage(ctx, b, "withdrawn") },
	)
}

func (w *World) publishedAgain(ctx context.Context) error {
	m, b, err := w.shown(ctx)
	if err != nil {
		return err
	}
	if err := w.withdraw(ctx, m); err != nil {
		return err
	}
	address, err := w.publish(ctx, m)
	if err = first(err, equal("the badge's address", b.address, address)); err != nil {
		return err
	}
	if _, err := w.issuedAnew(ctx, m, b); err != nil {
		return err
	}
	return w.bit(ctx, "the issue before the withdrawal", b.entry, true)
}

func (w *World) renewed(ctx context.Context) error {
	m, b, err := w.shown(ctx)
	if err != nil {
		return err
	}
	if err := w.Advance(ctx, 91*24*time.Hour); err != nil {
		return err
	}
	now, err := w.badge(ctx, b.address)
	if err != nil {
		return err
	}
	if err := first(w.states(now, m), w.credentialValidity(m, now)); err != nil {
		return err
	}
	return w.bit(ctx, "what is served", now.entry, false)
}
