package site

import (
	"context"
	"slices"
	"time"

	"bonafide.example"
	"bonafide.example/complaint"
	"bonafide.example/internal/erasures"
	"bonafide.example/internal/publiclog"
	"bonafide.example/issuer"
	"bonafide.example/store"
	"bonafide.example/store/records"
	"bonafide.example/verifier"
	"bonafide.example/vouching/court"
	"bonafide.example/vouching/desk"
	"bonafide.example/vouching/ledger"
	"bonafide.example/vouching/refer"
)

// checks says who owns the records whose keys begin with each part, and tells whether they are whole and agree.
func checks() map[string]func(store.Reader, *records.Report) error {
	return map[string]func(store.Reader, *records.Report) error{
		"i": issuer.Check, "verifier": verifier.Check, "vouching": ledger.Check, "desk": desk.Check, "court": court.Check,
		"refer": refer.Check, "complaint": complaint.Check, "site": checkOwn, "published": checkPublished, "log": publiclog.Check,
		"erasures": erasures.Check, "bonafide": records.CheckOwn,
	}
}

// CheckStore tells whether all that a store holds of a site is whole and agrees, at one instant. It changes nothing. The records must be of the
// version that this program writes.
func CheckStore(ctx context.Context, s store.Store) (report *records.Report, err error) {
	err = s.View(ctx, func(r store.Reader) error {
		report = &records.Report{}
		if err := records.Current(r); err != nil {
			return err
		}
		for _, check := range checks() {
			if err := check(r, report); err != nil {
				return err
			}
		}
		return nobodys(r, report)
	})
	return report, err
}

// nobodys tells of records that nobody owns.
func nobodys(r store.Reader, report *records.Report) error {
	var owned []store.Range
	for owner := range checks() {
		owned = append(owned, store.Prefix(store.Key(owner)))
	}
	slices.SortFunc(owned, func(a, b store.Range) int { return slices.Compare(a.From, b.From) })
	from := []byte(nil)
	for _, next := range append(owned, store.Range{}) {
		err := r.Scan(store.Range{From: from, To: next.From}, func(key, _ []byte) (bool, error) {
			report.Fault(key, "nobody has such a key")
			return true, nil
		})
		if err != nil {
			return err
		}
		from = next.To
	}
	return nil
}

func checkOwn(r store.Reader, report *records.Report) error {
	return report.Kinds(r, "site", map[string]records.Read{
		"act": records.JSON[Act], "last-act": records.JSON[int64], "key": records.JSON[time.Time], "ready": records.JSON[time.Time],
	})
}

func checkPublished(r store.Reader, report *records.Report) error {
	return report.Kinds(r, "published", map[string]records.Read{
		"mechanisms": records.JSON[bonafide.Mechanism], "conversions": records.JSON[bonafide.Table],
	})
}
