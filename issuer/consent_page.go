package issuer

import (
	"context"
	"crypto/subtle"
	"net/http"
	"net/url"

	"bonafide.example"
	"bonafide.example/internal/oauth"
	"bonafide.example/internal/web"
	"bonafide.example/store"
)

// question is what a member is asked: a pushed request, and what would be told of them.
type question struct {
	request
	uri       string // the request_uri
	mechanism *bonafide.Mechanism
	told      bonafide.Status
	binding   string // binds the page shown to the member and the request
	refusal   error  // why nothing can be told, a coded error; nil if it can
}

// askConsent shows the consent page. The browser comes here from the verifier (RFC 9126, section 4).
func (i *Issuer) askConsent(w http.ResponseWriter, r *http.Request, member string) error {
	query, err := web.Query(r)
	if err != nil {
		return err
	}
	q, err := i.question(r, query, member)
	if err != nil {
		return err
	}
	i.showQuestion(w, r, q)
	return nil
}

// decideConsent takes the member's decision and sends them back to the verifier. A decision from a page that
// was shown to another member is refused, and so is one to tell what can no longer be told.
func (i *Issuer) decideConsent(w http.ResponseWriter, r *http.Request, member string) error {
	form, err := web.Form(r)
	if err != nil {
		return err
	}
	q, err := i.question(r, form, member)
	if err != nil {
		return err
	}
	if subtle.ConstantTimeCompare([]byte(form.Get("binding")), []byte(q.binding)) != 1 {
		return bonafide.Errorf(bonafide.Forbidden, "binding", "this page was shown to another member")
	}
	switch form.Get("decision") {
	case "allow":
		if q.refusal != nil {
			i.showQuestion(w, r, q)
			return nil
		}
		return i.allow(w, r, q, member)
	case "decline":
		return i.decline(w, r, q)
	default:
		return bonafide.Errorf(bonafide.BadValue, "decision", "is not allow or decline")
	}
}

func (i *Issuer) allow(w http.ResponseWriter, r *http.Request, q *question, member string) error {
	code, now := oauth.Random(), i.now()
	g := grant{q.request, member, bonafide.SecondsOf(now.Add(oauth.CodeLife))}
	err := i.Store.Update(r.Context(), func(tx store.Tx) error {
		if err := takeRequest(tx, q.uri); err != nil {
			return err
		}
		return putUntil(tx, grantKey(code), g, g.Expires)
	})
	if err != nil {
		return err
	}
	leave(w, r, q.Request.Granted(i.Origin, code))
	return nil
}

func (i *Issuer) decline(w http.ResponseWriter, r *http.Request, q *question) error {
	err := i.Store.Update(r.Context(), func(tx store.Tx) error { return takeRequest(tx, q.uri) })
	if err != nil {
		return err
	}
	reason := q.refusal
	if reason == nil {
		reason = bonafide.Errorf(bonafide.ConsentDeclined, "", "the holder declined")
	}
	leave(w, r, q.Request.Refused(i.Origin, reason))
	return nil
}

// takeRequest ends a pushed request: of two decisions sent at once only one counts.
func takeRequest(tx store.Tx, uri string) error {
	_, found, err := store.GetJSON[request](tx, requestKey(uri))
	if err != nil {
		return err
	}
	if !found {
		return unknownRequest()
	}
	return tx.Delete(requestKey(uri))
}

func unknownRequest() error {
	return bonafide.Errorf(bonafide.Expired, "request_uri", "is unknown, decided already or older than %s", oauth.RequestLife)
}

// leave sends the browser to the verifier. Its address isn't kept by anyone on the way.
func leave(w http.ResponseWriter, r *http.Request, address string) {
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("Referrer-Policy", "no-referrer")
	http.Redirect(w, r, address, http.StatusSeeOther)
}

// question reads what the parameters client_id and request_uri stand for, and what would be told now.
func (i *Issuer) question(r *http.Request, params url.Values, member string) (*question, error) {
	q := &question{uri: params.Get("request_uri")}
	err := i.readQuestion(r.Context(), q, params.Get("client_id"), member)
	if err != nil || q.refusal == nil || bonafide.CodeOf(q.refusal) != bonafide.NoSuchMember {
		return q, err
	}
	// A host that was never asked about this member may know them.
	if err := i.Refresh(r.Context(), q.mechanism.Slug(), member); err != nil && bonafide.CodeOf(err) != bonafide.NoSuchMember {
		return nil, err
	}
	return q, i.readQuestion(r.Context(), q, params.Get("client_id"), member)
}

func (i *Issuer) readQuestion(ctx context.Context, q *question, client, member string) error {
	return i.Store.View(ctx, func(tx store.Reader) error {
		var found bool
		var err error
		q.refusal = nil
		q.request, found, err = store.GetJSON[request](tx, requestKey(q.uri))
		if err != nil {
			return err
		}
		if !found || string(q.Client) != client || !i.now().Before(q.Expires.Time()) {
			return unknownRequest()
		}
		if q.binding, err = keyed(tx, "page", q.uri, member); err != nil {
			return err
		}
		if q.mechanism, err = i.mechanismAt(q.Request.Details.Mechanism); err != nil {
			return err
		}
		exact, err := i.tellable(tx, q.mechanism, member, q.Request.Details.Badge)
		if code := bonafide.CodeOf(err); code == bonafide.NoSuchMember || code == bonafide.NotCurrent || code == bonafide.WrongAccount {
			q.refusal = err
			return nil
		}
		q.told = tell(exact, q.Request.Details.Claims)
		return err
	})
}

// badgeOwner returns whose badge under m the address is, "" if it is nobody's.
func (i *Issuer) badgeOwner(r store.Reader, m *bonafide.Mechanism, address string) (string, error) {
	b, _, err := i.badgeAt(r, address)
	if err != nil || b.Mechanism != m.Slug() {
		return "", err
	}
	return b.Member, nil
}

// tellable returns the member's exact status if it may be told: it holds, and the badge that the import
// began from, if any, is the member's own.
func (i *Issuer) tellable(r store.Reader, m *bonafide.Mechanism, member, badge string) (bonafide.Status, error) {
	if badge != "" {
		owner, err := i.badgeOwner(r, m, badge)
		if err != nil {
			return bonafide.Status{}, err
		}
		if owner == "" || owner != member {
			return bonafide.Status{}, bonafide.Errorf(bonafide.WrongAccount, badge, "is not a badge of the account signed in")
		}
	}
	exact, err := i.statusIn(r, m, member)
	if err == nil && exact.State != bonafide.Current {
		err = bonafide.Errorf(bonafide.NotCurrent, m.ID, "the status is %s", exact.State)
	}
	return exact, err
}

// consentPage is what the consent page shows.
type consentPage struct {
	Verifier bonafide.Origin
	Name     string // what the verifier calls itself, "" for nothing
	Purpose  bonafide.Text
	Days     int // how long the consent lasts
	Told     toldView
	URI      string
	Binding  string
	Refusal  bonafide.Meaning // why nothing can be told, on the page that says so
	SignIn   string           // where to sign in with the account that it can be told of, "" if that is no help
}

// toldView is a status as a member reads what is told of them.
type toldView struct {
	bonafide.Status
	Mechanism *bonafide.Mechanism
	Claims    []bonafide.Claim // those consented to
}

// LevelName returns the name of a level by its id.
func (v toldView) LevelName(id string) bonafide.Text {
	level, ok := v.Mechanism.Level(v.Mechanism.LevelNumber(id))
	if !ok {
		return bonafide.Text{EN: id, FR: id}
	}
	return level.Name
}

// MeasureName returns the name of a measure by its id.
func (v toldView) MeasureName(id string) bonafide.Text {
	measure, ok := v.Mechanism.Measure(id)
	if !ok {
		return bonafide.Text{EN: id, FR: id}
	}
	return measure.Name
}

func (i *Issuer) showQuestion(w http.ResponseWriter, r *http.Request, q *question) {
	d := &q.Request.Details
	data := consentPage{
		Verifier: q.Client, Name: q.Name, Purpose: d.Purpose, Days: d.RetentionDays,
		Told: toldView{q.told, q.mechanism, d.Claims}, URI: q.uri, Binding: q.binding,
	}
	page := web.Page{Name: "consent", Title: i.pages.Say(r, "consent-title", "Host", q.Client.Host()), FormTo: []bonafide.Origin{q.Client}}
	if q.refusal != nil {
		data.Refusal = bonafide.CodeOf(q.refusal).Meaning()
		if bonafide.CodeOf(q.refusal) != bonafide.NotCurrent {
			data.SignIn = i.SignIn.Address(oauth.WithQuery(authorizePath, url.Values{"client_id": {string(q.Client)}, "request_uri": {q.uri}}))
		}
		page.Name, page.Status, page.Title = "consent-refused", data.Refusal.Status, data.Refusal.Sentence.In(web.Lang(r))
	}
	page.Data = data
	i.pages.Render(w, r, page)
}
