package faults

import (
	"fmt"
	"math/rand/v2"
	"time"

	"bonafide.example"
	"bonafide.example/internal/fetch"
	"github.com/stretchr/testify/require"
)

const (
	workers = 6
	before  = 40              // promises that the load makes before the fault comes, and up to as many more
	again   = 25              // promises after which a site counts as answering again
	limit   = 2 * time.Minute // within which it must, and what follows must be done
)

// round has members work, injects the fault, and has them go on; then it injects the fault once more just when somebody's
// fault is final, of which everything follows. It returns what is wrong then.
func (w *world) round(b *book, inject func(*world)) (wrong []string) {
	w.rounds++
	b.rounds++
	name := fmt.Sprintf("r%d", w.rounds)
	w.wrong = nil
	judge := &worker{world: w, book: b, name: name + "-judge"}
	fall := judge.rise("fallen-" + name)
	stop := w.load(b, name, workers)
	w.await(b, before+rand.IntN(before))
	inject(w)
	if !w.await(b, again) {
		wrong = append(wrong, "it doesn't answer again")
	}
	stop()
	if !fall.stands(w) {
		wrong = append(wrong, "no badge says what was earned")
	}
	if !judge.fault(fall.member, "fraud") {
		wrong = append(wrong, fmt.Sprintf("a fault can't be reported, contested and found: %v", b.codes))
	}
	inject(w)
	wrong = append(append(wrong, w.wrong...), w.settled(b)...)
	if len(wrong) == 0 {
		wrong = fall.seen(w)
	}
	if n := len(b.unclear); n > 0 {
		wrong = append(wrong, fmt.Sprintf("%d answers tell nothing, such as: %s", n, b.unclear[0]))
	}
	return wrong
}

// await waits for so many more promises, and tells whether they came in time.
func (w *world) await(b *book, more int) bool {
	deadline := time.After(limit)
	for until := b.kept() + more; b.kept() < until; {
		select {
		case <-b.came:
		case <-deadline:
			return false
		}
	}
	return true
}

// settled waits until all has been done that follows from what was acknowledged, and returns what is lost, and what is
// still half applied in the end.
func (w *world) settled(b *book) (wrong []string) {
	var h *held
	for deadline := time.Now().Add(limit); ; time.Sleep(100 * time.Millisecond) {
		var err error
		if h, err = w.look(); err != nil {
			wrong = []string{err.Error()}
		} else if wrong = w.torn(h); len(wrong) == 0 {
			break
		}
		if time.Now().After(deadline) {
			b.torn += len(wrong)
			break
		}
	}
	if h == nil {
		return wrong
	}
	lost := h.lost(b.promises)
	b.lost += len(lost)
	return append(wrong, lost...)
}

// fall is that of a member who had just earned a level, and whose badge said so.
type fall struct {
	member, address string
	entry           bonafide.StatusEntry
}

// rise has a new member earn the first level, and publish a badge.
func (w *worker) rise(member string) fall {
	for range 3 {
		require.True(w.t, w.deed(member), w.book.codes)
	}
	require.Eventually(w.t, func() bool { return w.badge(member) }, limit, 20*time.Millisecond, "no badge is published")
	w.vouch(memberName(0), member, 20)
	return fall{member: member}
}

// stands waits until the member's badge says what was earned, and keeps which issue does: one of before may have been renewed. It
// tells whether one does in time.
func (f *fall) stands(w *world) bool {
	for deadline := time.Now().Add(limit); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		h, err := w.look()
		if err != nil {
			continue
		}
		peers, err := fetch.New(fetch.Config{Local: true})
		require.NoError(w.t, err)
		f.address = h.members[f.member].Badges[0].Address
		said, err := w.said(peers, f.address)
		f.entry = said.entry
		if err == nil && said.status.Level == w.mechanism.Levels[0].ID {
			return true
		}
	}
	return false
}

// seen returns what is wrong if the badge doesn't say that its holder has fallen, and what said more isn't revoked.
func (f fall) seen(w *world) (wrong []string) {
	peers, err := fetch.New(fetch.Config{Local: true})
	if err != nil {
		return []string{err.Error()}
	}
	revoked, err := w.revoked(peers, f.entry)
	if err != nil || !revoked {
		wrong = append(wrong, fmt.Sprintf("%s fell, and what said more isn't revoked (%v)", f.member, err))
	}
	said, err := w.said(peers, f.address)
	if err != nil || said.status.Level != "" || said.entry == f.entry {
		wrong = append(wrong, fmt.Sprintf("%s fell, and the badge says %v (%v)", f.member, said.status, err))
	}
	return wrong
}
