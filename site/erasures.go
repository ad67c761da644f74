package site

import (
	"context"
	"errors"
	"fmt"

	"bonafide.example/internal/erasures"
	"bonafide.example/store"
)

// newErasures opens the journal of erasures.
func (s *Site) newErasures(ctx context.Context) (err error) {
	s.erased, err = erasures.Open(ctx, erasures.Config{Store: s.Store, File: s.Erasures, Now: s.Now})
	return err
}

// withdrawing enters in the journal that a badge was withdrawn.
func (s *Site) withdrawing(tx store.Tx, mechanism, member string) error {
	return s.erased.Note(tx, erasures.Badge, mechanism, member)
}

// hiding enters in the journal that a badge was taken off a public CV, or the CV ended.
func (s *Site) hiding(tx store.Tx, mechanism, member string) error {
	return s.erased.Note(tx, erasures.Public, mechanism, member)
}

// removingImport enters in the journal that its holder removed an import.
func (s *Site) removingImport(tx store.Tx, account, id string) error {
	return s.erased.Note(tx, erasures.Import, account, id)
}

// erasingAccount enters in the journal that what an account imported was erased, and erases what else is held on it.
func (s *Site) erasingAccount(tx store.Tx, account string) error {
	if err := s.erased.Note(tx, erasures.Account, account); err != nil || s.Issues {
		return err // the rest goes with the member, whom the issuer erases
	}
	return s.forget(tx, account)
}

// copyErasures brings the journal's file up to date once something was entered, before anybody is told that it is done. Where the file can't
// be written what was erased is erased all the same; Run tries again.
func (s *Site) copyErasures(ctx context.Context) {
	if err := s.erased.Copy(context.WithoutCancel(ctx)); err != nil {
		s.Log.Error("the journal of erasures lacks what was just erased: a backup of before would bring it back", "error", err)
	}
}

// keepErasures brings the journal's file up to date, once what the file has is done: a database may be put back while the site runs.
func (s *Site) keepErasures(ctx context.Context) error {
	return errors.Join(s.eraseAgain(ctx), s.erased.Copy(ctx))
}

// eraseAgain carries out what the journal's file has and the store lacks, since the store was put back to an earlier state. Nothing is
// served before.
func (s *Site) eraseAgain(ctx context.Context) error {
	missing, err := s.erased.Missing(ctx)
	if err != nil || len(missing) == 0 {
		return err
	}
	lacking := lacking{s, map[string]bool{}}
	for _, e := range missing {
		lacking.hashes[e.Hash] = true
	}
	deeds, err := lacking.deeds(ctx)
	if err != nil {
		return fmt.Errorf("looking for whom to erase again: %w", err)
	}
	for _, again := range deeds {
		if err := again(ctx); err != nil {
			return fmt.Errorf("erasing again what was erased: %w", err)
		}
	}
	s.Log.Info("the store was put back to an earlier state: what it had again of what was erased since is erased",
		"entries", len(missing), "found", len(deeds))
	return s.erased.Enter(ctx, missing)
}

// lacking is what a store lacks of the journal.
type lacking struct {
	*Site
	hashes map[string]bool
}

func (l lacking) has(deed erasures.Deed, of ...string) bool {
	return l.hashes[l.erased.Hash(deed, of...)]
}

// deeds returns what is to be done again. Whoever is named by anything that is held may be spoken of: nobody need be a member to consent
// to what was converted, nor to contest a status.
func (l lacking) deeds(ctx context.Context) (all []func(context.Context) error, err error) {
	err = l.Store.View(ctx, func(r store.Reader) error {
		all = nil
		seen := map[string]bool{} // of those who are spoken of
		look := func(id string) {
			if of := l.of(id); len(of) > 0 && !seen[id] {
				seen[id] = true
				all = append(all, of...)
			}
		}
		err := l.Complaints.EachHeld(r, look)
		if l.Issuer != nil {
			err = errors.Join(err, l.Issuer.EachHeld(r, look))
		}
		if l.Verifier != nil {
			err = errors.Join(err, l.Verifier.EachHeld(r, look), l.Verifier.EachImport(r, func(account, id string) {
				if l.has(erasures.Import, account, id) && !l.has(erasures.Account, account) {
					all = append(all, func(ctx context.Context) error { return l.Verifier.Remove(ctx, account, id) })
				}
			}))
		}
		return err
	})
	return all, err
}

// of returns what is to be done again of somebody.
func (l lacking) of(id string) (all []func(context.Context) error) {
	if l.Verifier != nil && l.has(erasures.Account, id) {
		all = append(all, func(ctx context.Context) error { return l.Verifier.Erase(ctx, id) })
	}
	if l.Issuer == nil {
		return all
	}
	if l.has(erasures.Member, id) {
		return append(all, func(ctx context.Context) error { return l.Issuer.Erase(ctx, id) })
	}
	for _, slug := range l.Issuer.Slugs() {
		if l.has(erasures.Badge, slug, id) {
			all = append(all, func(ctx context.Context) error { return l.Issuer.WithdrawBadge(ctx, slug, id) })
		}
		if l.has(erasures.Public, slug, id) {
			all = append(all, func(ctx context.Context) error { return l.Issuer.Hide(ctx, slug, id) })
		}
	}
	if l.has(erasures.Public, "", id) {
		all = append(all, func(ctx context.Context) error { return l.Issuer.EndCV(ctx, id) })
	}
	return all
}
