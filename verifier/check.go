package verifier

import (
	"errors"
	"time"

	"bonafide.example"
	"bonafide.example/store"
	"bonafide.example/store/records"
)

// Check tells whether the verifier's records are whole, and every input and referral is found where it is looked for.
func Check(r store.Reader, report *records.Report) error {
	err := report.Kinds(r, "verifier", map[string]records.Read{
		"input": records.JSON[input], "list": records.JSON[listRecord], "watch": records.Text, "due": records.Bare, "over": records.Bare,
		"subject": records.JSON[feed], "ending": records.JSON[Ending], "changed": records.Text, "flow": records.JSON[flow],
		"seen": records.JSON[time.Time], "mechanism": records.JSON[bonafide.Mechanism], "secret": records.JSON[[]byte],
		"restored": records.JSON[bonafide.Seconds],
		"log":      records.JSON[Watched], "identity": records.JSON[Identity], "referral": records.JSON[referral], "referral-used": records.JSON[usedReferral], "referral-turn": records.Bare,
		"referral-outcome": records.JSON[sending], "referral-fault": records.JSON[toldFault], "referral-erased": records.JSON[Cover],
	})
	if err != nil {
		return err
	}
	for kind, to := range map[string]func(account, id string) []byte{"due": inputKey, "over": inputKey, "referral-turn": referralKey} {
		err := report.Leads(r, store.Prefix(store.Key("verifier", kind)), func(parts []string, _ []byte) []byte {
			return to(parts[len(parts)-2], parts[len(parts)-1])
		})
		if err != nil {
			return err
		}
	}
	return errors.Join(checkInputs(r, report), checkReferrals(r, report))
}

func checkInputs(r store.Reader, report *records.Report) error {
	var err error
	for _, row := range []func(*input) []byte{(*input).dueKey, (*input).overKey, (*input).subjectKey, watchOfInput} {
		err = errors.Join(err, report.Leads(r, store.Prefix(store.Key("verifier", "input")), func(_ []string, value []byte) []byte {
			in, err := store.DecodeJSON[input](nil, value)
			if err != nil {
				return nil
			}
			return row(&in)
		}))
	}
	return err
}

// watchOfInput returns the key by which a list leads to the input; nil for one that has ended.
func watchOfInput(in *input) []byte {
	if in.Ended {
		return nil
	}
	return in.watchKey()
}

func checkReferrals(r store.Reader, report *records.Report) error {
	return report.Leads(r, store.Prefix(store.Key("verifier", "referral")), func(_ []string, value []byte) []byte {
		kept, err := store.DecodeJSON[referral](nil, value)
		if err != nil || kept.over() {
			return nil
		}
		return kept.watchKey()
	})
}
