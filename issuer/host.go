package issuer

import (
	"context"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strings"
	"time"

	"bonafide.example"
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
