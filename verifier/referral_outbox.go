package verifier

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"bonafide.example"
	"bonafide.example/internal/web"
	"bonafide.example/store"
	"github.com/google/uuid"
)

// sending is an outcome that its referral's issuer is yet to be told. It names no account, and stays if the
// account is erased.
type sending struct {
	Outcome bonafide.Outcome `json:"outcome"`
	Turn    int              `json:"turn"` // 1 for the first outcome that waits for the referral, then 2…
	DueAt   bonafide.Seconds `json:"due_at"`
	Sent    int              `json:"sent"` // how often it was tried
}

// sendingsKey leads to what waits for an issuer, and of that, if it is given, for one referral.
func sendingsKey(issuer bonafide.Origin, jti ...string) []byte {
	return store.Key(append([]string{"verifier", "referral-outcome", string(issuer)}, jti...)...)
}

func (s *sending) key() []byte {
	return append(sendingsKey(s.Outcome.Audience, s.Outcome.Referral), store.Key(fmt.Sprintf("%09d", s.Turn))...)
}

// send has the issuer of a referral told an outcome, after all others that wait for that referral: a
// reversal never arrives before its fault.
func (v *Verifier) send(tx store.Tx, r *bonafide.Referral, o bonafide.Outcome) error {
	now := v.now()
	o.Issuer, o.Audience, o.Referral, o.ID = v.config.Origin, r.Issuer, r.ID, uuid.NewString()
	o.IssuedAt, o.Expires = bonafide.SecondsOf(now), bonafide.SecondsOf(now.Add(bonafide.MaxDelivery))
	s := &sending{Outcome: o, Turn: 1, DueAt: o.IssuedAt}
	waiting, err := sendings(tx, r)
	if err != nil {
		return err
	}
	if len(waiting) > 0 {
		s.Turn = waiting[len(waiting)-1].Turn + 1
	}
	return store.PutJSON(tx, s.key(), s)
}

// sendings returns what waits for a referral, in its order.
func sendings(r store.Reader, referral *bonafide.Referral) (waiting []*sending, err error) {
	err = store.ScanJSON(r, store.Prefix(sendingsKey(referral.Issuer, referral.ID)), func(_ []byte, s *sending) (bool, error) {
		waiting = append(waiting, s)
		return true, nil
	})
	return waiting, err
}

// stopAsking drops the question whether the voucher has confirmed.
func stopAsking(tx store.Tx, referral *bonafide.Referral) error {
	waiting, err := sendings(tx, referral)
	if err != nil {
		return err
	}
	for _, s := range waiting {
		if s.Outcome.Event != bonafide.Redeemed {
			continue
		}
		if err := tx.Delete(s.key()); err != nil {
			return err
		}
	}
	return nil
}

// deliver tells an issuer what is due. What fails is told again later; once the issuer is out of reach or its turn
// is over, nothing more is begun.
func (v *Verifier) deliver(ctx, turn context.Context, issuer bonafide.Origin) error {
	due, err := v.dueSendings(ctx, issuer)
	failures := []error{err}
	for _, s := range due {
		if turn.Err() != nil {
			break
		}
		err := v.tellIssuer(ctx, s)
		failures = append(failures, v.ownFailure(issuer, err))
		if bonafide.CodeOf(err) == bonafide.Unreachable {
			break
		}
	}
	return errors.Join(failures...)
}

// dueSendings returns the first outcome that waits for each referral of the issuer, where it is due.
func (v *Verifier) dueSendings(ctx context.Context, issuer bonafide.Origin) (due []*sending, err error) {
	now := bonafide.SecondsOf(v.now())
	err = v.config.Store.View(ctx, func(r store.Reader) error {
		due = nil
		last := ""
		return store.ScanJSON(r, store.Prefix(sendingsKey(issuer)), func(_ []byte, s *sending) (bool, error) {
			if s.Outcome.Referral != last && s.DueAt <= now {
				due = append(due, s)
			}
			last = s.Outcome.Referral
			return len(due) < maxInputs, nil
		})
	})
	return due, err
}

// Waiting tells whether there is something to tell at once, which may be another server's doing.
func (v *Verifier) Waiting(ctx context.Context) (waiting bool, err error) {
	now := bonafide.SecondsOf(v.now())
	err = v.config.Store.View(ctx, func(r store.Reader) error {
		return store.ScanJSON(r, store.Prefix(store.Key("verifier", "referral-outcome")), func(_ []byte, s *sending) (bool, error) {
			waiting = s.Sent == 0 && s.DueAt <= now
			return !waiting, nil
		})
	})
	return waiting, err
}

// tellIssuer tells an issuer one outcome, and takes what it answers. The error, unless it is this site's own,
// is why it couldn't be told; it is tried again then.
func (v *Verifier) tellIssuer(ctx context.Context, s *sending) error {
	said, failure := v.post(ctx, &s.Outcome)
	if bonafide.CodeOf(failure) == bonafide.Internal {
		return failure
	}
	lost := false
	err := v.config.Store.Update(ctx, func(tx store.Tx) error {
		kept, found, err := store.GetJSON[sending](tx, s.key())
		switch {
		case err != nil || !found || kept.Outcome.ID != s.Outcome.ID:
			return err
		case kept.Sent != s.Sent && said.open(&s.Outcome): // told by another meanwhile, who put it off: once is enough
			return nil
		}
		lost, err = v.settle(tx, &kept, said)
		return err
	})
	if err != nil {
		return err
	}
	if lost {
		v.log.Error("an outcome was never taken", "issuer", s.Outcome.Audience, "event", s.Outcome.Event, "code", cmp.Or(said.refused, bonafide.CodeOf(failure)))
	}
	return failure
}

// reply is what an issuer answered for good; the zero reply says that it is to be told again.
type reply struct {
	answer  bonafide.ReferralAnswer
	refused bonafide.Code
}

// open tells whether the outcome is to be told again: it couldn't be told, or the voucher hasn't answered yet.
func (r reply) open(o *bonafide.Outcome) bool {
	return r.refused == "" && (r.answer.State == "" || o.Event == bonafide.Redeemed && r.answer.State == bonafide.ReferralPending)
}

// post tells the outcome, signed now.
func (v *Verifier) post(ctx context.Context, o *bonafide.Outcome) (reply, error) {
	entity, err := v.fetch.Entity(ctx, o.Audience)
	if err != nil {
		return reply{}, err
	}
	if entity.Metadata.Issuer == nil || entity.Metadata.Issuer.Outcomes == "" {
		return reply{}, bonafide.Errorf(bonafide.BadMetadata, string(o.Audience), "publishes no outcome_endpoint")
	}
	endpoint := entity.Metadata.Issuer.Outcomes
	token, err := v.sealer.Seal(ctx, bonafide.TypeOutcome, o)
	if err != nil {
		return reply{}, err
	}
	answer, err := v.fetch.Tell(ctx, endpoint, url.Values{"outcome": {token}})
	if err != nil {
		return reply{}, err
	}
	if answer.Status != http.StatusOK {
		return refusal(endpoint, answer.Status, answer.Body)
	}
	said, err := bonafide.ParsePeer[bonafide.ReferralAnswer](answer.Body)
	if err != nil {
		return reply{}, bonafide.Errorf(bonafide.BadAnswer, endpoint, "answers something else than how the referral stands").Because(err)
	}
	switch said.State {
	case bonafide.ReferralPending, bonafide.ReferralConfirmed, bonafide.ReferralDeclined, bonafide.ReferralEnded:
		return reply{answer: said}, nil
	}
	return reply{}, bonafide.Errorf(bonafide.BadAnswer, endpoint, "%.20q is not how a referral stands", string(said.State))
}

// ofTheMoment tells whether a refusal with a code may pass: the issuer is busy, its clock differs, or it couldn't read
// this site's keys.
func ofTheMoment(code bonafide.Code) bool {
	switch code {
	case bonafide.RateLimited, bonafide.NotYetValid, bonafide.UnknownKey, bonafide.BadKeySet, bonafide.BadMetadata, bonafide.NoCommonVersion, bonafide.AddressRefused:
		return true
	}
	return false
}

// refusal reads an issuer's refusal. It is for good if the issuer says so in the protocol's codes, and
// not of the moment alone.
func refusal(endpoint string, status int, body []byte) (reply, error) {
	problem, err := bonafide.ParsePeer[web.ProblemDocument](body)
	switch {
	case status == http.StatusTooManyRequests || status >= 500:
		return reply{}, bonafide.Errorf(bonafide.Unreachable, endpoint, "answers with status %d", status)
	case err != nil || status < 400 || problem.Code.Meaning().Status != status || ofTheMoment(problem.Code):
		return reply{}, bonafide.Errorf(bonafide.BadAnswer, endpoint, "answers with status %d", status)
	}
	return reply{refused: problem.Code}, nil
}

// settle takes the reply to an outcome: what was answered for good waits no more, nor does what it is too late
// to tell again. It makes room before anything else follows. lost says that the issuer never took it.
func (v *Verifier) settle(tx store.Tx, s *sending, said reply) (lost bool, err error) {
	r, err := redeemed(tx, s.Outcome.Audience, s.Outcome.Referral)
	if err != nil {
		return false, err
	}
	asks := s.Outcome.Event == bonafide.Redeemed
	if err := tx.Delete(s.key()); err != nil {
		return false, err
	}
	switch {
	case said.refused != "":
		lost, err = true, v.takeRefusal(tx, r, said.refused, asks)
	case said.open(&s.Outcome):
		if s.next(v.now()) {
			return false, store.PutJSON(tx, s.key(), s)
		}
		lost = said.answer.State == ""
		err = v.giveUp(tx, r, asks)
	default:
		err = v.takeAnswer(tx, r, said.answer)
	}
	return lost, err
}

// giveUp ends a referral about which its issuer was asked for as long as that is done: whoever stands behind it has
// what they put up back, and its holder may accept another.
func (v *Verifier) giveUp(tx store.Tx, r *referral, asked bool) error {
	if !asked {
		return nil
	}
	return v.finishReferral(tx, r, bonafide.ReferralEnded, bonafide.ReferralOver, true)
}

// next has an outcome told again: in a minute, then in twice the time before, up to an hour. It is false if
// that is too late: 30 days after the redemption for the question whether it is confirmed, for the rest the token's
// end.
func (s *sending) next(now time.Time) bool {
	at := now.Add(min(time.Minute<<min(s.Sent, 10), time.Hour))
	s.Sent++
	s.DueAt = bonafide.SecondsOf(at)
	if s.Outcome.Event == bonafide.Redeemed {
		return at.Before(s.Outcome.IssuedAt.Time().Add(bonafide.MinDelivery))
	}
	return at.Before(s.Outcome.Expires.Time())
}
