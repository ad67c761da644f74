package site

import (
	"context"
	"time"

	"bonafide.example/store"
	"golang.org/x/sync/errgroup"
)

// hearEvery is how often the server that leads looks whether another left it something to do at once.
const hearEvery = 500 * time.Millisecond

// lead runs the site while this server leads.
func (s *Site) lead(ctx context.Context) error {
	s.Log.Info("this server does what falls due")
	defer s.Log.Info("this server no longer does what falls due")
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error { return s.run(ctx) })
	group.Go(func() error { return s.hear(ctx) })
	return group.Wait()
}

// hear wakes what runs here for what the other servers leave to it. What only needs to be done some time they don't tell: the
// looks at fixed intervals find it.
func (s *Site) hear(ctx context.Context) error {
	ticks := time.NewTicker(hearEvery)
	defer ticks.Stop()
	marker, marked := s.Store.(store.Marker)
	var last uint64
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-ticks.C:
		}
		var mark uint64
		if marked {
			if mark = marker.Mark(); mark == last {
				continue
			}
		}
		switch err := s.wake(ctx); {
		case err == nil:
			last = mark
		case ctx.Err() == nil:
			s.Log.Warn("what other servers left is done later", "error", err)
		}
	}
}

// wake wakes the roles that have something to do at once.
func (s *Site) wake(ctx context.Context) error {
	if s.Issuer != nil {
		if waiting, err := s.Issuer.Waiting(ctx); err != nil {
			return err
		} else if waiting {
			s.Issuer.WakeUp()
		}
	}
	if s.Verifier != nil {
		if waiting, err := s.Verifier.Waiting(ctx); err != nil {
			return err
		} else if waiting {
			s.Verifier.WakeUp()
		}
	}
	return nil
}
