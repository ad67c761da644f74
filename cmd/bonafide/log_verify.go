package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"
	"time"

	"bonafide.example"
	"bonafide.example/internal/publiclog"
	"bonafide.example/internal/seal"
)

// looked is what a state file remembers of a site's log.
type looked struct {
	Address    string    `json:"address"`
	Checkpoint string    `json:"checkpoint"` // as it was signed
	At         time.Time `json:"at"`
	Against    string    `json:"against,omitzero"` // one that doesn't follow it, as that was signed
}

func (v *logReading) verify(ctx context.Context, address string) error {
	remembered, err := v.readState()
	if err != nil {
		return err
	}
	r := &logReport{Checks: []check{}}
	failed := v.check(ctx, address, remembered, r)
	if code := bonafide.CodeOf(failed); failed != nil && (code == bonafide.Internal || code == bonafide.BadOrigin) {
		return failed
	}
	r.Site = v.origin
	r.conclude(failed)
	if err := v.writeState(remembered); err != nil {
		return err
	}
	if err := r.print(v); err != nil {
		return err
	}
	if failed != nil {
		return &exitError{code: r.exit()}
	}
	return nil
}

// exit returns the exit code for a log that doesn't hold.
func (r *logReport) exit() int {
	code := exitCodeOf(r.Code)
	if code == exitUndecided || code == exitNothing && len(r.Checks) == 1 {
		return code
	}
	return exitNotAuthentic
}

// check fills the report up to the first thing that doesn't hold, and remembers what it learned.
func (v *logReading) check(ctx context.Context, address string, remembered map[bonafide.Origin]looked, r *logReport) error {
	entity, source, err := v.open(ctx, address)
	last, known := remembered[v.origin]
	if bonafide.CodeOf(err) == bonafide.NotFound && known {
		err = bonafide.Errorf(bonafide.LogRolledBack, string(v.origin), "had a public log on %s, and names none", last.At.Format(time.DateOnly))
	}
	if err := r.note("the site names its public log", err); err != nil {
		return err
	}
	now, err := source.Checkpoint(ctx)
	if err := r.note("signed by a key that the site names", err); err != nil {
		return err
	}
	r.Entries = now.Size
	if known {
		err := v.follows(ctx, source, last, now)
		what := "begins with what it was on " + last.At.Format(time.DateOnly)
		if err := r.note(what, err); err != nil {
			if code := bonafide.CodeOf(err); code == bonafide.LogForked || code == bonafide.LogRolledBack {
				last.Against = now.Text
				remembered[v.origin] = last
			}
			return err
		}
	} else {
		r.Checks = append(r.Checks, check{What: "begins with what it was", Result: "could not check", Detail: "nothing is remembered of it yet; --state FILE remembers it from now on"})
	}
	said, err := v.readEntries(ctx, source, now)
	if err := r.note("its entries make up the root that was signed", err); err != nil {
		return err
	}
	remembered[v.origin] = looked{Address: source.Address, Checkpoint: now.Text, At: v.now().UTC().Truncate(time.Second)}
	if err := r.note("no version was replaced by another text", said.replaced()); err != nil {
		return err
	}
	return r.note("what the site publishes now is in it", v.published(ctx, entity, said))
}

// follows tells whether the log goes on from what it was.
func (v *logReading) follows(ctx context.Context, source *publiclog.Source, last looked, now *publiclog.Checkpoint) error {
	if last.Address != source.Address {
		return bonafide.Errorf(bonafide.LogRolledBack, source.Address, "is another log than %s, which the site had", last.Address)
	}
	before, err := publiclog.ReadCheckpoint(last.Checkpoint, last.Address)
	if err != nil {
		return fmt.Errorf("%s: %w", v.state, err)
	}
	return source.Follows(ctx, before, now)
}

// sayings is what a log says, by address: the hashes in their order.
type sayings struct {
	hashes map[string][]string
	fixed  []string // addresses of versions
}

func (v *logReading) readEntries(ctx context.Context, source *publiclog.Source, at *publiclog.Checkpoint) (*sayings, error) {
	s := &sayings{hashes: map[string][]string{}}
	err := source.Entries(ctx, at, 0, func(_ int64, e publiclog.Entry) error {
		switch e.Kind {
		case publiclog.Mechanism, publiclog.Table:
			if s.hashes[e.Address] == nil {
				s.fixed = append(s.fixed, e.Address)
			}
		case publiclog.Metadata, publiclog.Keys, publiclog.KeyHistory:
		default: // a status list as it was one day, or what nobody knows yet
			return nil
		}
		s.hashes[e.Address] = append(s.hashes[e.Address], e.Hash)
		return nil
	})
	return s, err
}

// replaced tells whether a version was entered with two texts.
func (s *sayings) replaced() error {
	for _, address := range s.fixed {
		if len(s.hashes[address]) > 1 {
			return bonafide.Errorf(bonafide.VersionConflict, address, "was entered with %d different texts", len(s.hashes[address]))
		}
	}
	return nil
}

// holds tells whether the log says that the address led to this.
func (s *sayings) holds(address, hash string) error {
	if !slices.Contains(s.hashes[address], hash) {
		return bonafide.Errorf(bonafide.NotInLog, address, "has the hash %s", hash)
	}
	return nil
}

// published compares what the site publishes now with what the log says.
func (v *logReading) published(ctx context.Context, entity *bonafide.EntityConfiguration, said *sayings) error {
	if err := errors.Join(v.signed(ctx, said, "/.well-known/openid-federation", bonafide.TypeEntity), v.keys(ctx, said)); err != nil {
		return err
	}
	err := v.signed(ctx, said, bonafide.KeyHistoryPath, bonafide.TypeKeyHistory)
	if none := bonafide.CodeOf(err) == bonafide.NotFound && said.hashes[string(v.origin)+bonafide.KeyHistoryPath] == nil; err != nil && !none {
		return err
	}
	var newest []string
	if m := entity.Metadata.Issuer; m != nil {
		newest = append(newest, m.Mechanisms...)
	}
	if m := entity.Metadata.Verifier; m != nil {
		newest = append(newest, m.Conversions...)
	}
	for _, address := range newest {
		version, hash, err := v.document(ctx, address)
		if err != nil {
			return err
		}
		if err := said.holds(fmt.Sprintf("%s/v/%d", address, version), hash); err != nil {
			return err
		}
	}
	for _, address := range said.fixed {
		_, hash, err := v.document(ctx, address)
		if err != nil {
			return err
		}
		if err := said.holds(address, hash); err != nil {
			return err
		}
	}
	return nil
}

// document fetches a mechanism or table as JSON, and returns its version and hash.
func (v *logReading) document(ctx context.Context, address string) (version int, hash string, err error) {
	data, err := v.get(ctx, address+".json", "application/json")
	if err != nil {
		return 0, "", err
	}
	edition, err := bonafide.ParsePeer[struct {
		Version int `json:"version"`
	}](data)
	if err != nil {
		return 0, "", err
	}
	hash, err = publiclog.HashOf(data)
	return edition.Version, hash, err
}

// signed looks up what the federation key signed. That the log has its hash is as good as the signature.
func (v *logReading) signed(ctx context.Context, said *sayings, path string, typ bonafide.Type) error {
	address := string(v.origin) + path
	token, err := v.get(ctx, address, typ.MediaType())
	if err != nil {
		return err
	}
	parsed, err := seal.Parse(string(token), typ)
	if err != nil {
		return err
	}
	payload, err := seal.Peek[map[string]any](parsed)
	if err != nil {
		return err
	}
	hash, err := publiclog.HashOfSigned(payload)
	if err != nil {
		return err
	}
	return said.holds(address, hash)
}

func (v *logReading) keys(ctx context.Context, said *sayings) error {
	address := string(v.origin) + "/.well-known/did.json"
	answer, err := v.fetch.Get(ctx, address, "application/json", "application/did+json")
	if err != nil {
		return err
	}
	document, err := bonafide.ParsePeer[bonafide.DIDDocument](answer.Body)
	if err != nil {
		return err
	}
	hash, err := publiclog.HashOfKeys(document)
	if err != nil {
		return err
	}
	return said.holds(address, hash)
}

// readState reads what the state file remembers of each site; a file that isn't there yet, nothing.
func (v *logReading) readState() (map[bonafide.Origin]looked, error) {
	empty := map[bonafide.Origin]looked{}
	if v.state == "" {
		return empty, nil
	}
	data, err := os.ReadFile(v.state)
	if errors.Is(err, fs.ErrNotExist) {
		return empty, nil
	}
	if err != nil {
		return nil, err
	}
	state, err := bonafide.Parse[map[bonafide.Origin]looked](data)
	if err != nil {
		return nil, fmt.Errorf("%s isn't what bonafide log verify --state wrote: %w", v.state, err)
	}
	return state, nil
}

func (v *logReading) writeState(state map[bonafide.Origin]looked) error {
	if v.state == "" || len(state) == 0 {
		return nil
	}
	data, err := bonafide.MarshalJSON(state)
	if err != nil {
		return err
	}
	return publiclog.File(v.state).Write(strings.TrimSpace(string(data)) + "\n")
}
