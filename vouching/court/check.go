package court

import (
	"bonafide.example/store"
	"bonafide.example/store/records"
)

// Check tells whether the cases are whole, and those with a deadline are looked at then.
func Check(r store.Reader, report *records.Report) error {
	err := report.Kinds(r, "court", map[string]records.Read{
		"case": records.JSON[Case], "of": records.Bare, "due": records.Bare, "ruling": records.JSON[string],
	})
	if err != nil {
		return err
	}
	for _, list := range []string{"of", "due"} {
		err := report.Leads(r, store.Prefix(store.Key("court", list)), func(parts []string, _ []byte) []byte { return caseKey(parts[3]) })
		if err != nil {
			return err
		}
	}
	return report.Leads(r, store.Prefix(store.Key("court", "case")), func(_ []string, value []byte) []byte {
		k, err := store.DecodeJSON[Case](nil, value)
		if err != nil || k.Deadline == 0 {
			return nil
		}
		return dueKey(k.Deadline, k.ID)
	})
}
