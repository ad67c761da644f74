package oauth

import (
	"errors"
	"strings"

	"bonafide.example"
)

// Name is an error code of OAuth, which is sent beside the protocol's own.
type Name string

// The names in use (RFC 6749, sections 4.1.2.1 and 5.2; RFC 9396, section 5).
const (
	InvalidRequest          Name = "invalid_request"
	InvalidClient           Name = "invalid_client"
	InvalidGrant            Name = "invalid_grant"
	InvalidScope            Name = "invalid_scope"
	InvalidDetails          Name = "invalid_authorization_details"
	UnauthorizedClient      Name = "unauthorized_client"
	UnsupportedGrantType    Name = "unsupported_grant_type"
	UnsupportedResponseType Name = "unsupported_response_type"
	AccessDenied            Name = "access_denied"
	TemporarilyUnavailable  Name = "temporarily_unavailable"
	ServerError             Name = "server_error"
)

// Refusal is an error that OAuth knows under another name than its code's usual one.
type Refusal struct {
	Name Name
	Err  error
}

func (r *Refusal) Error() string { return string(r.Name) + ": " + r.Err.Error() }

func (r *Refusal) Unwrap() error { return r.Err }

// Refuse gives err its name; nil stays nil.
func Refuse(name Name, err error) error {
	if err == nil {
		return nil
	}
	return &Refusal{name, err}
}

// names are those of the codes that mean the same wherever they occur.
var names = map[bonafide.Code]Name{
	bonafide.BadClient:        InvalidClient,
	bonafide.BadGrant:         InvalidGrant,
	bonafide.NotAdmitted:      UnauthorizedClient,
	bonafide.NotCurrent:       AccessDenied,
	bonafide.WrongAccount:     AccessDenied,
	bonafide.ConsentDeclined:  AccessDenied,
	bonafide.ConsentWithdrawn: InvalidGrant,
	bonafide.NoSuchMember:     AccessDenied,
	bonafide.RateLimited:      TemporarilyUnavailable,
	bonafide.Unavailable:      TemporarilyUnavailable,
	bonafide.HostSilent:       TemporarilyUnavailable,
	bonafide.Internal:         ServerError,
}

// NameOf returns what OAuth calls the error.
func NameOf(err error) Name {
	var refusal *Refusal
	if errors.As(err, &refusal) {
		return refusal.Name
	}
	if name, ok := names[bonafide.CodeOf(err)]; ok {
		return name
	}
	return InvalidRequest
}

// ErrorBody is the body of a refusal (RFC 6749, section 5.2).
type ErrorBody struct {
	Error       Name          `json:"error"`
	Description string        `json:"error_description"`
	Code        bonafide.Code `json:"bonafide_error"` // what exactly, in the protocol's codes
}

// BodyOf returns how the refusal is sent: 401 for a client that isn't authenticated, the code's own
// status where the request as a whole can't be served (405, 413, 415, 429, 5xx), otherwise 400.
func BodyOf(err error) (status int, body ErrorBody) {
	code := bonafide.CodeOf(err)
	body = ErrorBody{NameOf(err), describe(err), code}
	status = code.Meaning().Status
	switch {
	case body.Error == InvalidClient:
		status = 401
	case status != 405 && status != 413 && status != 415 && status != 429 && status < 500:
		status = 400
	}
	return status, body
}

// describe says the error in the characters that an error_description may have: printable ASCII
// without quotation mark and backslash.
func describe(err error) string {
	var e *bonafide.Error
	if !errors.As(err, &e) || e.Detail == "" {
		return bonafide.CodeOf(err).Meaning().Sentence.EN
	}
	text := e.Detail
	if e.Subject != "" {
		text = e.Subject + ": " + e.Detail
	}
	text = strings.Map(func(r rune) rune {
		switch {
		case r == '"':
			return '\''
		case r == '\\' || r < ' ' || r > '~':
			return '?'
		}
		return r
	}, text)
	return cut(text)
}

// cut bounds a text from or to a peer.
func cut(text string) string {
	const most = 300
	if len(text) > most {
		return text[:most] + "..."
	}
	return text
}
