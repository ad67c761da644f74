package complaint

import (
	"bonafide.example/store"
	"bonafide.example/store/records"
)

// Check tells whether the complaints are whole, and every one is where it is looked for.
func Check(r store.Reader, report *records.Report) error {
	err := report.Kinds(r, "complaint", map[string]records.Read{
		"is": records.JSON[Complaint], "of": records.Bare, "open": records.Bare, "end": records.Bare,
	})
	if err != nil {
		return err
	}
	for _, list := range []string{"of", "open", "end"} {
		err := report.Leads(r, store.Prefix(store.Key("complaint", list)), func(parts []string, _ []byte) []byte {
			return complaintKey(parts[len(parts)-1])
		})
		if err != nil {
			return err
		}
	}
	return report.Leads(r, store.Prefix(store.Key("complaint", "is")), func(_ []string, value []byte) []byte {
		c, err := store.DecodeJSON[Complaint](nil, value)
		switch {
		case err != nil:
			return nil
		case c.State.Open():
			return openKey(c)
		default:
			return endKey(c)
		}
	})
}
