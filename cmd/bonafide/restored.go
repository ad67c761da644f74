package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"bonafide.example"
	"bonafide.example/internal/erasures"
	"bonafide.example/internal/publiclog"
	"bonafide.example/store"
)

// tellRestored says what the site will do about what happened between the backup and the loss, and what its operator must. All of it is
// told although a file can't be read: a store is restored once.
func (e *env) tellRestored(ctx context.Context, restored store.Store, s *settings, of time.Time) error {
	e.tell(`
All that the site had signed is revoked; badges are issued anew once it runs. Consents have ended, and so have links to
vouch that were open and all referrals to other sites: who made them sees why, and makes new ones.
`)
	err := errors.Join(e.tellErasures(ctx, restored, s, of), e.tellLog(ctx, restored, s, of))
	e.tell(`
Before you run bonafide serve, do again what nobody but you can know: suspend or restore the members whom you suspended or
restored since, report again faults, decide complaints and cancel events of since. Send events again, all that may be
missing: those that are known change nothing. Leave out those of members who were erased: by what they did since the
backup they would come back.`)
	return err
}

// tellErasures says who stays erased, and of whom that isn't known.
func (e *env) tellErasures(ctx context.Context, restored store.Store, s *settings, of time.Time) error {
	file := s.beside("erasures.json")
	ahead, err := erasures.Compare(ctx, restored, file)
	switch {
	case err != nil:
		return err
	case !ahead.Found:
		e.tell(`ERASED MEMBERS: there is no journal of erasures at %s. Who was erased since %s
comes back, and so does each badge that was withdrawn or hidden, and each import that was removed. If any server has
that file beside its keys, copy it there before you serve the site; otherwise erase them again.`, file, instantOf(of))
	case !ahead.Keyed && len(ahead.Entries) > 0:
		e.tell(`ERASED MEMBERS: the backup is from before there was a journal of erasures, so that %s tells nothing of
it. Who was erased since %s comes back, and so does each badge that was withdrawn or hidden, and each
import that was removed: erase them again before you serve the site.`, file, instantOf(of))
	default:
		e.tell(`Erased members: the journal at %s has %d entries that the backup lacks, of who was erased and of
badges and imports that were withdrawn, hidden or removed; bonafide serve carries them out again before anything is
served. It reaches to %s: erase again who was erased later. If another server's journal reaches further, put that one there.`, file, len(ahead.Entries), instantOf(ahead.Until))
	}
	return nil
}

// tellLog says how the public log goes on.
func (e *env) tellLog(ctx context.Context, restored store.Store, s *settings, of time.Time) error {
	file := s.beside("checkpoint")
	b, err := publiclog.Compare(ctx, restored, publiclog.File(file), bonafide.Origin(s.Origin))
	switch {
	case errors.Is(err, publiclog.ErrOlder):
		e.tell("THE PUBLIC LOG: %v. %s", err, s.logForgotten())
	case err != nil:
		return err
	case b.Signed == 0:
		e.tell(`The public log goes on from its %d entries of %s. No later checkpoint is remembered at %s: sites
that saw more of the log wait until they have approved of it (bonafide verifier approve %s --log).`, b.Has, instantOf(of), file, s.Origin)
	case b.Signed <= b.Has:
		e.tell("The public log has all that the site is known to have signed.")
	case b.Copied:
		e.tell(`The public log lacks %d of the %d entries that the site signed; bonafide serve enters them again from their copy
beside the keys, and nobody will notice.`, b.Signed-b.Has, b.Signed)
	default:
		e.tell(`THE PUBLIC LOG lacks %d of the %d entries that the site signed, and %s.entries, their copy, hasn't
them. Put it there from another server's keys, if one has it. %s`, b.Signed-b.Has, b.Signed, file, s.logForgotten())
	}
	return nil
}

// logForgotten says how to go on with a log that isn't what it was.
func (s *settings) logForgotten() string {
	return `Otherwise bonafide serve refuses the store until you have run

  rm ` + s.beside("checkpoint") + `

and sites that remember the log take nothing new from this one until their operators have looked and run

  bonafide verifier approve ` + s.Origin + ` --log

Tell them why, by another way than this site.`
}

// instantOf writes an instant to the second.
func instantOf(at time.Time) string { return at.UTC().Format("2006-01-02 15:04:05Z") }

// tell says something of several lines.
func (e *env) tell(format string, args ...any) {
	for line := range strings.SplitSeq(fmt.Sprintf(format, args...), "\n") {
		say(e.stdout, "%s", line)
	}
}
