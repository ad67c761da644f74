package issuer

import (
	"context"
	"fmt"
	"strings"
	"time"

	"bonafide.example/conformance/subject"
	"bonafide.example/conformance/wire"
)

const (
	credentialMedia = "application/vc+jwt"
	credentialType  = "vc+jwt"
)

// badge is what a badge says: one issue of it.
type badge struct {
	address string
	payload wire.Object
	entry   entry
	nbf     int64
}

// badge reads the badge at an address, verified.
func (w *World) badge(ctx context.Context, address string) (*badge, error) {
	x, err := w.get(ctx, address+".jwt", "")
	if err = first(err, served(x, credentialMedia)); err != nil {
		return nil, err
	}
	token, err := w.opened(ctx, string(x.Body), credentialType, subject.MaxToken)
	if err != nil {
		return nil, err
	}
	b := &badge{address: address, payload: token.Payload}
	if b.entry, err = w.readEntry(b.payload["credentialStatus"]); err != nil {
		return nil, err
	}
	b.nbf, err = wire.Int(b.payload, "nbf")
	return b, err
}

// published publishes the member's badge and reads it.
func (w *World) published(ctx context.Context, m *member) (*badge, error) {
	address, err := w.publish(ctx, m)
	if err != nil {
		return nil, err
	}
	return w.badge(ctx, address)
}

// shown makes a good member with a badge.
func (w *World) shown(ctx context.Context) (*member, *badge, error) {
	m, err := w.good(ctx)
	if err != nil {
		return nil, nil, err
	}
	b, err := w.published(ctx, m)
	return m, b, err
}

// results returns what a badge's results say, by fragment; several of one fragment are joined by a space.
func (b *badge) results() map[string]string {
	said := map[string]string{}
	mechanism := wire.Text(b.payload, "credentialSubject", "achievement", "id")
	for _, result := range array(b.payload, "credentialSubject", "result") {
		fragment, ok := strings.CutPrefix(wire.Text(result, "resultDescription"), mechanism+"#")
		if !ok {
			continue
		}
		value := wire.Text(result, "value")
		if level, ok := strings.CutPrefix(wire.Text(result, "achievedLevel"), mechanism+"#"); ok {
			value = level
		}
		said[fragment] = strings.TrimSpace(said[fragment] + " " + value)
	}
	return said
}

// states is a fault unless the badge says what the suite computes of the member.
func (w *World) states(b *badge, m *member) error {
	said, level := b.results(), w.rule.level(m.positive, m.total)
	return first(
		equal("the result level", level, said["level"]),
		equal("the result earned-level", level, said["earned-level"]),
		equal("the result kind", "earned", said["kind"]),
		equal("the result "+w.rule.measure+"-positive", fmt.Sprint(m.positive), said[w.rule.measure+"-positive"]),
		equal("the result "+w.rule.measure+"-total", fmt.Sprint(m.total), said[w.rule.measure+"-total"]),
		equal("the result source", w.Origin, said["source"]),
		w.today("the result as-of", said["as-of"]),
	)
}

// today is a fault unless a day is that of the site's clock, or was a minute ago.
func (w *World) today(what, day string) error {
	now := w.Now()
	return that(day == now.Format(time.DateOnly) || day == now.Add(-leeway).Format(time.DateOnly), what+": "+now.Format(time.DateOnly), "%q", day)
}
