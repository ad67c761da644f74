// Package bench measures this implementation on the machine that it runs on.
//
// Figures of one machine say little about another, and on a busy one they say little at all. So most rows are
// ratios: what is measured and what it is compared to take turns within one run, and each round gives one ratio,
// whose median is told. Where the issue is how much a machine can serve, what is compared is the time of its
// processors rather than that on the clock. An aim is a promise to keep; to miss it is told, and fails nothing.
package bench

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"bonafide.example/store"
)

// Config says what to measure, and how long.
type Config struct {
	Folder string        // where stores are put; what is put there is removed again
	Topics []string      // those of [Topics] to measure; nil: all
	Badges int           // how many badges are issued at once
	Sizes  []int         // how many members the sites have whose growth is measured
	Round  time.Duration // how long each side of a comparison works in one round
	Rounds int           // how many rounds there are
	Asker  []string      // the command that runs [Ask]; nil: nothing is measured that a client must ask for
	// Open opens an empty store of that name in the folder, and tells what kind it is.
	Open func(folder, name string) (store.Store, error)
	// Measured is told each row once it is measured; nil: nobody is.
	Measured func(Row)
}

// Quick is what takes about a minute.
func Quick(folder string) Config {
	return Config{Folder: folder, Round: 20 * time.Millisecond, Rounds: 15, Badges: 2000, Sizes: []int{1000, 10_000}}
}

// Full is what takes half an hour and about 12 GB of disk.
func Full(folder string) Config {
	return Config{Folder: folder, Round: 200 * time.Millisecond, Rounds: 31, Badges: 20_000, Sizes: []int{10_000, 100_000, 1_000_000}}
}

// Row is one line of the table.
type Row struct {
	Topic   string  `json:"topic"`
	What    string  `json:"what"`
	Took    Amount  `json:"took"`
	Against string  `json:"against,omitzero"` // what it is compared to
	Base    Amount  `json:"base,omitzero"`    // how much that took
	Ratio   float64 `json:"ratio,omitzero"`   // how many times as much it took or, for an aim of at least so many, as little
	Aim     Aim     `json:"aim,omitzero"`
}

// topic is what belongs together, and is measured in one go.
type topic struct {
	name    string
	measure func(*bench, context.Context) error
}

func topics() []topic {
	return []topic{
		{"verify", (*bench).verify}, {"issue", (*bench).issue}, {"bulk", (*bench).bulk}, {"list", (*bench).list},
		{"serve", (*bench).serve}, {"import", (*bench).imports}, {"ingest", (*bench).ingest}, {"growth", (*bench).growth},
	}
}

// Topics returns the names of what can be measured, in its order.
func Topics() (names []string) {
	for _, t := range topics() {
		names = append(names, t.name)
	}
	return names
}

// bench is one run.
type bench struct {
	Config
	topic string
	rows  []Row
	log   *slog.Logger
}

// Run measures, and returns the rows in the order of their topics.
func Run(ctx context.Context, config Config) ([]Row, error) {
	for _, name := range config.Topics {
		if !slices.Contains(Topics(), name) {
			return nil, fmt.Errorf("%q is no topic; there are %s", name, strings.Join(Topics(), ", "))
		}
	}
	b := &bench{Config: config, log: slog.New(slog.NewTextHandler(io.Discard, nil))}
	for _, t := range topics() {
		if config.Topics != nil && !slices.Contains(config.Topics, t.name) {
			continue
		}
		b.topic = t.name
		if err := t.measure(b, ctx); err != nil {
			return b.rows, fmt.Errorf("measuring %s: %w", t.name, err)
		}
	}
	return b.rows, nil
}

// add adds a row to the topic that is measured.
func (b *bench) add(r Row) {
	r.Topic = b.topic
	b.rows = append(b.rows, r)
	if b.Measured != nil {
		b.Measured(r)
	}
}

// opened is a store in a folder of its own.
type opened struct {
	store.Store
	folder string
}

// open opens an empty store.
func (b *bench) open(name string) (*opened, error) {
	folder, err := os.MkdirTemp(b.Folder, "bonafide-bench-")
	if err != nil {
		return nil, err
	}
	kept, err := b.Open(folder, name)
	if err != nil {
		return nil, errors.Join(err, os.RemoveAll(folder))
	}
	return &opened{kept, folder}, nil
}

// remove closes the store and removes it.
func (o *opened) remove() error { return errors.Join(o.Close(), os.RemoveAll(o.folder)) }

// size returns how many bytes the store's files have.
func (o *opened) size() (bytes int64, err error) {
	err = filepath.WalkDir(o.folder, func(_ string, entry os.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		info, err := entry.Info()
		if err == nil {
			bytes += info.Size()
		}
		return err
	})
	return bytes, err
}
