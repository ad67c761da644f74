package issuer

import (
	"context"
	"net/http"
	"strconv"
	"sync"
	"time"

	"bonafide.example"
	"bonafide.example/internal/publish"
	"bonafide.example/internal/web"
	"bonafide.example/store"
)

// lists keeps the status lists as they were signed last, by number.
type lists struct {
	mu  sync.Mutex
	all map[int]*liveList
}

// liveList is a list that is served.
type liveList struct {
	mu     sync.Mutex // held while the list is looked at or signed
	mark   uint64     // of the store, before the list was last found to be current
	asked  time.Time  // when the store was asked for that
	known  knownBits
	signed signedList
}

type signedList struct {
	generation int64
	at         time.Time // when it was signed
	list       *bonafide.StatusList
	token      string
	answer     ready // with the token
	unkept     bool  // the store couldn't be written
}

func newLists() *lists { return &lists{all: map[int]*liveList{}} }

// of returns the list with that number. One that can't be read is to be dropped again.
func (l *lists) of(number int) *liveList {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.all[number] == nil {
		l.all[number] = &liveList{}
	}
	return l.all[number]
}

func (l *lists) drop(number int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.all, number)
}

// serveList answers for /status/N, .jwt and .json.
func (i *Issuer) serveList(w http.ResponseWriter, r *http.Request) error {
	name, suffix := publish.CutSuffix(r.PathValue("list"), ".jwt", ".json")
	number, err := strconv.Atoi(name)
	if err != nil || strconv.Itoa(number) != name {
		return bonafide.Errorf(bonafide.NotFound, r.URL.Path, "is no status list")
	}
	if suffix == "" {
		w.Header().Add("Vary", "Accept")
		switch web.Negotiate(r, typeCredential, typeJSON) {
		case typeJSON:
			suffix = ".json"
		case "":
			return bonafide.Errorf(bonafide.NotAcceptable, r.URL.Path, "is JSON or %s", typeCredential)
		}
	}
	signed, err := i.signedList(r.Context(), number)
	if err != nil {
		return err
	}
	if suffix == ".json" {
		web.Public(w.Header(), listCache)
		web.JSON(w, http.StatusOK, signed.list)
		return nil
	}
	signed.answer.send(w, r, time.Time{})
	return nil
}

// listCache is for less than a list's ttl, which counts from when it is fetched.
const listCache = "public, max-age=60"

// keptList is a list as it was signed last. All servers on one store tell the same, or a reader who is sent from one
// to the other would see its validFrom go back.
type keptList struct {
	Generation int64  `json:"generation"`
	Token      string `json:"token"`
}

// listState is what the store says of a list.
type listState struct {
	record listRecord
	before time.Time // the validFrom signed last
	kept   keptList  // this and the bits: only if what is in memory is out of date
	known  knownBits
	stale  bool // it is
}

// signedList returns the list as it stands in the store: signed anew if a bit was set since, or when half its ttl is
// over. While nothing is written, the store isn't even asked, unless other servers write it too: what they wrote is heard of
// within a second, and in that second a list would go back for who is sent from one to the other.
func (i *Issuer) signedList(ctx context.Context, number int) (signedList, error) {
	l := i.lists.of(number)
	came := i.now()
	l.mu.Lock()
	defer l.mu.Unlock()
	mark := i.mark()
	current := i.knowsAtOnce() && mark == l.mark || l.asked.After(came) // who waited takes what was read meanwhile
	if current && l.signed.fresh(l.signed.generation, i.now()) && i.sealer.Holds(l.signed.token) {
		return l.signed, nil
	}
	for {
		asked := i.now()
		state, err := i.listState(ctx, l, number)
		if err != nil {
			if l.signed.list == nil {
				i.lists.drop(number) // anybody can make up numbers, also while the store is away
			}
			return signedList{}, err
		}
		if state.stale {
			signed, first, err := i.adoptOrSign(ctx, number, state, l.signed.at)
			if err != nil {
				return signedList{}, err
			}
			if !first {
				continue
			}
			signed.answer = newReady([]byte(signed.token), typeCredential, listCache)
			l.known, l.signed = state.known, signed
		}
		l.mark, l.asked = mark, asked
		return l.signed, nil
	}
}

// knowsAtOnce tells whether the store's mark tells of each write as soon as it is done.
func (i *Issuer) knowsAtOnce() bool {
	_, marked := i.Store.(store.Marker)
	_, shared := i.Store.(store.Leader)
	return marked && !shared
}

func (i *Issuer) listState(ctx context.Context, l *liveList, number int) (state listState, err error) {
	last := l.signed
	err = i.Store.View(ctx, func(r store.Reader) error {
		state = listState{}
		var found bool
		var err error
		if state.record, found, err = store.GetJSON[listRecord](r, listKey(number)); err != nil {
			return err
		}
		if !found {
			return bonafide.Errorf(bonafide.NotFound, i.listAddress(number), "is no status list")
		}
		if state.before, _, err = store.GetJSON[time.Time](r, listFromKey(number)); err != nil {
			return err
		}
		if last.fresh(state.record.Generation, i.now()) && i.sealer.Holds(last.token) && (last.unkept || last.at.Equal(state.before)) {
			return nil
		}
		state.stale = true
		if state.kept, _, err = store.GetJSON[keptList](r, keptListKey(number)); err != nil {
			return err
		}
		state.known, err = l.known.follow(r, number, state.record.Generation)
		return err
	})
	return state, err
}

// adoptOrSign returns the list that another server signed if it is fresh, otherwise signs it. first is false if another
// server came first meanwhile. last is when this server signed it last. What was signed before this server began isn't
// adopted: its key may be another.
func (i *Issuer) adoptOrSign(ctx context.Context, number int, state listState, last time.Time) (signed signedList, first bool, err error) {
	now := i.now().Round(0) // by the clock alone: a monotonic reading would hide that it was set
	kept := signedList{generation: state.kept.Generation, at: state.before, token: state.kept.Token}
	adopt := !state.before.Before(latest(i.began, last)) && kept.current(state.record.Generation, now) && i.sealer.Holds(kept.token)
	from := now
	if before := latest(state.before, last); adopt || before.After(now) && !isAhead(before, now) {
		from = before // the clock differs from another server's; validFrom must not go back from what anybody took
	}
	list, err := bonafide.NewStatusList(i.Origin, i.listAddress(number), state.known.bits, from, from.Add(bonafide.MaxListLife))
	if err != nil {
		return signedList{}, false, err
	}
	if adopt {
		kept.list = list
		return kept, true, nil
	}
	token, err := i.sealer.Seal(ctx, bonafide.TypeCredential, list)
	if err != nil {
		return signedList{}, false, err
	}
	i.listsSigned.Add(1)
	signed = signedList{generation: state.record.Generation, at: from, list: list, token: token}
	first, err = i.keepList(ctx, number, state, signed)
	if err != nil {
		// A store that can't be written, such as on a full disk, must not end the lists, and with them every badge.
		i.Log.Warn("a status list isn't kept", "list", number, "error", err)
		signed.unkept, first = true, true
	}
	return signed, first, nil
}

// latest returns the later of the instants.
func latest(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// keepList keeps the list unless another server kept one since the state was read.
func (i *Issuer) keepList(ctx context.Context, number int, state listState, signed signedList) (first bool, err error) {
	err = i.Store.Update(ctx, func(tx store.Tx) error {
		kept, _, err := store.GetJSON[keptList](tx, keptListKey(number))
		if first = kept == state.kept; err != nil || !first {
			return err
		}
		if err := store.PutJSON(tx, listFromKey(number), signed.at); err != nil {
			return err
		}
		return store.PutJSON(tx, keptListKey(number), keptList{signed.generation, signed.token})
	})
	return first, err
}

func (s *signedList) fresh(generation int64, now time.Time) bool {
	return s.list != nil && s.current(generation, now)
}

// current tells whether the list need not be signed anew.
func (s *signedList) current(generation int64, now time.Time) bool {
	return s.generation == generation && now.Before(s.at.Add(bonafide.StatusListTTL/2)) && !isAhead(s.at, now)
}
