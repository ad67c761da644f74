package refer

import (
	"context"
	"fmt"
	"time"

	"bonafide.example"
	"bonafide.example/store"
	"bonafide.example/vouching"
)

const (
	// unanswered is how long a redeemed referral waits for the voucher's word: a day less than the other site
	// asks for it at least, so that a late word doesn't lock points for what counts nowhere.
	unanswered = bonafide.Seconds(bonafide.MinDelivery/time.Second) - vouching.Day
	// late is how long after its expiry a referral's redemption may be told: either site may have been away.
	late = 7 * vouching.Day
	// remembered is how long a referral that never counted is kept after its end, so that what is told of it is
	// answered rightly.
	remembered = bonafide.Seconds(bonafide.MaxDelivery / time.Second)
	// faultsTold is how long one that counted is kept after its end: until a fault of its last day can have
	// been reported, ruled on there, told, ruled on here, and have healed.
	faultsTold = vouching.ReportWithin + 2*(vouching.AppealWithin+vouching.RuleWithin) + remembered + vouching.Periods*vouching.Period
)

// waiting is how a referral stands that nobody has redeemed yet; [bonafide.ReferralState] has the others.
const waiting bonafide.ReferralState = "waiting"

// reason says why a referral has ended.
type reason string

const (
	withdrawn  reason = "withdrawn"  // by the voucher
	expired    reason = "expired"    // nobody redeemed it in time
	neglected  reason = "unanswered" // the voucher didn't say whether they meant whoever redeemed it
	ranOut     reason = "ran-out"    // it counted for as long as it could
	endedThere reason = "there"      // by the other site
	burned     reason = "burned"     // faults left less of the stake than the least
	restored   reason = "restored"   // the site went on from a backup, and revoked all that it had signed
	fallen     reason = "fallen"     // the level that it states wasn't kept, or the voucher was suspended or erased
)

// Referral is what is kept of one referral.
type Referral struct {
	ID        string                 `json:"id"`        // the token's jti
	Mechanism string                 `json:"mechanism"` // its name on this site
	Voucher   string                 `json:"voucher"`   // the member, or what they are called since they were erased
	Site      bonafide.Origin        `json:"site"`      // where it may be redeemed
	Level     string                 `json:"level"`     // the earned level that it states, by id
	Stake     int64                  `json:"stake"`
	Entry     bonafide.StatusEntry   `json:"entry"`         // set once the level falls or the referral ends
	Link      string                 `json:"link,omitzero"` // until it is redeemed
	Made      bonafide.Seconds       `json:"made"`
	Expires   bonafide.Seconds       `json:"expires"` // until when it may be redeemed
	State     bonafide.ReferralState `json:"state"`

	Redeemed  bonafide.Seconds `json:"redeemed,omitzero"` // by the other site's clock
	Outcome   string           `json:"outcome,omitzero"`  // the jti of what told so
	Name      string           `json:"name,omitzero"`     // what whoever redeemed it wants to be called
	Confirmed bonafide.Seconds `json:"confirmed,omitzero"`
	Until     bonafide.Seconds `json:"until,omitzero"` // confirmed once: until, but not at, this instant the voucher answers for it
	Over      bonafide.Seconds `json:"over,omitzero"`  // since when it is declined or has ended
	Why       reason           `json:"why,omitzero"`   // it has ended
}

// answer returns what the other site is told of how the referral stands.
func (r *Referral) answer() bonafide.ReferralAnswer {
	if r.State == bonafide.ReferralConfirmed {
		return bonafide.ReferralAnswer{State: r.State, Until: r.Until}
	}
	return bonafide.ReferralAnswer{State: r.State}
}

// due returns when something happens to the referral by itself: it ends, or once that is long past is
// forgotten.
func (r *Referral) due() bonafide.Seconds {
	switch {
	case r.State == waiting:
		return r.Expires + late
	case r.State == bonafide.ReferralPending:
		return r.Redeemed + unanswered
	case r.State == bonafide.ReferralConfirmed:
		return r.Until
	case r.Confirmed == 0:
		return r.Over + remembered
	default:
		return max(r.Over, r.Until) + faultsTold
	}
}

// open tells whether the referral may still come to count.
func (r *Referral) open() bool { return r.State == waiting || r.State == bonafide.ReferralPending }

// erased tells whether the voucher was erased since it was redeemed.
func (r *Referral) erased() bool { return r.Redeemed > 0 && r.Name == "" }

func referralKey(id string) []byte   { return store.Key("refer", "made", id) }
func ofKey(member, id string) []byte { return store.Key("refer", "of", member, id) }
func dueKey(at bonafide.Seconds, id string) []byte {
	return store.Key("refer", "due", fmt.Sprintf("%012d", at), id)
}
func faultsKey(id string) []byte { return store.Key("refer", "fault", id) }
func faultKey(id, fault string) []byte {
	return store.Key("refer", "fault", id, caseID(id, fault))
}

// put keeps a referral and has it looked at.
func (d *Desk) put(tx store.Tx, r *Referral) error {
	if err := store.PutJSON(tx, referralKey(r.ID), r); err != nil {
		return err
	}
	if err := tx.Put(ofKey(r.Voucher, r.ID), nil); err != nil {
		return err
	}
	return d.schedule(tx, r)
}

// schedule has a referral looked at when something is due and, while it isn't over, at the end of each day:
// whether its entry was set isn't told. To look once too often does no harm, so nothing is ever unscheduled.
func (d *Desk) schedule(tx store.Tx, r *Referral) error {
	at := r.due()
	if r.Over == 0 {
		at = min(at, (d.instant()/vouching.Day+1)*vouching.Day)
	}
	return tx.Put(dueKey(at, r.ID), nil)
}

// forget removes a referral and what was told of it.
func forget(tx store.Tx, r *Referral) error {
	err := tx.Scan(store.Prefix(faultsKey(r.ID)), func(key, _ []byte) (bool, error) { return true, tx.Delete(key) })
	if err != nil {
		return err
	}
	if err := tx.Delete(ofKey(r.Voucher, r.ID)); err != nil {
		return err
	}
	return tx.Delete(referralKey(r.ID))
}

// mine returns a member's own referral; unknown-referral if there is none with that id.
func mine(r store.Reader, member, id string) (*Referral, error) {
	of, found, err := store.GetJSON[Referral](r, referralKey(id))
	if err != nil {
		return nil, err
	}
	if !found || of.Voucher != member {
		return nil, bonafide.Errorf(bonafide.UnknownReferral, id, "is not a referral of the account signed in")
	}
	return &of, nil
}

// madeBy returns a member's referrals.
func madeBy(r store.Reader, member string) ([]Referral, error) {
	var all []Referral
	err := r.Scan(store.Prefix(store.Key("refer", "of", member)), func(key, _ []byte) (bool, error) {
		one, found, err := store.GetJSON[Referral](r, referralKey(store.Parts(key)[3]))
		if found {
			all = append(all, one)
		}
		return true, err
	})
	return all, err
}

// all returns every referral, without the links.
func (d *Desk) all(ctx context.Context) ([]Referral, error) {
	var all []Referral
	err := d.Store.View(ctx, func(r store.Reader) error {
		all = []Referral{}
		return store.ScanJSON(r, store.Prefix(store.Key("refer", "made")), func(_ []byte, one Referral) (bool, error) {
			one.Link = ""
			all = append(all, one)
			return true, nil
		})
	})
	return all, err
}
