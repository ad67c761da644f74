package verifier

import (
	"context"
	"time"

	"bonafide.example"
	"bonafide.example/internal/fetch"
	"bonafide.example/internal/oauth"
	"bonafide.example/store"
)

// dueRefreshes returns the inputs for which a new statement of the issuer is due, the longest due first.
func (v *Verifier) dueRefreshes(ctx context.Context, issuer bonafide.Origin) ([]*input, error) {
	return v.inputsUntilNow(ctx, "due", string(issuer))
}

// refresh asks the issuer for a new statement and puts it in place of the input's. A consent that is
// over (consent-withdrawn) deletes the input. Any other failure leaves the statement as it is.
func (v *Verifier) refresh(ctx context.Context, account, id string) error {
	in, err := v.input(ctx, account, id)
	if err != nil {
		return err
	}
	tables, err := v.tables(ctx)
	if err != nil {
		return err
	}
	if err := tables.recognise(in.Statement.Issuer); err != nil {
		return err
	}
	asking, cancel := fetch.Budget(ctx)
	defer cancel()
	s, err := v.askAgain(asking, in)
	if bonafide.CodeOf(err) == bonafide.ConsentWithdrawn {
		if failed := v.withdrawn(ctx, in); failed != nil {
			return failed
		}
		return err
	}
	if err == nil {
		err = v.replace(ctx, in, s)
	}
	if err != nil {
		if failed := v.postpone(ctx, in, err); failed != nil {
			return failed
		}
	}
	return err
}

// askAgain asks for a statement under the consent of the input, and checks it.
func (v *Verifier) askAgain(ctx context.Context, in *input) (*statement, error) {
	issuer := in.Statement.Issuer
	server, err := v.server(ctx, issuer)
	if err != nil {
		return nil, err
	}
	details := in.Details
	details.Nonce = oauth.Random()
	response, err := v.client.Refresh(ctx, server, in.RefreshToken, &details)
	if err != nil {
		return nil, err
	}
	s, err := v.open(ctx, response, issuer, &details)
	if err != nil {
		return nil, err
	}
	if s.Subject != in.Statement.Subject {
		return nil, bonafide.Errorf(bonafide.WrongAccount, string(issuer), "answered about another subject than before")
	}
	return s, nil
}

// change runs fn on the input as it is now, unless it was removed or stated anew since old was read.
func (v *Verifier) change(ctx context.Context, old *input, fn func(store.Tx, *input) error) error {
	return v.config.Store.Update(ctx, func(tx store.Tx) error {
		in, found, err := store.GetJSON[input](tx, old.key())
		if err != nil || !found || in.Token != old.Token {
			return err
		}
		return fn(tx, &in)
	})
}

func (v *Verifier) replace(ctx context.Context, old *input, s *statement) error {
	return v.change(ctx, old, func(tx store.Tx, in *input) error {
		if err := v.accept(tx, s); err != nil {
			return err
		}
		in.take(s, v.now())
		return in.put(tx)
	})
}

// withdrawn deletes an input whose consent is over, with its tokens, and leaves a line for its holder.
func (v *Verifier) withdrawn(ctx context.Context, old *input) error {
	return v.change(ctx, old, func(tx store.Tx, in *input) error {
		if err := deleteInput(tx, in.Account, in.ID); err != nil {
			return err
		}
		key := append(endingsKey(in.Account), store.Key(instant(v.now()), in.ID)...)
		return store.PutJSON(tx, key, Ending{in.Statement.Issuer, in.Statement.Status.Mechanism, v.now(), bonafide.ConsentWithdrawn})
	})
}

// postpone tries a refresh that failed again later: in 5 minutes, then in twice the time before, up to 6 hours; later
// where the issuer asks for that, but within the same 6 hours.
func (v *Verifier) postpone(ctx context.Context, old *input, failure error) error {
	const most = 6 * time.Hour
	return v.change(ctx, old, func(tx store.Tx, in *input) error {
		in.RefreshAt = v.now().Add(min(max(5*time.Minute<<min(in.Failures, 10), fetch.PutOffFor(failure)), most))
		in.Failure = bonafide.CodeOf(failure)
		in.Failures++
		return in.put(tx)
	})
}
