package site

import (
	"context"
	"errors"
	"time"

	"bonafide.example/store"
	"golang.org/x/sync/errgroup"
)

// lookAgain is how often it is looked what was done to the keys, and what has fallen due in complaints, cases, referrals and
// vouches.
const lookAgain = 15 * time.Second

// LeadName is the name under which one of several servers on a store leads ([store.Leader]).
const LeadName = "run"

// Run does in the background what follows from events and from time, until ctx is done. Of several servers on one store
// one does so; another takes over when it ends or dies. Each looks after its own keys,
// and its own copy of the journal of erasures.
func (s *Site) Run(ctx context.Context) error {
	group, running := errgroup.WithContext(ctx)
	group.Go(func() error { return s.repeat(running, s.refreshKeys) })
	group.Go(func() error { return s.repeat(running, s.keepErasures) })
	group.Go(func() error {
		leader, shared := s.Store.(store.Leader)
		if !shared {
			return s.run(running)
		}
		return leader.Lead(running, LeadName, s.lead)
	})
	if err := group.Wait(); ctx.Err() == nil {
		return err
	}
	return nil
}

func (s *Site) run(ctx context.Context) error {
	group, ctx := errgroup.WithContext(ctx)
	if s.Issuer != nil {
		group.Go(func() error { return s.Issuer.Run(ctx) })
	}
	if s.Verifier != nil {
		group.Go(func() error { return s.Verifier.Run(ctx) })
	}
	group.Go(func() error { return s.repeat(ctx, s.runDeadlines) })
	return group.Wait()
}

// repeat does something now and whenever it is looked again, until ctx is done.
func (s *Site) repeat(ctx context.Context, do func(context.Context) error) error {
	ticks := time.NewTicker(lookAgain)
	defer ticks.Stop()
	for {
		if err := do(ctx); err != nil && ctx.Err() == nil {
			s.Log.Error("what is due is done later", "error", err)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-ticks.C:
		}
	}
}

// runDeadlines does what is due in complaints, the public log, cases, referrals and vouches. One that fails holds up no
// other.
func (s *Site) runDeadlines(ctx context.Context) error {
	err := errors.Join(s.Complaints.RunDue(ctx), s.enterLists(ctx))
	if s.Desk == nil {
		return err
	}
	return errors.Join(err, s.Court.RunDue(ctx), s.Refer.RunDue(ctx), s.Desk.RunDue(ctx))
}

// RunDue does at once everything that is due now.
func (s *Site) RunDue(ctx context.Context) error {
	if err := errors.Join(s.refreshKeys(ctx), s.keepErasures(ctx), s.runDeadlines(ctx)); err != nil {
		return err
	}
	if s.Issuer != nil {
		if err := s.Issuer.RunDue(ctx); err != nil {
			return err
		}
	}
	if s.Verifier != nil {
		return s.Verifier.RunDue(ctx)
	}
	return nil
}
