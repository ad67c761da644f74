package faults

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/url"
	"sync"
	"time"

	"bonafide.example"
	"bonafide.example/internal/web"
	"bonafide.example/issuer"
	"bonafide.example/vouching/court"
	"bonafide.example/vouching/desk"
)

// promise is something that a site acknowledged.
type promise struct {
	what   string // deed, badge, vouch, withdrawal, import, or the state that a case came to
	id     string // of the deed, the vouch or the case
	member string // whose badge or import it is
}

// book keeps what was tried and how it was answered.
type book struct {
	mu         sync.Mutex
	tries      int
	refused    int      // with a code of the protocol, or a page that says why
	unanswered int      // the connection broke, or there was none
	unclear    []string // answers that nobody could make sense of
	lost, torn int      // what was found so
	rounds     int
	codes      map[bonafide.Code]int
	promises   []promise
	came       chan struct{} // told of each promise, if anybody waits
}

func newBook() *book { return &book{codes: map[bonafide.Code]int{}, came: make(chan struct{}, 1)} }

// note notes an answer, and tells whether it was an acknowledgement.
func (b *book) note(p promise, err error) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.tries++
	var told *bonafide.Error
	var unheard *url.Error
	switch {
	case err == nil:
		b.promises = append(b.promises, p)
		select {
		case b.came <- struct{}{}:
		default:
		}
	case errors.As(err, &unheard), errors.Is(err, errNobody):
		b.unanswered++
	case errors.As(err, &told) && told.Code != bonafide.Internal:
		b.refused++
		b.codes[told.Code]++
	default:
		b.refused++
		b.unclear = append(b.unclear, err.Error())
	}
	return err == nil
}

// kept returns how many promises there are.
func (b *book) kept() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return len(b.promises)
}

// worker does one thing after the other, as members, arbiters and the administrator do.
type worker struct {
	*world
	book    *book
	name    string
	done    int
	vouches []string // given by it, and not withdrawn
	final   []string // cases that it brought to an end, and that weren't reversed
	client  *web.AdminClient
}

// load has so many workers work until the function returned is called.
func (w *world) load(b *book, round string, workers int) (stop func()) {
	ctx, cancel := context.WithCancel(context.Background())
	var group sync.WaitGroup
	for n := range workers {
		one := &worker{world: w, book: b, name: fmt.Sprintf("%s-%d", round, n)}
		group.Go(func() {
			for ctx.Err() == nil {
				one.work()
			}
		})
	}
	return func() { cancel(); group.Wait() }
}

func (w *worker) id() string {
	w.done++
	return fmt.Sprintf("%s-%d", w.name, w.done)
}

func anybody() string { return memberName(rand.IntN(population)) }

func (w *worker) work() {
	switch n := rand.IntN(100); {
	case n < 30:
		w.deed(anybody())
	case n < 40:
		w.badge(anybody())
	case n < 55:
		w.vouch(memberName(rand.IntN(vouchers)), anybody(), 10+rand.Int64N(50))
	case n < 63 && len(w.vouches) > 0:
		id := takeOne(&w.vouches)
		w.tell(promise{what: "withdrawal", id: id}, web.AdminPath("vouches", slug, id, "withdraw"), nil)
	case n < 75:
		w.fault(anybody(), "late")
	case n < 80 && len(w.final) > 0:
		id := takeOne(&w.final)
		w.rule("reversed", id, bonafide.Reverse)
	default:
		w.imports(anybody())
	}
}

// takeOne takes any one out.
func takeOne(all *[]string) string {
	n, last := rand.IntN(len(*all)), len(*all)-1
	one := (*all)[n]
	(*all)[n], *all = (*all)[last], (*all)[:last]
	return one
}

func (w *worker) deed(member string) bool {
	e := issuer.Event{ID: w.id(), Member: member, Mechanism: slug, Kind: "help", At: time.Now()}
	return w.tell(promise{what: "deed", id: e.ID, member: member}, "/admin/events", e)
}

func (w *worker) badge(member string) bool {
	return w.tell(promise{what: "badge", member: member}, web.AdminPath("members", member, "badges", slug), map[string]string{"name": member})
}

func (w *worker) vouch(voucher, vouchee string, stake int64) {
	a := desk.Attested{ID: w.id(), Mechanism: slug, Voucher: voucher, Vouchee: vouchee, AcceptedBy: vouchee, Level: 1, Stake: stake}
	if w.tell(promise{what: "vouch", id: a.ID}, "/admin/vouches", a) {
		w.vouches = append(w.vouches, a.ID)
	}
}

// fault reports a fault, and brings it to an end or leaves it where it is.
func (w *worker) fault(member, class string) bool {
	r := court.Report{ID: w.id(), Mechanism: slug, Member: member, Class: class, Words: "It was so.", Occurred: bonafide.SecondsOf(time.Now()) - 1}
	return w.tell(promise{what: "reported", id: r.ID}, "/admin/cases", r) &&
		w.tell(promise{what: "contested", id: r.ID}, web.AdminPath("cases", r.ID, "appeal"), map[string]string{"words": "It wasn't."}) &&
		w.rule("final", r.ID, bonafide.Uphold)
}

func (w *worker) rule(state, id string, decision bonafide.Decision) bool {
	ruled := w.tell(promise{what: state, id: id}, web.AdminPath("cases", id, "ruling"), map[string]any{"decision": decision, "reason": "It is so."})
	if ruled && state == "final" {
		w.final = append(w.final, id)
	}
	return ruled
}

// tell posts to bazar's administration, and notes the answer.
func (w *worker) tell(p promise, path string, body any) bool {
	err := w.post(path, body)
	var told *bonafide.Error
	if err != nil && !errors.As(err, &told) {
		w.client = nil
		time.Sleep(unanswered)
	}
	return w.book.note(p, err)
}

// errNobody is why a request couldn't even be sent.
var errNobody = errors.New("nobody listens")

// unanswered is how long a worker waits before it asks again where nobody answered.
const unanswered = 20 * time.Millisecond

// patience is how long a worker waits for an answer.
const patience = 20 * time.Second

func (w *worker) post(path string, body any) error {
	if w.client == nil {
		var there bool
		if w.client, there = w.bazar.admin(); !there {
			return errNobody
		}
	}
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	_, err := w.client.Send(ctx, http.MethodPost, path, body)
	return err
}
