package site

import (
	"errors"
	"fmt"
	"log/slog"
	"net/netip"
	"strings"
	"time"

	"bonafide.example"
	"bonafide.example/issuer"
	"bonafide.example/store"
)

// Config says what a site is.
type Config struct {
	Origin bonafide.Origin // where the site is reached, such as https://shop.example
	Name   string          // what people call it, at most 80 characters; "": its host
	Keys   Keys            // see [OpenKeys]
	Store  store.Store     // the site's alone; whoever opened it closes it, once Run has returned

	Issues     bool                 // the site publishes badges and answers consented queries
	Verifies   bool                 // the site imports badges from elsewhere
	Mechanisms []bonafide.Mechanism // the site's own
	Tables     []bonafide.Table     // what statuses from elsewhere count for here; each a version published before, or the next

	// Standing tells what the host knows of a member, for mechanisms whose rule is host.
	Standing issuer.StandingFunc
	// SignIn is how the host signs its members in.
	SignIn bonafide.SignIn
	// Admission says which verifiers the issuer answers; the zero value answers all.
	Admission issuer.Admission
	// Believes names the sites whose word is taken on faults of people whom members referred there.
	Believes []bonafide.Origin
	// Purpose is what members read at the issuer's when this site asks for their status; zero: a general one.
	Purpose bonafide.Text
	// Contest is the address where a member contests their levels here, see [CheckContest]; "": the site's own page, /contest.
	Contest string
	// OpenLists is how many status lists the entries for one purpose are spread over; 0: one.
	OpenLists int
	// Checkpoint is the file in which the last checkpoint of the public log is kept, apart from the store, so that an
	// older store put in its place is refused; "": none.
	Checkpoint string
	// Erasures is the file in which a copy of the journal of erasures is kept, apart from the store: what it has and the store
	// doesn't, since that was put back to an earlier state, is erased again by [New]; "": none.
	Erasures string
	// Proxies are those whose word is taken on where a request comes from (X-Forwarded-For).
	Proxies []netip.Prefix
	// Limits bound what is answered; the zero value sets the usual ones.
	Limits Limits
	// Local admits sites under .localhost, over http. It is for demonstrations and tests.
	Local bool
	// Built is when the program was built: a clock that says less is wrong, and the site isn't ready; zero: not known.
	Built time.Time
	Now   func() time.Time // nil: time.Now
	Log   *slog.Logger     // nil: slog.Default
}

// fill sets the usual where the Config says nothing. It fails where there is none, as check tells.
func (c *Config) fill() error {
	if c.Name == "" {
		c.Name = c.Origin.Host()
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Log == nil {
		c.Log = slog.Default()
	}
	return c.check()
}

// check tells whether the Config names what a site can't do without, and only its own mechanisms.
func (c *Config) check() error {
	if _, err := bonafide.ParseOrigin(string(c.Origin)); err != nil {
		return err
	}
	if isLocal(c.Origin) && !c.Local {
		return bonafide.Errorf(bonafide.BadOrigin, string(c.Origin), "is for demonstrations; a site is https")
	}
	switch {
	case !c.Issues && !c.Verifies:
		return errors.New("a site issues, verifies or does both; its Config names neither")
	case c.Store == nil:
		return errors.New("a site needs a Store")
	case c.Keys.Credential == nil || c.Keys.Client == nil || c.Keys.Federation == nil:
		return errors.New("a site needs its three Keys; OpenKeys makes them")
	case c.SignIn.Account == nil || c.SignIn.Address == nil:
		return errors.New("a site needs to know how its members sign in: SignIn")
	}
	if err := bonafide.CheckName("Name", c.Name); err != nil { // peers refuse metadata with such a name
		return fmt.Errorf("the site's Name, or in its absence its host: %w", err)
	}
	if c.Contest != "" {
		if err := CheckContest(c.Contest, c.Local); err != nil {
			return err
		}
	}
	for _, m := range c.Mechanisms {
		if err := m.Validate(); err != nil {
			return err
		}
		if m.Origin() != c.Origin {
			return bonafide.Errorf(bonafide.BadMechanism, m.ID, "is not on %s", c.Origin)
		}
	}
	return nil
}

// isLocal tells whether the origin is under .localhost: plain http stands before no other name.
func isLocal(origin bonafide.Origin) bool { return strings.HasPrefix(string(origin), "http://") }
