package issuer

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"bonafide.example/conformance/subject"
	"bonafide.example/conformance/wire"
)

func (w *World) levels() []subject.Check {
	return []subject.Check{
		check("level/reached", "Each level is reached where the share is met exactly, at totals at which floats err.", w.levelReached, "BF-ISSUER-10"),
		check("level/missed", "One positive event less, and it isn't.", w.levelMissed, "BF-ISSUER-10"),
		check("level/min-total", "Below the least total there is no level, at it there is.", w.levelMinTotal, "BF-ISSUER-10"),
		check("level/window", "A measure counts its window of days, today included, and nothing older.", w.levelWindow, "BF-ISSUER-11"),
		check("level/order", "Events come to the same status in whatever order they arrive.", w.levelOrder, "BF-ISSUER-7"),
		check("level/version", "A status names the version of the mechanism under which it was computed.", w.levelVersion, "BF-ISSUER-12"),
		check("level/highest", "A level earned is shown as earned.", w.levelEarned, "BF-ISSUER-42"),
	}
}

// comesTo is a fault unless the status held on the member is what the suite computes.
func (w *World) comesTo(ctx context.Context, m *member) error {
	status, err := w.status(ctx, m)
	if err != nil {
		return err
	}
	level := any(nil)
	if id := w.rule.level(m.positive, m.total); id != "" {
		level = id
	}
	what := fmt.Sprintf(" of %d of %d", m.positive, m.total)
	return first(equal("the level"+what, level, status["level"]), equal("the earned_level"+what, level, status["earned_level"]), w.measured(status, m.positive, m.total))
}

// measured is a fault unless the measures of a status are that of the rule, as due.
func (w *World) measured(status wire.Object, positive, total int64) error {
	for _, measure := range array(status, "measures") {
		if wire.Text(measure, "id") == w.rule.measure {
			return first(equal("positive", json.Number(fmt.Sprint(positive)), wire.At(measure, "positive")), equal("total", json.Number(fmt.Sprint(total)), wire.At(measure, "total")))
		}
	}
	return that(total == 0, fmt.Sprintf("the measure %s: %d of %d", w.rule.measure, positive, total), "%v", status["measures"])
}

// tried makes a member of so many events and looks what they come to.
func (w *World) tried(ctx context.Context, positive, total int64) error {
	m, err := w.rated(ctx, positive, total)
	if err != nil {
		return err
	}
	return w.comesTo(ctx, m)
}

func (w *World) levelReached(ctx context.Context) error {
	for _, s := range w.rule.shares {
		total := s.trap(w.rule.minTotal)
		if err := w.tried(ctx, s.least(total), total); err != nil {
			return err
		}
	}
	return nil
}

func (w *World) levelMissed(ctx context.Context) error {
	for _, s := range w.rule.shares {
		total := s.trap(w.rule.minTotal)
		if err := w.tried(ctx, s.least(total)-1, total); err != nil {
			return err
		}
	}
	return nil
}

func (w *World) levelMinTotal(ctx context.Context) error {
	least := w.rule.minTotal
	m, err := w.rated(ctx, least-1, least-1)
	if err != nil {
		return err
	}
	if least > 1 { // else nothing was recorded, and the member isn't known
		if err := w.comesTo(ctx, m); err != nil {
			return err
		}
	}
	return steps(func() error { return w.rate(ctx, m, 1, 1) }, func() error { return w.comesTo(ctx, m) })
}

func (w *World) levelWindow(ctx context.Context) error {
	m, err := w.rated(ctx, w.rule.minTotal, w.rule.minTotal)
	if err != nil {
		return err
	}
	ages := map[int]bool{10 * 366: true} // in days, and whether such an event counts
	if days := int(w.rule.windowDays); days > 0 {
		ages = map[int]bool{days - 1: true, days: false}
	}
	for age, counts := range ages {
		event := w.event(m, true)
		event["at"] = w.Now().AddDate(0, 0, -age).Format(time.RFC3339)
		if err := w.record(ctx, event); err != nil {
			return err
		}
		if counts {
			m.positive, m.total = m.positive+1, m.total+1
		}
		if err := w.comesTo(ctx, m); err != nil {
			return err
		}
	}
	return nil
}

func (w *World) levelOrder(ctx context.Context) error {
	var statuses []wire.Object
	for _, backwards := range []bool{false, true} {
		m, err := w.account(ctx)
		if err != nil {
			return err
		}
		var events []wire.Object
		total := max(20, w.rule.minTotal)
		for n := range total {
			event := w.event(m, n != total/3)
			event["at"] = w.Now().Add(-time.Duration(total-n) * 24 * time.Hour).Format(time.RFC3339)
			events = append(events, event)
		}
		if backwards {
			slices.Reverse(events)
		}
		for half := range slices.Chunk(events, len(events)/2+1) {
			if err := w.record(ctx, half...); err != nil {
				return err
			}
		}
		m.positive, m.total = total-1, total
		if err := w.comesTo(ctx, m); err != nil {
			return err
		}
		status, err := w.status(ctx, m)
		if err != nil {
			return err
		}
		statuses = append(statuses, status)
	}
	for _, field := range []string{"level", "earned_level", "since", "state", "kind"} {
		if err := equal(field+", as of the other order", statuses[0][field], statuses[1][field]); err != nil {
			return err
		}
	}
	return equal("measures, as of the other order", fmt.Sprint(statuses[0]["measures"]), fmt.Sprint(statuses[1]["measures"]))
}

func (w *World) levelVersion(ctx context.Context) error {
	m, err := w.good(ctx)
	if err != nil {
		return err
	}
	status, err := w.status(ctx, m)
	return first(err,
		equal("version", w.rule.mechanism["version"], status["version"]), equal("context", w.rule.mechanism["context"], status["context"]))
}

func (w *World) levelEarned(ctx context.Context) error {
	m, err := w.good(ctx)
	if err != nil {
		return err
	}
	status, err := w.status(ctx, m)
	return first(err, equal("kind", "earned", status["kind"]), equal("state", "current", status["state"]), w.today("as_of", wire.Text(status, "as_of")))
}

// toFall returns how many events that aren't positive take the member's level down.
func (w *World) toFall(m *member) int64 {
	now := w.rule.level(m.positive, m.total)
	n := int64(1)
	for w.rule.level(m.positive, m.total+n) == now {
		n++
	}
	return n
}

// toRise returns how many positive events bring the member's level up.
func (w *World) toRise(m *member) int64 {
	now := w.rule.level(m.positive, m.total)
	n := int64(1)
	for w.rule.level(m.positive+n, m.total+n) == now {
		n++
	}
	return n
}

// modest returns a member who hasn't reached the highest level, if there are two, or else any.
func (w *World) modest(ctx context.Context) (*member, error) {
	if len(w.rule.shares) == 1 {
		return w.rated(ctx, w.rule.minTotal-1, w.rule.minTotal)
	}
	total := max(20, w.rule.minTotal)
	return w.rated(ctx, w.rule.shares[0].least(total), total)
}
