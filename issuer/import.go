package issuer

import (
	"context"
	"fmt"
	"io"

	"bonafide.example"
	"bonafide.example/store"
)

// Batch is one step of an import: some events of a file, and how far it goes.
type Batch struct {
	Import string  `json:"import"` // names the import: the hash of its file, say
	Row    int64   `json:"row"`    // rows of the file done with this batch
	Events []Event `json:"events"`
}

// Validate tells whether the batch names its import and row.
func (b *Batch) Validate() error {
	if b.Row < 1 {
		return bonafide.Errorf(bonafide.BadValue, "row", "%d is not 1 or more", b.Row)
	}
	return checkID("import", b.Import)
}

// RecordBatch keeps a batch's events, as [Issuer.Record] does, and in the same transaction that the
// import has come so far; a batch of rows that were done before changes nothing. Badges that said too
// much are revoked at once; those to issue anew are left to [Issuer.Run] or [Issuer.RunDue].
func (i *Issuer) RecordBatch(ctx context.Context, b Batch) (recorded int, err error) {
	if err := b.Validate(); err != nil {
		return 0, err
	}
	if err := i.checkEvents(b.Events); err != nil {
		return 0, err
	}
	err = i.Store.Update(ctx, func(tx store.Tx) error {
		recorded = 0
		done, _, err := store.GetJSON[int64](tx, importKey(b.Import))
		if err != nil || done >= b.Row {
			return err
		}
		if recorded, _, err = i.record(tx, b.Events); err != nil {
			return err
		}
		return store.PutJSON(tx, importKey(b.Import), b.Row)
	})
	if err == nil {
		i.WakeUp()
	}
	return recorded, err
}

// ImportedRows returns how many rows of an import are done, 0 for one that never began.
func (i *Issuer) ImportedRows(ctx context.Context, importID string) (rows int64, err error) {
	err = i.Store.View(ctx, func(r store.Reader) error {
		rows, _, err = store.GetJSON[int64](r, importKey(importID))
		return err
	})
	return rows, err
}

// Sink is where an import goes: an [*Issuer], or a running server by its admin API.
type Sink interface {
	RecordBatch(ctx context.Context, b Batch) (recorded int, err error)
	ImportedRows(ctx context.Context, importID string) (int64, error)
}

// Report says what an import did.
type Report struct {
	Rows     int64 // in the file
	Resumed  int64 // of these, done by earlier runs
	Recorded int64 // events that were new
}

// batchRows is how many rows are recorded at once.
const batchRows = 1000

// Import records the events of a file. The whole file is read and checked first, so that a bad line
// stops it before anything is kept; errors name the line. An import that was interrupted, under the same
// id, goes on where it stopped. progress, which may be nil, is called with the rows done.
func Import(ctx context.Context, sink Sink, importID string, src io.ReadSeeker, format ReadFormat, progress func(rows int64)) (Report, error) {
	var report Report
	err := ReadEvents(src, format, func(row int64, _ Event) error {
		report.Rows = row
		return ctx.Err()
	})
	if err != nil {
		return report, err
	}
	if _, err := src.Seek(0, io.SeekStart); err != nil {
		return report, fmt.Errorf("reading the file again: %w", err)
	}
	if report.Resumed, err = sink.ImportedRows(ctx, importID); err != nil {
		return report, err
	}
	batch := Batch{Import: importID}
	flush := func() error {
		if len(batch.Events) == 0 {
			return nil
		}
		recorded, err := sink.RecordBatch(ctx, batch)
		if err != nil {
			return err
		}
		report.Recorded += int64(recorded)
		batch.Events = batch.Events[:0]
		if progress != nil {
			progress(batch.Row)
		}
		return nil
	}
	err = ReadEvents(src, format, func(row int64, e Event) error {
		if row <= report.Resumed {
			return nil
		}
		batch.Row = row
		batch.Events = append(batch.Events, e)
		if len(batch.Events) < batchRows {
			return nil
		}
		return flush()
	})
	if err != nil {
		return report, err
	}
	return report, flush()
}
