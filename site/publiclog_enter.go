package site

import (
	"context"
	"fmt"
	"time"

	"bonafide.example"
	"bonafide.example/internal/publiclog"
	"bonafide.example/internal/seal"
	"bonafide.example/store"
)

// statement is what the site says of itself at one address, as this server entered it last.
type statement struct {
	hash   string    // "": it hasn't yet
	keys   string    // the state of the keys then
	failed time.Time // when something else couldn't be entered
	err    error     // why
}

// leave says how what is about to be served may be.
type leave int

const (
	granted  leave = iota // it is in the log
	withheld              // it isn't: what was entered last is to be served
	urgent                // it isn't, and can't wait
)

// enterPause is for how long the log isn't tried again, since anybody may ask for what would be entered.
const enterPause = 10 * time.Second

// enter enters what is about to be served at the path, unless the log says so already. While the store can't be written, what
// was entered last is served in its place: its readers lose nothing, and nobody is shown what the log hasn't. Readers must know at once
// that a key is compromised, and which one signs. It fails where nothing was entered before.
func (s *Site) enter(ctx context.Context, kind publiclog.Kind, path string, hash func() (string, error)) (leave, error) {
	l := s.public
	if l == nil {
		return granted, nil
	}
	sum, err := hash()
	if err != nil {
		return withheld, err
	}
	keys, err := s.Keys.state()
	if err != nil {
		return withheld, err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	last := l.said[kind]
	if last == nil {
		last = &statement{}
		l.said[kind] = last
	}
	now := s.Now()
	paused := last.err != nil && now.Before(last.failed.Add(enterPause))
	if last.hash != sum && !paused {
		last.failed, last.err = now, s.note(context.WithoutCancel(ctx), kind, path, sum)
	}
	switch {
	case last.hash == sum || last.err == nil:
		*last = statement{hash: sum, keys: keys}
		return granted, nil
	case last.hash == "":
		return withheld, fmt.Errorf("%s can't be entered in the public log: %w", path, last.err)
	case last.keys == keys:
		s.tell(paused, "the public log can't be written, and what is served stays as it was", path, last.err)
		return withheld, nil
	default:
		s.tell(paused, "the public log can't be written, and lacks what is served: a key is compromised or another signs", path, last.err)
		return urgent, nil
	}
}

// tell logs what became of an attempt to enter something, once.
func (s *Site) tell(told bool, what, path string, err error) {
	if !told {
		s.Log.Error(what, "path", path, "error", err)
	}
}

// note has the log say so of the path. Where it does already, as after a restart, nothing is written.
func (s *Site) note(ctx context.Context, kind publiclog.Kind, path, sum string) error {
	address, said := string(s.Origin)+path, false
	err := s.Store.View(ctx, func(r store.Reader) (err error) {
		said, err = s.public.Says(r, kind, address, sum)
		return err
	})
	if err != nil || said {
		return err
	}
	return s.Store.Update(ctx, func(tx store.Tx) error { return s.public.Note(tx, kind, address, sum) })
}

// publishedKeys returns the DID document as it may be served now.
func (s *Site) publishedKeys(ctx context.Context) (bonafide.DIDDocument, error) {
	did, err := s.did()
	if err != nil || s.public == nil {
		return did, err
	}
	may, err := s.enter(ctx, publiclog.Keys, didPath, func() (string, error) { return publiclog.HashOfKeys(did) })
	s.public.mu.Lock()
	defer s.public.mu.Unlock()
	switch may {
	case granted:
		s.public.did = did
	case withheld:
		return s.public.did, err
	}
	return did, err
}

// enterSigned enters what the federation key signed.
func (s *Site) enterSigned(ctx context.Context, kind publiclog.Kind, path string, typ bonafide.Type, token string) (leave, error) {
	return s.enter(ctx, kind, path, func() (string, error) {
		parsed, err := seal.Parse(token, typ)
		if err != nil {
			return "", err
		}
		payload, err := seal.Peek[map[string]any](parsed)
		if err != nil {
			return "", err
		}
		return publiclog.HashOfSigned(payload)
	})
}
