package bonafide

import "time"

// Ruling is the payload of a bonafide-ruling+jwt: what an arbiter decides on a reported fault.
type Ruling struct {
	Issuer   Origin   `json:"iss"` // the arbiter
	Audience Origin   `json:"aud"` // the site where the fault was reported
	ID       string   `json:"jti"`
	IssuedAt Seconds  `json:"iat"`
	Expires  Seconds  `json:"exp"`            // until when it may be delivered: at most [MaxDelivery] after iat
	Case     string   `json:"case"`           // the site's id of the case
	Decision Decision `json:"decision"`       // on the fault as it was reported
	Class    string   `json:"class,omitzero"` // lower: the class it is lowered to
	Reason   string   `json:"reason"`         // for the member to read, in the arbiter's words and language
}

// Decision is what an arbiter may decide.
type Decision string

const (
	Uphold  Decision = "uphold"  // the fault is as it was reported
	Lower   Decision = "lower"   // it is of another class, which costs less
	Reverse Decision = "reverse" // there was none, also if it was final already
)

// MaxDelivery is how long a ruling or an outcome may be on its way.
const MaxDelivery = 60 * 24 * time.Hour

const maxTokenID = 200

// Check tells whether the ruling is for the audience, whole and in time. Its signature and whether its
// issuer is an arbiter are checked elsewhere.
func (r *Ruling) Check(audience Origin, now time.Time) error {
	const what = "ruling"
	if err := checkParties(what, r.Issuer, r.Audience, audience); err != nil {
		return err
	}
	if err := checkDelivery(what, r.ID, r.IssuedAt, r.Expires, now); err != nil {
		return err
	}
	if err := checkTokenID(what+".case", r.Case); err != nil {
		return err
	}
	if err := CheckWords(what+".reason", r.Reason); err != nil {
		return err
	}
	switch r.Decision {
	case Lower:
		if !validName(r.Class) {
			return Errorf(BadValue, what+".class", "%q is not a class of fault", r.Class)
		}
	case Uphold, Reverse:
		if r.Class != "" {
			return Errorf(BadValue, what+".class", "stands beside %q, which has none", string(r.Decision))
		}
	default:
		return Errorf(BadValue, what+".decision", "%q is not uphold, lower or reverse", string(r.Decision))
	}
	return nil
}

// checkParties checks by whom and for whom a token was made.
func checkParties(what string, issuer, audience, expected Origin) error {
	switch {
	case issuer == "":
		return Errorf(WrongIssuer, what, "names no issuer")
	case audience != expected:
		return Errorf(WrongAudience, what, "is made for %q, not for %q", string(audience), string(expected))
	}
	return nil
}

func checkTokenID(field, id string) error {
	if id == "" || len(id) > maxTokenID {
		return Errorf(BadValue, field, "needs 1 to %d bytes", maxTokenID)
	}
	return nil
}

// checkDelivery checks the id and the times of a token that is delivered once.
func checkDelivery(what, id string, issued, expires Seconds, now time.Time) error {
	if err := checkTokenID(what+".jti", id); err != nil {
		return err
	}
	if expires.Time().Sub(issued.Time()) > MaxDelivery {
		return Errorf(BadValue, what+".exp", "is more than %d days after iat", int(MaxDelivery.Hours()/24))
	}
	return CheckTimes(what, issued, expires, now)
}
