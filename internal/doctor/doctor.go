// Package doctor looks at a running site from outside, as a peer and as a browser do, and says of each thing whether
// it is well; where it isn't, what is wrong and how to mend it. It changes nothing: what it posts is refused.
package doctor

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/netip"
	"time"

	"bonafide.example"
	"bonafide.example/internal/fetch"
)

// Asker sends questions; a [fetch.Client] does.
type Asker interface {
	Ask(ctx context.Context, q fetch.Question) (*fetch.Reply, error)
	Addresses(ctx context.Context, name string) ([]netip.Addr, error)
}

// Config says which site is examined, and how.
type Config struct {
	Site    bonafide.Origin
	Badge   string           // the address of one of its badges; "": none is looked at
	Headers []string         // those in which a proxy might name who is signed in; nil: [SignInHeaders]
	Fetch   *fetch.Client    // reads what the site publishes
	Ask     Asker            // nil: Fetch
	Now     func() time.Time // nil: time.Now
}

// SignInHeaders are the headers in which proxies often name who is signed in.
var SignInHeaders = []string{"X-User", "Remote-User", "X-Remote-User", "X-Forwarded-User", "X-Auth-Request-User"}

// Result is how a check came out.
type Result string

const (
	Well      Result = "well"
	Fault     Result = "fault"
	Unchecked Result = "unchecked" // what it would take isn't there
)

// Finding is what one check found.
type Finding struct {
	Check  string `json:"check"` // which: certificate, entity, keys…
	Result Result `json:"result"`
	What   string `json:"what"`          // one sentence
	Mend   string `json:"mend,omitzero"` // of a fault: what to do
}

// Report is what is known of the site in the end.
type Report struct {
	Site     bonafide.Origin `json:"site"`
	Badge    string          `json:"badge,omitzero"`
	Findings []Finding       `json:"findings"` // in the order in which they were made
}

// Count returns how many checks came out so.
func (r *Report) Count(result Result) (n int) {
	for _, f := range r.Findings {
		if f.Result == result {
			n++
		}
	}
	return n
}

// examiner makes one report.
type examiner struct {
	Config
	ctx       context.Context
	findings  []Finding
	documents []document // public ones that were met
	entity    *bonafide.EntityConfiguration
}

// document is a public document, as the site answered it.
type document struct {
	address string
	reply   *fetch.Reply
}

// Examine looks at the site. An error means that it couldn't: the Config is wrong, or ctx is done.
func Examine(ctx context.Context, config Config) (*Report, error) {
	if _, err := bonafide.ParseOrigin(string(config.Site)); err != nil {
		return nil, err
	}
	if config.Badge != "" && !config.Site.Owns(config.Badge) {
		return nil, bonafide.Errorf(bonafide.BadOrigin, config.Badge, "is no badge of %s", config.Site)
	}
	if config.Ask == nil {
		config.Ask = config.Fetch
	}
	if config.Headers == nil {
		config.Headers = SignInHeaders
	}
	if config.Now == nil {
		config.Now = time.Now
	}
	e := &examiner{Config: config, ctx: ctx}
	e.examine()
	return &Report{config.Site, config.Badge, e.findings}, ctx.Err()
}

// examine makes all checks, or stops where the rest would only say the same again.
func (e *examiner) examine() {
	if !e.reached() {
		return
	}
	e.families()
	e.plain()
	if e.configured() {
		e.keys()
		e.server()
		e.mechanisms()
		e.tables()
		e.bodies()
	}
	e.badge()
	e.public()
	e.page()
	e.visitors()
	e.signIn()
	e.crossOrigin()
	e.administration()
	e.ready()
}

func (e *examiner) note(check string, result Result, mend, format string, args ...any) {
	e.findings = append(e.findings, Finding{check, result, fmt.Sprintf(format, args...), mend})
}

func (e *examiner) well(check, format string, args ...any) { e.note(check, Well, "", format, args...) }
func (e *examiner) fault(check, mend, format string, args ...any) {
	e.note(check, Fault, mend, format, args...)
}
func (e *examiner) unchecked(check, format string, args ...any) {
	e.note(check, Unchecked, "", format, args...)
}

// get asks for a path of the site, with pairs of header names and values.
func (e *examiner) get(path string, header ...string) (*fetch.Reply, error) {
	return e.ask(fetch.Question{Address: string(e.Site) + path, Header: headers(header)})
}

// post sends a form to a path of the site.
func (e *examiner) post(path string, form []byte, header ...string) (*fetch.Reply, error) {
	h := headers(header)
	h.Set("Content-Type", "application/x-www-form-urlencoded")
	return e.ask(fetch.Question{Method: http.MethodPost, Address: string(e.Site) + path, Header: h, Body: form})
}

// ask asks again if the site wants it so, as its peers do.
func (e *examiner) ask(q fetch.Question) (*fetch.Reply, error) {
	var reply *fetch.Reply
	_, err := fetch.Twice(e.ctx, func() (_ *fetch.Answer, err error) {
		if reply, err = e.Ask.Ask(e.ctx, q); err != nil {
			return nil, err
		}
		return &reply.Answer, nil
	})
	return reply, err
}

func headers(pairs []string) http.Header {
	h := http.Header{"Accept-Encoding": {"identity"}}
	for i := 0; i < len(pairs); i += 2 {
		h.Set(pairs[i], pairs[i+1])
	}
	return h
}

// remember keeps a public document for what all of them have in common.
func (e *examiner) remember(path string, reply *fetch.Reply) {
	e.documents = append(e.documents, document{path, reply})
}

// detail returns what is wrong in a sentence's form, without the code.
func detail(err error) string {
	var own *bonafide.Error
	switch {
	case !errors.As(err, &own):
		return err.Error()
	case own.Subject == "":
		return own.Detail
	default:
		return own.Subject + " " + own.Detail
	}
}
