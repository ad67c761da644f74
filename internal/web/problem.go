package web

import (
	"errors"
	"net/http"

	"bonafide.example"
)

// ProblemDocument is an error as HTTP carries it (RFC 9457).
type ProblemDocument struct {
	Type    string        `json:"type"` // urn:bonafide:error:CODE
	Code    bonafide.Code `json:"code"`
	Title   string        `json:"title"` // in English
	Status  int           `json:"status"`
	Detail  string        `json:"detail,omitzero"`  // a clause in English
	Subject string        `json:"subject,omitzero"` // the thing at fault
	Mend    bonafide.Text `json:"mend"`
}

// told returns err if it is a [*bonafide.Error]. Of any other only that there was one is told; if it has a method Away
// that returns true, such as that of a store which is out, that it may be over soon.
func told(err error) error {
	if e := (*bonafide.Error)(nil); errors.As(err, &e) {
		return err
	}
	code := bonafide.Internal
	if away := (interface{ Away() bool })(nil); errors.As(err, &away) && away.Away() {
		code = bonafide.Unavailable
	}
	return &bonafide.Error{Code: code}
}

// ProblemOf says err in the protocol's codes. What isn't meant for peers stays out of it.
func ProblemOf(err error) ProblemDocument {
	var e *bonafide.Error
	errors.As(told(err), &e)
	m := e.Code.Meaning()
	return ProblemDocument{
		Type: "urn:bonafide:error:" + string(e.Code), Code: e.Code, Title: m.Sentence.EN, Status: m.Status,
		Detail: e.Detail, Subject: e.Subject, Mend: m.Mend,
	}
}

// Problem answers with a problem document.
func Problem(w http.ResponseWriter, err error) {
	p := ProblemOf(err)
	Refuse(w.Header(), p.Code)
	write(w, p.Status, "application/problem+json", p)
}

// Refuse sets the fields that go with every refusal: it isn't to be kept, whatever the answer that it
// stands for would have been, and says when to come back if that helps.
func Refuse(h http.Header, code bonafide.Code) {
	h.Set("Cache-Control", "no-store")
	if code == bonafide.RateLimited || code == bonafide.Unavailable {
		h.Set("Retry-After", "5")
	}
}

// JSON answers with a value.
func JSON(w http.ResponseWriter, status int, value any) {
	write(w, status, "application/json", value)
}

func write(w http.ResponseWriter, status int, contentType string, value any) {
	data, err := bonafide.MarshalJSON(value)
	if err != nil {
		// A value of our own without a JSON form is a bug, and its error nobody's business.
		http.Error(w, bonafide.Internal.Meaning().Sentence.EN, http.StatusInternalServerError)
		return
	}
	h := w.Header()
	h.Set("Content-Type", contentType)
	if h.Get("Cache-Control") == "" {
		h.Set("Cache-Control", "no-store")
	}
	w.WriteHeader(status)
	w.Write(append(data, '\n'))
}
