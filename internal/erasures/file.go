package erasures

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
	"time"

	"bonafide.example"
	"bonafide.example/internal/aside"
	"bonafide.example/store"
)

// format is that of the file.
const format = 1

// renewal is after how long a file in which nothing is missing is written anew, so that it says how far it reaches.
const renewal = time.Hour

// content is what the file holds.
type content struct {
	Format  int       `json:"format"`
	Until   time.Time `json:"until"` // all that was entered before is in it
	Entries []Entry   `json:"entries"`
}

// maxAt is later than any clock says.
const maxAt = 999_999_999_999

// Validate refuses what no journal has.
func (c *content) Validate() error {
	for n, e := range c.Entries {
		if hash, err := base64.RawURLEncoding.Strict().DecodeString(e.Hash); err != nil || len(hash) != sha256.Size || e.At < 0 || e.At > maxAt {
			return fmt.Errorf("entry %d is none", n)
		}
	}
	return nil
}

// read reads a file; one that isn't there has nothing.
func read(path string) (c content, found bool, err error) {
	data, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return c, false, nil
	}
	if err != nil {
		return c, false, err
	}
	if c, err = bonafide.Parse[content](data); err == nil && c.Format != format {
		err = fmt.Errorf("it has format %d, and this program knows %d", c.Format, format)
	}
	if err != nil {
		return c, true, fmt.Errorf("the journal of erasures can't be read: %s: %w", path, err)
	}
	return c, true, nil
}

// Copy brings the file up to date. What the file has and the store doesn't stays in it.
func (j *Journal) Copy(ctx context.Context) error {
	if j.File == "" {
		return nil
	}
	unlock, err := aside.Lock(j.File)
	if err != nil {
		return err
	}
	defer unlock()
	until := j.Now().UTC().Truncate(time.Second)
	all, err := entriesOf(ctx, j.Store)
	if err != nil {
		return err
	}
	before, _, err := read(j.File)
	if err != nil {
		return err
	}
	all = latest(append(all, before.Entries...))
	if age := until.Sub(before.Until); slices.Equal(all, before.Entries) && age >= 0 && age < renewal {
		return nil
	}
	data, err := bonafide.MarshalJSON(content{format, until, all})
	if err != nil {
		return err
	}
	return aside.Write(j.File, func(w io.Writer) error {
		_, err := w.Write(append(data, '\n'))
		return err
	})
}

func entriesOf(ctx context.Context, s store.Store) (all []Entry, err error) {
	err = s.View(ctx, func(r store.Reader) error {
		all, err = Entries(r)
		return err
	})
	return all, err
}

// latest returns the last entry of each hash, in the order of the hashes.
func latest(all []Entry) []Entry {
	slices.SortFunc(all, func(a, b Entry) int { return cmp.Or(cmp.Compare(a.Hash, b.Hash), cmp.Compare(b.At, a.At)) })
	all = slices.CompactFunc(all, func(a, b Entry) bool { return a.Hash == b.Hash })
	if all == nil {
		all = []Entry{}
	}
	return all
}

// Ahead is what a file knows that a store doesn't, since that was put back to an earlier state.
type Ahead struct {
	Found   bool      // there is such a file
	Until   time.Time // how far the file reaches: what was erased later nobody knows
	Entries []Entry   // those that the store lacks
	Keyed   bool      // the store has the secret that tells of whom they speak
}

// Compare tells how far the file at path is ahead of the store.
func Compare(ctx context.Context, s store.Store, path string) (Ahead, error) {
	c, found, err := read(path)
	if err != nil || !found {
		return Ahead{}, err
	}
	a := Ahead{Found: true, Until: c.Until}
	err = s.View(ctx, func(r store.Reader) error {
		kept, err := Entries(r)
		if err != nil {
			return err
		}
		a.Entries = slices.DeleteFunc(slices.Clone(c.Entries), func(e Entry) bool {
			n, is := slices.BinarySearchFunc(kept, e.Hash, func(k Entry, hash string) int { return cmp.Compare(k.Hash, hash) })
			return is && kept[n].At >= e.At
		})
		_, a.Keyed, err = store.GetJSON[[]byte](r, secretKey)
		return err
	})
	return a, err
}

// Missing returns what the file has and the store lacks: it is to be carried out again, and then entered by [Journal.Enter].
func (j *Journal) Missing(ctx context.Context) ([]Entry, error) {
	if j.File == "" {
		return nil, nil
	}
	ahead, err := Compare(ctx, j.Store, j.File)
	return ahead.Entries, err
}

// Enter enters what was carried out again.
func (j *Journal) Enter(ctx context.Context, entries []Entry) error {
	return j.Store.Update(ctx, func(tx store.Tx) error {
		for _, e := range entries {
			last, _, err := store.GetJSON[bonafide.Seconds](tx, entryKey(e.Hash))
			if err != nil {
				return err
			}
			if err := store.PutJSON(tx, entryKey(e.Hash), max(last, e.At)); err != nil {
				return err
			}
		}
		return nil
	})
}
