package issuer

import (
	"context"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"bonafide.example"
	"bonafide.example/store"
)

// Standing is what a host says of one member under a mechanism whose rule is its own.
type Standing struct {
	Level        string             `json:"level,omitzero"` // by id; absent: none
	Measures     []bonafide.Measure `json:"measures,omitzero"`
	AccountSince bonafide.Month     `json:"account_since,omitzero"`
}

// Validate tells whether the measures are shares. Whether the mechanism has that level and those
// measures is checked when the host is asked.
func (s *Standing) Validate() error {
	seen := map[string]bool{}
	for n, m := range s.Measures {
		if m.Positive < 0 || m.Total < m.Positive || seen[m.ID] {
			return bonafide.Errorf(bonafide.BadValue, fmt.Sprintf("measures[%d]", n), "%d of %d is not a share, or %q stands twice", m.Positive, m.Total, m.ID)
		}
		seen[m.ID] = true
	}
	return nil
}

// StandingFunc asks the host for a member's standing under a mechanism, which is named by its slug. Of
// somebody whom the host doesn't know it says [bonafide.NoSuchMember].
type StandingFunc func(ctx context.Context, mechanism, member string) (Standing, error)

const (
	hostTimeout = 5 * time.Second
	hostAnswer  = 64 << 10 // bytes
)

// HostURL asks the host over HTTP: a GET of the template, in which {user} stands for the member's id and
// {mechanism} for the mechanism's slug, as http://127.0.0.1:9000/rating/{user}. The host answers within
// 5 seconds with 200 and a [Standing] as application/json, at most 64 KiB, or with 404 for an unknown
// member; redirects aren't followed. The template comes from who runs the issuer, so that it may name a
// private address. A nil client is a plain one.
func HostURL(template string, client *http.Client) StandingFunc {
	asking := http.Client{}
	if client != nil {
		asking = *client
	}
	asking.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return func(ctx context.Context, mechanism, member string) (Standing, error) {
		ctx, cancel := context.WithTimeout(ctx, hostTimeout)
		defer cancel()
		address := strings.NewReplacer("{user}", url.PathEscape(member), "{mechanism}", url.PathEscape(mechanism)).Replace(template)
		request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
		if err != nil {
			return Standing{}, hostSilent(mechanism, "its address can't be used").Because(err)
		}
		request.Header.Set("Accept", "application/json")
		response, err := asking.Do(request)
		if err != nil {
			return Standing{}, hostSilent(mechanism, "doesn't answer").Because(err)
		}
		defer response.Body.Close()
		if response.StatusCode == http.StatusNotFound {
			return Standing{}, noSuchMember(member)
		}
		return readStanding(mechanism, response)
	}
}

func readStanding(mechanism string, response *http.Response) (Standing, error) {
	if response.StatusCode != http.StatusOK {
		return Standing{}, hostSilent(mechanism, "answers %d", response.StatusCode)
	}
	if mediaType, _, err := mime.ParseMediaType(response.Header.Get("Content-Type")); err != nil || mediaType != "application/json" {
		return Standing{}, hostSilent(mechanism, "answers %q, not application/json", response.Header.Get("Content-Type"))
	}
	data, err := io.ReadAll(io.LimitReader(response.Body, hostAnswer+1))
	if err != nil {
		return Standing{}, hostSilent(mechanism, "stops in the middle").Because(err)
	}
	if len(data) > hostAnswer {
		return Standing{}, hostSilent(mechanism, "answers more than %d bytes", hostAnswer)
	}
	standing, err := bonafide.Parse[Standing](data)
	if err != nil {
		return Standing{}, hostSilent(mechanism, "answers no standing: %v", err).Because(err)
	}
	return standing, nil
}

func hostSilent(mechanism, format string, args ...any) *bonafide.Error {
	return bonafide.Errorf(bonafide.HostSilent, mechanism, format, args...)
}

// Refresh asks the host anew for the member's standing, keeps it and has what follows from it issued.
// Under a rule that the issuer computes itself there is nothing to ask. Somebody whom the host no longer
// knows has no level any more. It fails with [bonafide.HostSilent] when the host gives no answer that
// fits the mechanism, and with [bonafide.NoSuchMember] for somebody whom the host never knew.
func (i *Issuer) Refresh(ctx context.Context, mechanism, member string) error {
	m, err := i.Mechanism(mechanism)
	if err != nil {
		return err
	}
	if m.Rule.Host == nil {
		return nil
	}
	if err := checkID("member", member); err != nil {
		return err
	}
	standing, err := i.ask(ctx, m, member)
	gone := bonafide.CodeOf(err) == bonafide.NoSuchMember
	if err != nil && !gone {
		return err
	}
	now := i.now()
	return i.change(ctx, func(tx store.Tx) ([]string, error) {
		t, err := i.tallyIn(tx, m, member)
		if err != nil {
			return nil, err
		}
		if gone && t.Standing == nil {
			return nil, noSuchMember(member)
		}
		if err := learn(tx, member, "", standing.AccountSince); err != nil {
			return nil, err
		}
		t.Standing, t.AsOf = &standing, now
		if out, err := i.isOut(tx, m, member); err != nil {
			return nil, err
		} else if out {
			if err := i.scheduleAsking(tx, m, member); err != nil {
				return nil, err
			}
		}
		return i.settle(tx, m, member, &t)
	})
}

// isOut tells whether something was said of the member that others may rely on: a badge, or a consented
// status.
func (i *Issuer) isOut(r store.Reader, m *bonafide.Mechanism, member string) (bool, error) {
	code, err := badgeOf(r, m.Slug(), member)
	if err != nil {
		return false, err
	}
	if code != "" {
		b, _, err := store.GetJSON[badgeRecord](r, badgeKey(code))
		if err != nil || !b.Withdrawn {
			return true, err
		}
	}
	consents, err := consentsOf(r, member)
	return slices.ContainsFunc(consents, func(c consent) bool { return c.Details.Mechanism == m.ID && len(c.Statements) > 0 }), err
}

// ask asks the host and checks the answer against the mechanism.
func (i *Issuer) ask(ctx context.Context, m *bonafide.Mechanism, member string) (Standing, error) {
	standing, err := i.Standing(ctx, m.Slug(), member)
	var told *bonafide.Error
	switch {
	case errors.As(err, &told):
		return Standing{}, err
	case err != nil:
		return Standing{}, bonafide.Errorf(bonafide.HostSilent, m.Slug(), "couldn't be asked").Because(err)
	case standing.Level != "" && m.LevelNumber(standing.Level) == 0:
		return Standing{}, bonafide.Errorf(bonafide.HostSilent, "level", "%q is not a level of %s", standing.Level, m.ID)
	}
	for _, measure := range standing.Measures {
		if _, ok := m.Measure(measure.ID); !ok {
			return Standing{}, bonafide.Errorf(bonafide.HostSilent, "measures", "%q is not a measure of %s", measure.ID, m.ID)
		}
	}
	return standing, nil
}
