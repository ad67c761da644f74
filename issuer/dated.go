package issuer

import (
	"time"

	"bonafide.example"
	"bonafide.example/store"
)

// A clock that was ahead leaves badges that nobody takes before their dates. Once it is right the last issue of each is revoked and
// issued anew (one that a rise had replaced meanwhile runs out, as always), and so are those of the last hours if the clock is behind instead.

// datedEvery is how much later a badge must begin than what is kept as the latest for it to be kept in its place.
const datedEvery = bonafide.Leeway / 2

// datedKey holds from when the latest badge is valid, give or take [datedEvery].
func datedKey() []byte { return store.Key("i", "dated") }

// isAhead tells whether what is valid from an instant is taken by nobody yet: the clock that dated it was ahead of now.
func isAhead(from, now time.Time) bool { return from.After(now.Add(bonafide.Leeway)) }

// begins returns from when the next issue of a badge is valid: now, but after the last one unless that is taken by nobody.
func begins(now time.Time, last *issue) time.Time {
	if last == nil || isAhead(last.ValidFrom, now) {
		return now
	}
	return later(now, last.ValidFrom)
}

// date has the issue valid from an instant on.
func (o *issue) date(from time.Time) { o.ValidFrom, o.ValidUntil = from, from.Add(badgeLife) }

// noteDated keeps from when the latest of the jobs is valid, if that is news, and returns what is kept, which the next call is to
// know once this one's transaction is committed. The store is asked about it twice a minute at most.
func (i *Issuer) noteDated(tx store.Tx, jobs []job) (kept time.Time, err error) {
	from := jobs[0].issue.ValidFrom
	for _, j := range jobs {
		from = latest(from, j.issue.ValidFrom)
	}
	if known := i.dated.Load(); known != nil && from.Sub(*known).Abs() < datedEvery {
		return *known, nil
	}
	if kept, _, err = store.GetJSON[time.Time](tx, datedKey()); err != nil || !from.After(kept) {
		return kept, err
	}
	return from, store.PutJSON(tx, datedKey(), from)
}
