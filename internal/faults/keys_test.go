package faults

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"strings"
	"time"

	"bonafide.example"
	"bonafide.example/internal/fetch"
	"bonafide.example/internal/seal"
	"bonafide.example/internal/web"
	"bonafide.example/issuer"
	"github.com/stretchr/testify/require"
)

// rekey has new keys take the place of the issuer's, and then the one that signs badges given up as stolen. The program that does
// so is killed several times, and the server too, before either is done. A new badge is read in between by somebody
// who knows the keys of before.
func (w *world) rekey() {
	before, _, err := w.published()
	if err != nil {
		w.say("the keys before: %v", err)
		return
	}
	reader, err := fetch.New(fetch.Config{Local: true}) // it keeps the keys of before
	require.NoError(w.t, err)
	w.reads(reader)
	w.change("is on its way already", "rotate", "keys")
	w.reads(reader)
	w.change("is compromised since", "compromise", "keys", w.signing())
	after, history, err := w.published()
	if err != nil {
		w.say("the keys after: %v", err)
		return
	}
	trusted, _ := history.Follow(before)
	for thumbprint := range after {
		if !trusted[thumbprint] {
			w.say("the history doesn't lead from the keys of before to %s", thumbprint)
		}
	}
}

// change runs bonafide keys, kills it at any moment, a few times, then the server, and has it done with the server up again.
// done is what it says where nothing is left to do.
func (w *world) change(done string, args ...string) {
	args = append([]string{"keys"}, args...)
	for range 3 {
		once := w.bazar.command(args...)
		if err := once.Start(); err != nil {
			w.say("%v", err)
			return
		}
		time.Sleep(time.Duration(rand.IntN(50)) * time.Millisecond)
		once.Process.Kill() // it may be done
		once.Wait()         // its error says that it was killed
		w.signing()         // the record is whole
	}
	w.bazar.kill()
	w.bazar.start()
	if said, err := w.bazar.command(args...).CombinedOutput(); err != nil && !strings.Contains(string(said), done) {
		w.say("%s: %s", strings.Join(args, " "), said)
	}
	w.bazar.kill() // what it signs with it reads when it starts, and else within a quarter of a minute
	w.bazar.start()
}

// signing returns the thumbprint of the key that signs badges.
func (w *world) signing() string {
	said, err := w.bazar.command("keys", "list", "keys").CombinedOutput()
	for line := range strings.Lines(string(said)) {
		if columns := strings.Fields(line); len(columns) > 2 && columns[0] == string(bonafide.UseCredential) && columns[1] == "present" {
			return columns[len(columns)-1]
		}
	}
	w.say("keys list tells of no key that signs: %v: %s", err, said)
	return ""
}

// published returns the thumbprints of the keys by which whoever sees the issuer now knows it from then on, and its key history.
func (w *world) published() (pins map[string]bool, history *seal.History, err error) {
	peers, err := fetch.New(fetch.Config{Local: true})
	if err != nil {
		return nil, nil, err
	}
	keys, err := peers.Keys(w.t.Context(), bonafide.Origin(w.bazar.origin), "")
	if err != nil {
		return nil, nil, err
	}
	if history, err = peers.KeyHistory(w.t.Context(), bonafide.Origin(w.bazar.origin)); err != nil {
		return nil, nil, err
	}
	pins = map[string]bool{history.Signer: true}
	for _, kid := range keys.KeyIDs() {
		_, thumbprint, _ := strings.Cut(kid, "#")
		pins[thumbprint] = true
	}
	return pins, history, nil
}

// fresh has somebody new publish a badge, and returns its address.
func (w *world) fresh() (address string, err error) {
	one := &worker{world: w, book: newBook(), name: fmt.Sprintf("fresh-%d", rand.Int64())}
	for deadline := time.Now().Add(limit); !one.deed(one.name) || !one.badge(one.name); {
		if time.Now().After(deadline) {
			return "", fmt.Errorf("nobody new gets a badge: %v", one.book.codes)
		}
	}
	admin, there := w.bazar.admin()
	if !there {
		return "", errNobody
	}
	held, err := web.CallAdmin[issuer.Holding](w.t.Context(), admin, http.MethodGet, web.AdminPath("members", one.name), nil)
	if err != nil {
		return "", err
	}
	return held.Badges[0].Address, nil
}

// reads has the reader read a badge and its list; none may be refused.
func (w *world) reads(reader *fetch.Client) {
	address, err := w.fresh()
	if err == nil {
		_, err = w.said(reader, address)
	}
	if err != nil {
		w.say("a badge is refused while keys are rotated: %v", err)
	}
}

// say notes what an injection finds wrong.
func (w *world) say(format string, args ...any) {
	w.wrong = append(w.wrong, fmt.Sprintf(format, args...))
}
