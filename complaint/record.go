package complaint

import (
	"context"
	"crypto/sha256"
	"encoding/base32"
	"fmt"
	"slices"

	"bonafide.example"
	"bonafide.example/store"
)

const day = bonafide.Seconds(24 * 60 * 60)

// How long things take, in seconds.
const (
	AnswerReportIn  = 14 * day  // an answer to a report is due within it
	AnswerContestIn = 30 * day  // and one to a contest
	KeptFor         = 180 * day // a complaint is forgotten that long after it was closed
)

// State says how far a complaint has come.
type State string

// The states of a complaint. The first two are open: an answer is due.
const (
	StateReceived  State = "received"
	StateLooked    State = "looked-at"
	StateFounded   State = "founded"   // decided: it is right
	StateUnfounded State = "unfounded" // decided: it isn't
	StateGone      State = "gone"      // whom it was about was erased before anybody decided
)

// Open tells whether an answer is still due.
func (s State) Open() bool { return s == StateReceived || s == StateLooked }

// Kind says what is wrong with a badge that is reported.
type Kind string

// The kinds of reports, in the order in which a form offers them.
const (
	KindUntrue        Kind = "untrue"        // it says something untrue
	KindImpersonation Kind = "impersonation" // it isn't the person's whom it names
	KindCopied        Kind = "copied"        // somebody else shows its picture
	KindUnlawful      Kind = "unlawful"      // it is unlawful or does harm
	KindOther         Kind = "other"
)

var kinds = []Kind{KindUntrue, KindImpersonation, KindCopied, KindUnlawful, KindOther}

// Complaint is one report of a badge, or one contest of a status by whom it is about. Of somebody who was erased since
// it names neither badge nor member and holds no words.
type Complaint struct {
	ID        string           `json:"id,omitzero"`      // absent from what a member is told of reports
	Contest   bool             `json:"contest,omitzero"` // by the member; otherwise a report, by anyone
	Mechanism string           `json:"mechanism"`        // slug
	Member    string           `json:"member,omitzero"`  // whom it is about: the site's own id
	Badge     string           `json:"badge,omitzero"`   // of a report: the code in the badge's address
	Kind      Kind             `json:"kind,omitzero"`    // of a report
	Page      string           `json:"page,omitzero"`    // of a report: the address of the page where the picture is shown
	Words     string           `json:"words,omitzero"`
	State     State            `json:"state"`
	Received  bonafide.Seconds `json:"received"`
	Deadline  bonafide.Seconds `json:"deadline"`         // an answer is due on its day at the latest (UTC)
	Looked    bonafide.Seconds `json:"looked,omitzero"`  // when somebody first looked at it
	Closed    bonafide.Seconds `json:"closed,omitzero"`  // when it stopped to be open
	Answer    string           `json:"answer,omitzero"`  // the operator's words on the decision
	Overdue   bool             `json:"overdue,omitzero"` // open, and the deadline's day is over; worked out whenever it is read
}

// ForgottenOn returns when a closed complaint is forgotten.
func (c Complaint) ForgottenOn() bonafide.Seconds { return c.Closed + KeptFor }

func complaintKey(id string) []byte { return store.Key("complaint", "is", id) }

func ofKey(member, id string) []byte { return store.Key("complaint", "of", member, id) }

// openKey sorts by the deadline, endKey by when a complaint is forgotten.
func openKey(c Complaint) []byte { return timed("open", c.Deadline, c.ID) }

func endKey(c Complaint) []byte { return timed("end", c.ForgottenOn(), c.ID) }

func timed(queue string, at bonafide.Seconds, id string) []byte {
	return store.Key("complaint", queue, fmt.Sprintf("%013d", at), id)
}

// idOf returns the id of the complaint whose receipt has that code. The code can't be had back from it.
func idOf(code string) string {
	sum := sha256.Sum256([]byte(code))
	return base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(sum[:16])
}

// idIn returns the complaint's id that a key of a queue ends with.
func idIn(key []byte) string {
	parts := store.Parts(key)
	return parts[len(parts)-1]
}

func noComplaint(id string) error {
	return bonafide.Errorf(bonafide.NotFound, id, "is no complaint; it may have been taken back, or its words replaced")
}

// load returns a complaint; not-found if there is none.
func (d *Desk) load(r store.Reader, id string) (Complaint, error) {
	c, found, err := store.GetJSON[Complaint](r, complaintKey(id))
	if err == nil && !found {
		err = noComplaint(id)
	}
	c.Overdue = c.State.Open() && bonafide.DateOf(c.Deadline.Time()) < bonafide.DateOf(d.Now())
	return c, err
}

// list returns the complaints that the keys of a range lead to, in its order.
func (d *Desk) list(r store.Reader, rng store.Range) (all []Complaint, err error) {
	err = r.Scan(rng, func(key, _ []byte) (bool, error) {
		c, err := d.load(r, idIn(key))
		all = append(all, c)
		return true, err
	})
	return all, err
}

// keep keeps a complaint in the place of what it was before.
func keep(tx store.Tx, before, c Complaint) error {
	if err := unqueue(tx, before); err != nil {
		return err
	}
	queue := openKey(c)
	if !c.State.Open() {
		queue = endKey(c)
	}
	if err := tx.Put(queue, nil); err != nil {
		return err
	}
	if c.Member != "" {
		if err := tx.Put(ofKey(c.Member, c.ID), nil); err != nil {
			return err
		}
	}
	c.Overdue = false
	return store.PutJSON(tx, complaintKey(c.ID), c)
}

// unqueue takes a complaint from where it is listed.
func unqueue(tx store.Tx, c Complaint) error {
	for _, key := range [][]byte{openKey(c), endKey(c), ofKey(c.Member, c.ID)} {
		if err := tx.Delete(key); err != nil {
			return err
		}
	}
	return nil
}

// forget deletes a complaint.
func forget(tx store.Tx, c Complaint) error {
	if err := unqueue(tx, c); err != nil {
		return err
	}
	return tx.Delete(complaintKey(c.ID))
}

// Complaint returns a complaint; not-found if there is none.
func (d *Desk) Complaint(ctx context.Context, id string) (c Complaint, err error) {
	err = d.Store.View(ctx, func(r store.Reader) (err error) {
		c, err = d.load(r, id)
		return err
	})
	return c, err
}

// PageSize is how many complaints are returned at once at most.
const PageSize = 500

// Complaints returns complaints, or those of one state: first the open ones, the nearest deadline before the others, then
// those closed last. It returns the first [PageSize], or those that follow the one with the id after; not-found if that
// is no complaint.
func (d *Desk) Complaints(ctx context.Context, state State, after string) (page []Complaint, err error) {
	err = d.Store.View(ctx, func(r store.Reader) error {
		page = []Complaint{}
		ids, err := inOrder(r)
		if err != nil {
			return err
		}
		if after != "" {
			at := slices.Index(ids, after)
			if at < 0 {
				return noComplaint(after)
			}
			ids = ids[at+1:]
		}
		for _, id := range ids {
			c, err := d.load(r, id)
			if err != nil {
				return err
			}
			if state == "" || c.State == state {
				page = append(page, c)
			}
			if len(page) == PageSize {
				break
			}
		}
		return nil
	})
	return page, err
}

// inOrder returns the ids of all complaints in the order of [Desk.Complaints].
func inOrder(r store.Reader) (ids []string, err error) {
	for _, queue := range []string{"open", "end"} {
		var of []string
		err := r.Scan(store.Prefix(store.Key("complaint", queue)), func(key, _ []byte) (bool, error) {
			of = append(of, idIn(key))
			return true, nil
		})
		if err != nil {
			return nil, err
		}
		if queue == "end" {
			slices.Reverse(of)
		}
		ids = append(ids, of...)
	}
	return ids, nil
}
