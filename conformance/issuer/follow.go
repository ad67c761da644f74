package issuer

import (
	"context"

	"bonafide.example/conformance/subject"
	"bonafide.example/conformance/wire"
)

// following are cases of what becomes of a statement once something changes.
func (w *World) following() []subject.Check {
	return []subject.Check{
		w.follows("level-falls", "When the level falls, a statement of it is revoked.", nil, func(ctx context.Context, m *member) error { return w.rate(ctx, m, 0, w.toFall(m)) }, true),
		w.follows("measure-falls", "When the measure falls as it is told, a statement of it is revoked.", claims("measures"),
			func(ctx context.Context, m *member) error { return w.rate(ctx, m, 0, 30) }, true),
		w.follows("rise", "When everything rises, nothing is revoked.", nil, w.rise, false),
		w.follows("untold-falls", "When what wasn't told falls, nothing is revoked.", claims("account_since"),
			func(ctx context.Context, m *member) error { return w.rate(ctx, m, 0, w.toFall(m)) }, false),
		w.follows("suspended", "On suspension a statement is revoked.", nil, w.suspend, true),
		w.follows("restored", "And stays so when the suspension ends.", nil, func(ctx context.Context, m *member) error {
			return steps(func() error { return w.suspend(ctx, m) }, func() error { return w.restore(ctx, m) })
		}, true),
		w.follows("erased", "On erasure a statement is revoked.", nil, w.erase, true),
		w.follows("badge-withdrawn", "Withdrawing the badge revokes no statement.", nil, func(ctx context.Context, m *member) error {
			return steps(func() error { _, err := w.publish(ctx, m); return err }, func() error { return w.withdraw(ctx, m) })
		}, false),
		check("follow/all-of-them", "Every statement that could be relied on is revoked, whoever was told it and whenever.", w.allRevoked, "BF-CONSENT-14", "BF-ISSUER-40"),
		check("follow/at-verifiers", "A statement at one verifier is revoked by itself: entries have nothing in common.", w.entriesApart, "BF-CONSENT-11", "BF-ISSUER-32"),
	}
}

// follows makes a case of a statement and something that happens to its member.
func (w *World) follows(name, about string, asked func(wire.Object), happens func(context.Context, *member) error, revoked bool) subject.Check {
	return check("follow/"+name, about, func(ctx context.Context) error {
		i, err := w.imported(ctx, asked)
		if err != nil {
			return err
		}
		if err := happens(ctx, i.member); err != nil {
			return err
		}
		return w.bit(ctx, "the statement", i.told.entry, revoked)
	}, "BF-CONSENT-14")
}

// rise records positive events, as many as it takes for the measure not to fall either as it is told: several at once may
// take it down by less than a step.
func (w *World) rise(ctx context.Context, m *member) error {
	before, of := coarse(m.positive, m.total)
	n := int64(20)
	for {
		after, total := coarse(m.positive+n, m.total+n)
		if after >= before && after*of >= before*total {
			return w.rate(ctx, m, n, n)
		}
		n++
	}
}

// toldTwice makes a member of whom two verifiers were told, the first of them twice. It returns the entries.
func (w *World) toldTwice(ctx context.Context) (*member, []entry, error) {
	i, err := w.imported(ctx, nil)
	if err != nil {
		return nil, nil, err
	}
	again, err := w.refreshed(ctx, i.verifier, i.told.refresh, i.asking())
	if err != nil {
		return nil, nil, err
	}
	other := w.verifier()
	elsewhere, err := w.tell(ctx, i.member, other, other.Ask(w.Issuer.Mechanism))
	if err != nil {
		return nil, nil, err
	}
	return i.member, []entry{i.told.entry, again.entry, elsewhere.entry}, nil
}

func (w *World) allRevoked(ctx context.Context) error {
	m, entries, err := w.toldTwice(ctx)
	if err != nil {
		return err
	}
	if err := w.suspend(ctx, m); err != nil {
		return err
	}
	for _, e := range entries {
		if err := w.bit(ctx, "each statement", e, true); err != nil {
			return err
		}
	}
	return nil
}

func (w *World) entriesApart(ctx context.Context) error {
	_, entries, err := w.toldTwice(ctx)
	if err != nil {
		return err
	}
	seen := map[entry]bool{}
	for _, e := range entries {
		if seen[e] {
			return subject.Wrong("an entry of its own for each statement", "%d of %s twice", e.index, e.list)
		}
		seen[e] = true
	}
	return nil
}
