package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"bonafide.example"
	"bonafide.example/internal/seal"
	"bonafide.example/site"
	"bonafide.example/store"
	"bonafide.example/store/backup"
	"bonafide.example/store/bolt"
	"bonafide.example/store/records"
)

// check checks a store, or a backup by way of a store that is removed after.
func (e *env) check(ctx context.Context, file *backupFile) (err error) {
	isBackup, err := file.isBackup()
	if err != nil {
		return err
	}
	var s store.Store
	if isBackup {
		folder, err := os.MkdirTemp("", "bonafide-check-") // for its owner alone
		if err != nil {
			return err
		}
		defer os.RemoveAll(folder)
		if s, err = file.unpack(ctx, filepath.Join(folder, "store")); err != nil {
			return err
		}
	} else if s, err = openThere(file.path); bonafide.CodeOf(err) == bonafide.StoreLocked {
		return fmt.Errorf("%w; a backup of it can be checked: bonafide backup", err)
	} else if err != nil {
		return fmt.Errorf("%s isn't a backup, and can't be opened as a store: %w", nameOfStore(file.path), err)
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	report, err := site.CheckStore(ctx, s)
	if err != nil {
		return err
	}
	return e.tellReport(report)
}

func (e *env) tellReport(report *records.Report) error {
	var all int64
	t := newTable(e.stdout)
	for _, kind := range slices.Sorted(maps.Keys(report.Counts)) {
		t.row(kind, report.Counts[kind])
		all += report.Counts[kind]
	}
	if err := t.end(); err != nil {
		return err
	}
	for _, fault := range report.Faults {
		say(e.stdout, "wrong: %s", fault)
	}
	if report.Wrong > 0 {
		say(e.stdout, "%d faults in %d records.", report.Wrong, all)
		return &exitError{code: exitNotAuthentic}
	}
	say(e.stdout, "%d records are sound.", all)
	return nil
}

// isBackup tells whether the file begins like a backup, be it encrypted or not.
func (f *backupFile) isBackup() (bool, error) {
	if inDatabase(f.path) {
		return false, nil
	}
	file, err := os.Open(f.path)
	if err != nil {
		return false, err
	}
	defer file.Close()
	for _, mark := range []string{seal.EncryptedMark, backup.Mark} {
		if _, err := file.Seek(0, io.SeekStart); err != nil {
			return false, err
		}
		begin, err := bufio.NewReader(file).Peek(len(mark))
		if err == nil && string(begin) == mark {
			return true, nil
		}
	}
	return false, nil
}

// unpack fills a new store from the backup.
func (f *backupFile) unpack(ctx context.Context, path string) (store.Store, error) {
	s, err := bolt.Open(path)
	if err != nil {
		return nil, err
	}
	if _, err = records.Fill(ctx, s, f.path, f.source, func(context.Context) error { return nil }); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}
