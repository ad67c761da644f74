package demo

import (
	"context"
	"path"
	"time"

	"bonafide.example"
	"bonafide.example/vouching/court"
)

// StandBehindBob lets Alice, Dave and Erin stand behind Bob at bazar, as in the worked example of the spec.
func (w *World) StandBehindBob(ctx context.Context) error {
	for _, voucher := range []bonafide.Account{alice, dave, erin} {
		if err := w.vouch(ctx, voucher, bob, 2, 60); err != nil {
			return err
		}
	}
	return w.RunDue(ctx)
}

// StandBehindCarol lets Bob earn the level that he was vouched for, and then him and Dave stand behind Carol.
func (w *World) StandBehindCarol(ctx context.Context) error {
	if err := w.Help(ctx, bob.ID, 400/helpPoints); err != nil {
		return err
	}
	if err := w.vouch(ctx, bob, carol, 1, 40); err != nil {
		return err
	}
	if err := w.vouch(ctx, dave, carol, 1, 15); err != nil {
		return err
	}
	return w.RunDue(ctx)
}

// vouch lets one offer a link, and the other accept it.
func (w *World) vouch(ctx context.Context, voucher, vouchee bonafide.Account, level int, stake int64) error {
	link, err := w.Bazar.Desk.Offer(ctx, voucher, "neighbour", level, stake)
	if err != nil {
		return err
	}
	return w.Bazar.Desk.Accept(ctx, vouchee, path.Base(link.Link))
}

// Accuse has a site report that one of its members committed a fault a minute ago.
func (w *World) Accuse(ctx context.Context, at *Place, mechanism, member, class string) (court.Case, error) {
	occurred := bonafide.SecondsOf(w.Clock.Now())
	w.Clock.Advance(time.Minute)
	return at.Court.Report(ctx, court.Report{
		Mechanism: mechanism, Member: member, Class: class, Occurred: occurred, Words: "Two bills of last month are open.",
	})
}

// againstCarol returns the newest case against Carol at bazar.
func (w *World) againstCarol(ctx context.Context) (newest court.Case, err error) {
	cases, err := w.Bazar.Court.Cases(ctx, "")
	for _, k := range cases {
		if k.Member == carol.ID && k.Reported > newest.Reported {
			newest = k
		}
	}
	if err == nil && newest.ID == "" {
		err = bonafide.Errorf(bonafide.NotFound, carol.Name, "hasn't been reported for anything yet")
	}
	return newest, err
}

// Contest has Carol contest what she was last reported for.
func (w *World) Contest(ctx context.Context) error {
	k, err := w.againstCarol(ctx)
	if err != nil {
		return err
	}
	_, err = w.Bazar.Court.Appeal(ctx, carol.ID, k.ID, "The bills never came.")
	return err
}

// Decide has bazar's arbiter rule on what Carol was last reported for.
func (w *World) Decide(ctx context.Context, decision bonafide.Decision) error {
	k, err := w.againstCarol(ctx)
	if err != nil {
		return err
	}
	if _, err := w.Bazar.Court.Decide(ctx, k.ID, decision, "", reasons); err != nil {
		return err
	}
	return w.RunDue(ctx)
}

// reasons are what arbiters give for whatever they decide.
const reasons = "Both sides were heard."
