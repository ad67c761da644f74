package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"bonafide.example/store"
	"bonafide.example/store/bolt"
	"bonafide.example/store/postgres"
)

// inDatabase tells whether the store of that address is in a PostgreSQL database rather than a file.
func inDatabase(address string) bool {
	return strings.HasPrefix(address, "postgres://") || strings.HasPrefix(address, "postgresql://")
}

// openStore opens the store, and makes it if there is none.
func openStore(address string) (store.Store, error) {
	if inDatabase(address) {
		return postgres.Open(context.Background(), address)
	}
	if err := checkFile(address); err != nil {
		return nil, err
	}
	return bolt.Open(address)
}

// checkFile tells whether a store can be in that file: its folder is there.
func checkFile(address string) error {
	if strings.Contains(address, "://") {
		return fmt.Errorf("store %q is neither a file nor postgres://USER@HOST/DATABASE", withoutPassword(address))
	}
	folder, err := os.Stat(filepath.Dir(address))
	if errors.Is(err, fs.ErrNotExist) || err == nil && !folder.IsDir() {
		return fmt.Errorf("store %q is to be in a folder that isn't there; make it first", address)
	}
	return err
}

// socket is where the running server takes administration: unless set beside the store's file, or, with a store in a
// database, in the user's folder for what runs, or else in the working folder.
func (s *settings) socket() string {
	switch {
	case s.Admin != "":
		return s.Admin
	case inDatabase(s.Store):
		return filepath.Join(s.runtime, "bonafide.sock")
	}
	return s.Store + ".sock"
}
