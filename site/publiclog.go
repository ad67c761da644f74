package site

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync"

	"bonafide.example"
	"bonafide.example/internal/publiclog"
	"bonafide.example/store"
)

// publicLog is the site's public log, and what the site said last of itself: that is entered when it is served, versions
// when they are published.
type publicLog struct {
	*publiclog.Log
	mu   sync.Mutex
	said map[publiclog.Kind]*statement
	did  bonafide.DIDDocument // as it was entered last
}

// newPublicLog opens the public log, if the site has a key for one.
func (s *Site) newPublicLog(ctx context.Context) error {
	if s.Keys.Log == nil {
		return nil
	}
	config := publiclog.Config{Origin: s.Origin, Store: s.Store, Key: s.Keys.Log, Now: s.Now, Log: s.Log}
	if s.Checkpoint != "" {
		config.Memory = publiclog.File(s.Checkpoint)
	}
	log, err := publiclog.New(ctx, config)
	if errors.Is(err, publiclog.ErrOlder) {
		return fmt.Errorf("%w; put the newer store back, or %s.entries, the copy of the log's entries, if another server has it beside its keys; "+
			"if there is neither: rm %s, and tell those who recognise this site why: they take nothing new from it until they have run "+
			"bonafide verifier approve %s --log", err, s.Checkpoint, s.Checkpoint, s.Origin)
	}
	if err != nil {
		return err
	}
	s.public = &publicLog{Log: log, said: map[publiclog.Kind]*statement{}}
	return nil
}

// logged returns what enters versions of that kind in the log, nil without a log.
func (s *Site) logged(kind publiclog.Kind) func(tx store.Tx, path, hash string) error {
	if s.public == nil {
		return nil
	}
	return func(tx store.Tx, path, hash string) error {
		return s.public.Note(tx, kind, string(s.Origin)+path, hash)
	}
}

// enterLists enters the status lists, once a day: what the log tells of a day tells nothing of anybody.
func (s *Site) enterLists(ctx context.Context) error {
	if s.public == nil || s.Issuer == nil {
		return nil
	}
	return s.public.NoteLists(ctx, func(fn func(address, token string)) error { return s.Issuer.EachList(ctx, fn) })
}

func (s *Site) logRoutes(mux *http.ServeMux) {
	if s.public == nil {
		return
	}
	mux.HandleFunc("GET "+publiclog.Path+"/checkpoint", s.pages.Answer(s.public.ServeCheckpoint))
	mux.HandleFunc("GET "+publiclog.Path+"/tile/{tile...}", s.pages.Answer(s.public.ServeTile))
}
