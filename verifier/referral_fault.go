package verifier

import (
	"time"

	"bonafide.example"
	"bonafide.example/store"
	"github.com/google/uuid"
)

// Fault is one that an account was found at under one of the site's mechanisms, finally.
type Fault struct {
	Mechanism string           // the mechanism's slug
	Account   string           // who committed it
	ID        string           // the site's own, at most 200 bytes; told to nobody
	Class     string           // one of the mechanism's
	Occurred  bonafide.Seconds // when it was committed
	Reported  bonafide.Seconds // when it was reported
}

// toldFault is what one referral's issuer was told of a fault. It names no account.
type toldFault struct {
	ID    string           `json:"id"` // the fault's name towards that issuer: random, so that two of them can't compare
	Until bonafide.Seconds `json:"until"`
}

// faultKept is how long it is remembered of what a fault was told. All that it cost has healed by then.
const faultKept = 365 * 24 * time.Hour

func toldFaultKey(fault string, c *Cover) []byte {
	return append(toldFaultsKey(fault), store.Key(string(c.Issuer), c.Referral)...)
}

func toldFaultsKey(fault string) []byte { return store.Key("verifier", "referral-fault", fault) }

// FaultFinal has, within a transaction of the verifier's store, the issuers told of each referral that covered the
// fault when it was committed and whose table names what the class is called there, also where its account was
// erased since. A fault is told once.
func (v *Verifier) FaultFinal(tx store.Tx, f Fault) error {
	covers, err := v.coversOf(tx, f.Account)
	if err != nil || len(covers) == 0 {
		return err
	}
	all, err := v.shelf.All(tx)
	if err != nil {
		return err
	}
	towards := tableSet(all).referring().to(string(v.config.Origin) + "/mechanisms/" + f.Mechanism)
	for _, c := range covers {
		class := towards.of(c.Mechanism).class(f.Class)
		if class == "" || !c.includes(f.Occurred) {
			continue
		}
		if err := v.tellFault(tx, &c, f, class); err != nil {
			return err
		}
	}
	return nil
}

// class returns what the tables' issuer calls a class of fault here, "" if it isn't told of it.
func (ts tableSet) class(here string) string {
	for _, t := range ts {
		if there := t.Referral.Classes[here]; there != "" {
			return there
		}
	}
	return ""
}

func (v *Verifier) tellFault(tx store.Tx, c *Cover, f Fault, class string) error {
	key := toldFaultKey(f.ID, c)
	_, told, err := store.GetJSON[toldFault](tx, key)
	if err != nil || told {
		return err
	}
	id := uuid.NewString()
	if err := store.PutJSON(tx, key, toldFault{id, bonafide.SecondsOf(v.now().Add(faultKept))}); err != nil {
		return err
	}
	r := &bonafide.Referral{Issuer: c.Issuer, ID: c.Referral}
	return v.send(tx, r, bonafide.Outcome{Event: bonafide.OutcomeFault, Fault: id, Class: class, Occurred: f.Occurred, Reported: f.Reported})
}

// FaultReversed has, within a transaction of the verifier's store, everybody who was told of the fault told that it
// was reversed, also where its account was erased since.
func (v *Verifier) FaultReversed(tx store.Tx, f Fault) error {
	return store.ScanJSON(tx, store.Prefix(toldFaultsKey(f.ID)), func(key []byte, told toldFault) (bool, error) {
		of := store.Parts(key)[3:]
		r := &bonafide.Referral{Issuer: bonafide.Origin(of[0]), ID: of[1]}
		if err := v.send(tx, r, bonafide.Outcome{Event: bonafide.FaultReversed, Fault: told.ID}); err != nil {
			return false, err
		}
		return true, tx.Delete(key)
	})
}
