package desk

import (
	"bonafide.example/store"
	"bonafide.example/store/records"
)

// Check tells whether the records of asks, offers and vouches are whole, and what leads to one leads there. What is due may
// be of one that is forgotten.
func Check(r store.Reader, report *records.Report) error {
	err := report.Kinds(r, "desk", map[string]records.Read{
		string(asks): records.JSON[ask], string(offers): records.JSON[offer], string(vouches): records.JSON[vouch],
		"of": records.Bare, "due": records.Bare,
	})
	if err != nil {
		return err
	}
	return report.Leads(r, store.Prefix(store.Key("desk", "of")), func(parts []string, _ []byte) []byte {
		return recordKey(kind(parts[3]), parts[4])
	})
}
