package site

import (
	"context"
	"errors"
	"net/http"
	"runtime/debug"
	"time"

	"bonafide.example"
	"bonafide.example/issuer"
	"bonafide.example/store"
	"bonafide.example/store/backup"
	"bonafide.example/verifier"
	"bonafide.example/vouching/desk"
	"bonafide.example/vouching/refer"
)

// backupHeader says what a backup of the site is of.
func (s *Site) backupHeader() backup.Header {
	return backup.Header{Origin: string(s.Origin), At: s.Now().UTC(), Program: ProgramVersion()}
}

// ProgramVersion returns the version of the running program, as it was built.
func ProgramVersion() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	return info.Main.Version
}

// Restored makes of a store that was filled from a backup one that a site may go on with, from that instant: see
// [issuer.Restored] and what else works only once. It may be called again when it was interrupted.
func Restored(ctx context.Context, s store.Store, at time.Time) error {
	second := bonafide.SecondsOf(at)
	return errors.Join(issuer.Restored(ctx, s, at), desk.Restored(ctx, s), refer.Restored(ctx, s, second), verifier.Restored(ctx, s, second))
}

// adminBackup answers with a backup. One that is cut short says so by lacking its end.
func (s *Site) adminBackup(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "application/octet-stream")
	w.Header().Set("Cache-Control", "no-store")
	if _, err := backup.Write(r.Context(), w, s.backupHeader(), s.Store); err != nil {
		s.Log.Error("a backup was cut short", "error", err)
		panic(http.ErrAbortHandler)
	}
}
