package verifier

import (
	"context"
	"net/http"
	"time"

	"bonafide.example"
	"bonafide.example/internal/fetch"
	"bonafide.example/internal/publiclog"
	"bonafide.example/internal/web"
	"bonafide.example/store"
)

// Watched is what this site remembers of the public log of an issuer that its tables name.
type Watched struct {
	Issuer     bonafide.Origin `json:"issuer"`
	Address    string          `json:"address"`          // of the log
	Checkpoint string          `json:"checkpoint"`       // the last one that followed the one before, as it was signed
	Looked     time.Time       `json:"looked"`           // when that was
	Fault      bonafide.Code   `json:"fault,omitzero"`   // why the log as it is now isn't taken
	Since      time.Time       `json:"since,omitzero"`   // when that was seen first
	Against    string          `json:"against,omitzero"` // the checkpoint that doesn't follow, as it was signed
	LookAgain  time.Time       `json:"look_again,omitzero"`
}

func watchedKey(issuer bonafide.Origin) []byte { return store.Key("verifier", "log", string(issuer)) }

// How often logs are looked at, and again after one that couldn't be had.
const (
	watchEvery = 24 * time.Hour
	watchAgain = time.Hour
)

// watch looks at an issuer's public log, once a day. One that isn't what it was is kept with both checkpoints, and
// nothing new is taken from the issuer until an administrator approves ([Verifier.ApproveLog]). An issuer without a log is like any other.
func (v *Verifier) watch(ctx context.Context, issuer bonafide.Origin) error {
	record, err := v.watched(ctx, issuer)
	if err != nil || v.now().Before(record.LookAgain) {
		return err
	}
	before := record
	looking, cancel := fetch.Budget(ctx)
	defer cancel()
	entity, failed := v.fetch.Entity(looking, issuer)
	wrong := false
	if failed == nil {
		failed = v.look(looking, &record, entity.Metadata.Log)
		wrong = changed(failed)
	}
	now := v.now().UTC().Truncate(time.Second)
	record.LookAgain = now.Add(watchEvery)
	switch {
	case wrong:
		record.Fault = bonafide.CodeOf(failed)
		if before.Fault == "" {
			record.Since = now
			v.log.Warn("an issuer's public log isn't what it was: ask the issuer, then approve it, or don't", "issuer", issuer, "code", record.Fault)
		}
		failed = nil
	case failed != nil:
		record.LookAgain = now.Add(watchAgain)
	case record.Address != "":
		record.Looked = now
		if record.Against == "" { // what was merely out of form may have been mended; two stories stay two
			record.Fault, record.Since = "", time.Time{}
		}
	}
	err = v.config.Store.Update(ctx, func(tx store.Tx) error {
		kept, _, err := store.GetJSON[Watched](tx, watchedKey(issuer))
		if err != nil || kept != before && kept != (Watched{}) { // looked at, or approved, meanwhile
			return err
		}
		return store.PutJSON(tx, watchedKey(issuer), record)
	})
	if err != nil {
		return err
	}
	return failed
}

// changed tells whether a log was had that isn't what it was, or isn't one.
func changed(err error) bool {
	switch bonafide.CodeOf(err) {
	case bonafide.LogRolledBack, bonafide.LogForked, bonafide.BadLog, bonafide.BadSignature, bonafide.UnknownKey:
		return true
	}
	return false
}

// look reads the log that the issuer names now, nil for none, and takes into the record what follows from what was.
func (v *Verifier) look(ctx context.Context, record *Watched, log *bonafide.LogMetadata) error {
	switch {
	case log == nil && record.Address == "":
		return nil
	case log == nil:
		return bonafide.Errorf(bonafide.LogRolledBack, string(record.Issuer), "had a public log, and names none")
	case record.Address != "" && log.Address != record.Address:
		return bonafide.Errorf(bonafide.LogRolledBack, log.Address, "is another log than %s", record.Address)
	}
	source := &publiclog.Source{Origin: record.Issuer, LogMetadata: *log, Get: func(ctx context.Context, address, media string) ([]byte, error) {
		answer, err := v.fetch.Get(ctx, address, media)
		if err != nil {
			return nil, err
		}
		return answer.Body, nil
	}}
	now, err := source.Checkpoint(ctx)
	if err != nil {
		return err
	}
	if record.Address != "" {
		last, err := publiclog.ReadCheckpoint(record.Checkpoint, record.Address)
		if err != nil {
			return err
		}
		if err := source.Follows(ctx, last, now); err != nil {
			if code := bonafide.CodeOf(err); code == bonafide.LogForked || code == bonafide.LogRolledBack {
				record.Against = now.Text
			}
			return err
		}
	}
	record.Address, record.Checkpoint = log.Address, now.Text
	return nil
}

// trust refuses what is new of an issuer whose log isn't what it was.
func (v *Verifier) trust(ctx context.Context, issuer bonafide.Origin) error {
	record, err := v.watched(ctx, issuer)
	if err == nil && record.Fault != "" {
		return bonafide.Errorf(record.Fault, string(issuer), "its public log isn't what it was; nothing new is taken until the administrator of this site approves")
	}
	return err
}

func (v *Verifier) watched(ctx context.Context, issuer bonafide.Origin) (record Watched, err error) {
	err = v.config.Store.View(ctx, func(r store.Reader) error {
		record, _, err = store.GetJSON[Watched](r, watchedKey(issuer))
		return err
	})
	record.Issuer = issuer
	return record, err
}

// WatchedLogs returns what is remembered of the logs of issuers that have one, or had.
func (v *Verifier) WatchedLogs(ctx context.Context) (all []Watched, err error) {
	err = v.config.Store.View(ctx, func(r store.Reader) error {
		all = []Watched{}
		return store.ScanJSON(r, store.Prefix(store.Key("verifier", "log")), func(_ []byte, record Watched) (bool, error) {
			if record.Address != "" || record.Fault != "" {
				all = append(all, record)
			}
			return true, nil
		})
	})
	return all, err
}

// ApproveLog takes the log of an issuer as it is when it is looked at next: what was remembered of it is forgotten. It
// fails with [bonafide.NotFound] if nothing is wrong with it.
func (v *Verifier) ApproveLog(ctx context.Context, issuer bonafide.Origin) (before Watched, err error) {
	err = v.config.Store.Update(ctx, func(tx store.Tx) error {
		if before, _, err = store.GetJSON[Watched](tx, watchedKey(issuer)); err != nil {
			return err
		}
		if before.Fault == "" {
			return bonafide.Errorf(bonafide.NotFound, string(issuer), "has no log that waits for approval")
		}
		return store.PutJSON(tx, watchedKey(issuer), Watched{Issuer: issuer})
	})
	return before, err
}

func (v *Verifier) adminLogs(w http.ResponseWriter, r *http.Request) error {
	all, err := v.WatchedLogs(r.Context())
	if err == nil {
		web.JSON(w, http.StatusOK, all)
	}
	return err
}

// LogApproval names the issuer whose log is taken as it is.
type LogApproval struct {
	Issuer bonafide.Origin `json:"issuer"`
}

func (v *Verifier) adminApproveLog(w http.ResponseWriter, r *http.Request) error {
	asked, err := web.Decode[LogApproval](r)
	if err != nil {
		return err
	}
	before, err := v.ApproveLog(r.Context(), asked.Issuer)
	if err == nil {
		web.JSON(w, http.StatusOK, before)
	}
	return err
}
