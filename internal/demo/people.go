package demo

import (
	"context"
	"fmt"
	"slices"
	"time"

	"bonafide.example"
	"bonafide.example/issuer"
	"bonafide.example/store"
)

// The world's people, under the same id at every site. A real site would choose its own.
var (
	alice = bonafide.Account{ID: "alice", Name: "Alice", Since: "2019-03"}
	bob   = bonafide.Account{ID: "bob", Name: "Bob", Since: "2024-06"}
	carol = bonafide.Account{ID: "carol", Name: "Carol", Since: "2026-02"}
	dave  = bonafide.Account{ID: "dave", Name: "Dave", Since: "2020-09"}
	erin  = bonafide.Account{ID: "erin", Name: "Erin", Since: "2018-11"}

	people = []bonafide.Account{alice, bob, carol, dave, erin}
)

// settle gives the people their past: Alice and Bob sold at bazar, the neighbours there helped one another as
// in the worked example, Dave lent tools at outils. It publishes everyone's badges.
func (w *World) settle(ctx context.Context) (err error) {
	if err := w.remember(ctx, alice.ID, 3*365*24*time.Hour, 412, 5); err != nil {
		return err
	}
	if err := w.remember(ctx, bob.ID, 200*24*time.Hour, 27, 3); err != nil {
		return err
	}
	for id, points := range map[string]int{alice.ID: 1040, dave.ID: 1000, erin.ID: 1200} {
		if err := w.Help(ctx, id, points/helpPoints); err != nil {
			return err
		}
	}
	if err := w.crowd(ctx); err != nil {
		return err
	}
	if err := w.Lend(ctx, dave.ID, 30); err != nil {
		return err
	}
	if w.Alice, err = w.Bazar.Issuer.PublishBadge(ctx, "seller", alice.ID, alice.Name); err != nil {
		return err
	}
	if w.Bob, err = w.Bazar.Issuer.PublishBadge(ctx, "seller", bob.ID, bob.Name); err != nil {
		return err
	}
	return w.publishNeighbours(ctx)
}

func (w *World) publishNeighbours(ctx context.Context) error {
	w.Neighbours = map[string]string{}
	for _, of := range people {
		if err := w.Bazar.stores[0].Update(ctx, func(tx store.Tx) error { return w.Bazar.Issuer.Know(tx, of) }); err != nil {
			return err
		}
		badge, err := w.Bazar.Issuer.PublishBadge(ctx, "neighbour", of.ID, of.Name)
		if err != nil {
			return err
		}
		w.Neighbours[of.Name] = badge
	}
	return nil
}

// Rate lets buyers at bazar rate a member: so many times well and so many times badly.
func (w *World) Rate(ctx context.Context, member string, good, bad int) error {
	var events []issuer.Event
	for i := range good + bad {
		events = append(events, rating(member, i, w.Clock.Now(), i < good))
	}
	_, err := w.Bazar.Issuer.Record(ctx, events...)
	return err
}

// Help lets a member help neighbours at bazar, so many times.
func (w *World) Help(ctx context.Context, member string, times int) error {
	return w.happen(ctx, w.Bazar, "neighbour", "help", member, times)
}

// Lend lets a member lend tools at outils, so many times.
func (w *World) Lend(ctx context.Context, member string, times int) error {
	return w.happen(ctx, w.Outils, "member", "loan", member, times)
}

// happen records at a site that something happened to a member so many times just now.
func (w *World) happen(ctx context.Context, at *Place, mechanism, kind, member string, times int) error {
	now := w.Clock.Now()
	events := make([]issuer.Event, times)
	for i := range events {
		id := fmt.Sprintf("%s-%s-%d-%d", kind, member, now.UnixNano(), i)
		events[i] = issuer.Event{ID: id, Member: member, Mechanism: mechanism, Kind: kind, At: now}
	}
	_, err := at.Issuer.Record(ctx, events...)
	return err
}

// remember gives a member a past at bazar: ratings at even distances until now, the bad ones among them.
func (w *World) remember(ctx context.Context, member string, since time.Duration, good, bad int) error {
	all, now := good+bad, w.Clock.Now()
	var events []issuer.Event
	for i := range all {
		at := now.Add(-since / time.Duration(all) * time.Duration(all-i))
		events = append(events, rating(member, i, at, (i+1)*bad/all == i*bad/all))
	}
	// A level is held since the events that gave it were told, so they are told as they came.
	for some := range slices.Chunk(events, 1+all/20) {
		if _, err := w.Bazar.Issuer.Record(ctx, some...); err != nil {
			return err
		}
	}
	return nil
}

// crowd lets other people sell at bazar, so many that shares of them can be told: each was rated twenty times, some of them
// badly. They have no badge and never sign in.
func (w *World) crowd(ctx context.Context) error {
	var events []issuer.Event
	for seller := range 60 {
		bad := seller % 6 // of twenty
		for i := range 20 {
			at := w.Clock.Now().AddDate(0, 0, -seller-i)
			events = append(events, rating(fmt.Sprintf("seller-%d", seller), i, at, i >= bad))
		}
	}
	_, err := w.Bazar.Issuer.Record(ctx, events...)
	return err
}

// rating is one buyer's rating of a member; n tells it from others at the same instant.
func rating(member string, n int, at time.Time, positive bool) issuer.Event {
	return issuer.Event{
		ID: fmt.Sprintf("%s-%d-%d", member, at.UnixNano(), n), Member: member, Mechanism: "seller", Kind: "rating", Positive: &positive, At: at,
	}
}
