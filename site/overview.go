package site

import (
	"context"
	"maps"
	"net/http"
	"slices"
	"time"

	"bonafide.example"
	"bonafide.example/internal/web"
	"bonafide.example/issuer"
	"bonafide.example/store"
	"bonafide.example/verifier"
)

// Overview is what the administrator wants to know first.
type Overview struct {
	Origin     bonafide.Origin      `json:"origin"`
	Name       string               `json:"name"`
	Now        time.Time            `json:"now"` // by the site's clock
	Mechanisms []bonafide.Mechanism `json:"mechanisms"`
	Keys       []KeyAge             `json:"keys"`
	LogKey     string               `json:"log_key,omitzero"`  // the public log's, as the site names it; absent if there is no log
	Issuer     *issuer.Counts       `json:"issuer,omitzero"`   // absent if the site isn't one
	Verifier   *verifier.Counts     `json:"verifier,omitzero"` // absent if the site isn't one
	Court      bool                 `json:"court"`             // it hears members about faults

	Recognisers []issuer.Recogniser `json:"recognisers"`  // who counts what members earned here
	Changed     []verifier.Identity `json:"changed"`      // issuers whose keys wait to be approved of
	ChangedLogs []verifier.Watched  `json:"changed_logs"` // public logs of issuers that aren't what they were, which wait for approval
}

// KeyAge says how long a key has been used.
type KeyAge struct {
	Use        string    `json:"use"`        // credential, client or federation
	Thumbprint string    `json:"thumbprint"` // what it is published under (RFC 7638)
	Since      time.Time `json:"since"`      // when this store first saw it
	Replaced   bool      `json:"replaced"`   // it is no longer the one used
	// State is next, present, former, past or compromised, and Until from when it is published no more; both are absent
	// for keys that no folder keeps.
	State string    `json:"state,omitzero"`
	Until time.Time `json:"until,omitzero"`
}

func keySeenKey(use, thumbprint string) []byte { return store.Key("site", "key", use, thumbprint) }

// noteKeys remembers since when each key has been used: key files don't say when they were made.
func (s *Site) noteKeys(ctx context.Context) error {
	prints, err := s.Keys.Thumbprints()
	if err != nil {
		return err
	}
	if noted := s.noted.Load(); noted != nil && maps.Equal(prints, *noted) {
		return nil
	}
	err = s.Store.Update(ctx, func(tx store.Tx) error {
		for use, print := range prints {
			_, found, err := store.GetJSON[time.Time](tx, keySeenKey(use, print))
			if err != nil {
				return err
			}
			if found {
				continue
			}
			if err := store.PutJSON(tx, keySeenKey(use, print), s.Now().UTC().Truncate(time.Second)); err != nil {
				return err
			}
		}
		return nil
	})
	if err == nil {
		s.noted.Store(&prints)
	}
	return err
}

// KeyAges returns the keys that the site uses, and after each those that it replaced, the latest first.
func (s *Site) KeyAges(ctx context.Context) (all []KeyAge, err error) {
	prints, err := s.Keys.Thumbprints()
	if err != nil {
		return nil, err
	}
	err = s.Store.View(ctx, func(r store.Reader) error {
		all = nil
		for _, use := range slices.Sorted(maps.Keys(prints)) {
			var of []KeyAge
			err := store.ScanJSON(r, store.Prefix(store.Key("site", "key", use)), func(key []byte, since time.Time) (bool, error) {
				parts := store.Parts(key)
				print := parts[len(parts)-1]
				of = append(of, KeyAge{Use: use, Thumbprint: print, Since: since, Replaced: print != prints[use]})
				return true, nil
			})
			if err != nil {
				return err
			}
			of = s.Keys.withStates(use, of, s.Now())
			slices.SortFunc(of, func(a, b KeyAge) int {
				if a.Replaced != b.Replaced {
					if a.Replaced {
						return 1
					}
					return -1
				}
				return b.Since.Compare(a.Since)
			})
			all = append(all, of...)
		}
		return nil
	})
	return all, err
}

// Overview returns what the administrator wants to know first.
func (s *Site) Overview(ctx context.Context) (o Overview, err error) {
	o = Overview{Origin: s.Origin, Name: s.Name, Now: s.Now().UTC().Truncate(time.Second), Mechanisms: s.Mechanisms, Court: s.Court != nil}
	if o.Keys, err = s.KeyAges(ctx); err != nil {
		return o, err
	}
	if s.public != nil {
		o.LogKey = s.public.Metadata().Keys[0]
	}
	if s.Issuer != nil {
		counts, err := s.Issuer.Counts(ctx)
		if err != nil {
			return o, err
		}
		o.Issuer = &counts
		if o.Recognisers, err = s.Issuer.Recognisers(ctx, ""); err != nil {
			return o, err
		}
	}
	if s.Verifier != nil {
		counts, err := s.Verifier.Counts(ctx)
		if err != nil {
			return o, err
		}
		o.Verifier = &counts
		if o.Changed, err = s.Verifier.ChangedIdentities(ctx); err != nil {
			return o, err
		}
		if o.ChangedLogs, err = s.changedLogs(ctx); err != nil {
			return o, err
		}
	}
	return o, nil
}

// changedLogs returns the logs of issuers that wait for approval.
func (s *Site) changedLogs(ctx context.Context) ([]verifier.Watched, error) {
	all, err := s.Verifier.WatchedLogs(ctx)
	return slices.DeleteFunc(all, func(w verifier.Watched) bool { return w.Fault == "" }), err
}

func (s *Site) adminOverview(w http.ResponseWriter, r *http.Request) error {
	overview, err := s.Overview(r.Context())
	if err == nil {
		web.JSON(w, http.StatusOK, overview)
	}
	return err
}
