package publiclog

import (
	"bytes"
	"fmt"
	"time"

	"bonafide.example"
	"bonafide.example/store"
	"bonafide.example/store/records"
	"golang.org/x/mod/sumdb/tlog"
)

// Check tells whether the log's records are whole, as many entries are there as it is said to have, and each has its hash.
func Check(r store.Reader, report *records.Report) error {
	err := report.Kinds(r, "log", map[string]records.Read{
		"size": records.JSON[int64], "entry": readEntry, "hash": readHash, "latest": records.JSON[string], "lists-day": records.JSON[time.Time],
	})
	if err != nil {
		return err
	}
	size, _, err := store.GetJSON[int64](r, sizeKey())
	if err != nil {
		return nil // told already, as what follows from it
	}
	var n int64
	err = r.Scan(store.Prefix(store.Key("log", "entry")), func(key, value []byte) (bool, error) {
		if !bytes.Equal(key, entryKey(n)) {
			report.Fault(key, "the entry before it, number %d, isn't there", n)
			return false, nil
		}
		hashes, err := r.Get(hashKey(tlog.StoredHashIndex(0, n)))
		if err != nil {
			return false, err
		}
		if want := tlog.RecordHash(value); !bytes.Equal(hashes[0], want[:]) {
			report.Fault(key, "the tree has another hash of it")
		}
		n++
		return true, nil
	})
	if err == nil && n != size {
		report.Fault(sizeKey(), "%d entries are said to be in it, and %d are", size, n)
	}
	return err
}

func readEntry(_, value []byte) error {
	_, err := bonafide.ParsePeer[Entry](value)
	return err
}

func readHash(_, value []byte) error {
	if len(value) != tlog.HashSize {
		return fmt.Errorf("it has %d bytes, and needs %d", len(value), tlog.HashSize)
	}
	return nil
}
