package refer

import (
	"bonafide.example/store"
	"bonafide.example/store/records"
)

// Check tells whether the referrals made here are whole, and what leads to one leads there. What is due may be of
// one that is forgotten.
func Check(r store.Reader, report *records.Report) error {
	err := report.Kinds(r, "refer", map[string]records.Read{
		"made": records.JSON[Referral], "of": records.Bare, "due": records.Bare, "fault": records.JSON[told],
	})
	if err != nil {
		return err
	}
	if err := report.Leads(r, store.Prefix(store.Key("refer", "of")), func(parts []string, _ []byte) []byte { return referralKey(parts[3]) }); err != nil {
		return err
	}
	return report.Leads(r, store.Prefix(store.Key("refer", "fault")), func(parts []string, _ []byte) []byte { return referralKey(parts[2]) })
}
