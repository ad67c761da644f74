package faults

import (
	"io"
	"net/http"
	"sync"
	"time"
)

const (
	places  = 8           // requests that bazar answers at once
	clients = 10 * places // that want an answer at once
)

// overload has ten times as many clients as bazar answers at once ask for pages, for a while, and until some were answered
// and some weren't: where nothing else runs they seldom come at once. It must refuse what is too much, saying when to come
// back, and go on answering both pages and whether it lives.
func (w *world) overload() {
	var mu sync.Mutex
	var answered, refused, wrong int
	until, latest := time.Now().Add(w.out), time.Now().Add(limit)
	over := func() bool {
		mu.Lock()
		defer mu.Unlock()
		now := time.Now()
		return now.After(until) && (answered > 0 && refused > 0 || wrong > 0 || now.After(latest))
	}
	var group sync.WaitGroup
	for range clients {
		group.Go(func() {
			p := newPerson("")
			for !over() {
				status, header, err := p.status(w.bazar.origin + "/mechanisms/" + slug)
				mu.Lock()
				switch {
				case err == nil && status == http.StatusOK:
					answered++
				case err == nil && status == http.StatusServiceUnavailable && header.Get("Retry-After") != "":
					refused++
				default:
					wrong++
				}
				mu.Unlock()
			}
		})
	}
	for p := newPerson(""); !over(); time.Sleep(100 * time.Millisecond) {
		if status, _, err := p.status(w.bazar.origin + "/livez"); err != nil || status != http.StatusOK {
			w.say("bazar is busy, and doesn't tell that it lives: %d %v", status, err)
			break
		}
	}
	group.Wait()
	if answered == 0 || refused == 0 || wrong > 0 {
		w.say("of %d clients at once %d were answered, %d refused with Retry-After, and %d otherwise", clients, answered, refused, wrong)
	}
}

// status gets a page and returns how it was answered.
func (p *person) status(address string) (int, http.Header, error) {
	response, err := p.http.Get(address)
	if err != nil {
		return 0, nil, err
	}
	defer response.Body.Close()
	_, err = io.Copy(io.Discard, response.Body)
	return response.StatusCode, response.Header, err
}

// drip is how long a slow peer takes for each byte.
const drip = 50 * time.Millisecond

// slow has bazar's answers drip, while somebody imports from it. Outils must give up and say why, and answer others
// meanwhile.
func (w *world) slow() {
	w.bazar.pause.Store(int64(drip))
	defer w.bazar.pause.Store(0)
	told := make(chan string, 1)
	go func() {
		one := &worker{world: w, book: newBook()}
		one.imports(memberName(0))
		switch b := one.book; {
		case b.unanswered > 0:
			told <- "outils waits for a site that is slow"
		case len(b.unclear) > 0:
			told <- b.unclear[0]
		default:
			told <- ""
		}
	}()
	p := newPerson("")
	for slowest := time.Duration(0); ; {
		select {
		case wrong := <-told:
			if wrong != "" {
				w.say("%s", wrong)
			}
			return
		case <-time.After(100 * time.Millisecond):
		}
		start := time.Now()
		if status, _, err := p.status(w.outils.origin + "/"); err != nil || status != http.StatusOK {
			w.say("outils doesn't answer others while it waits: %d %v", status, err)
			return
		}
		slowest = max(slowest, time.Since(start))
		if slowest > patience/2 {
			w.say("others wait %s for outils", slowest)
			return
		}
	}
}
