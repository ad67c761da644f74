package bonafide

import (
	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// Form is what all badges issued under one version of a mechanism have in common: two thirds of their text. It is worked out
// and encoded once, and is safe for concurrent use.
type Form struct {
	mechanism   *Mechanism
	achievement Achievement
}

// NewForm returns the form of badges under m, which must stay as it is from then on.
func NewForm(m *Mechanism) (*Form, error) {
	f := &Form{m, achievement(m)}
	var err error
	f.achievement.encoded, err = MarshalJSON(f.achievement)
	return f, err
}

// Credential does as [NewCredential] does under the form's mechanism. What the credential is made of is shared with others
// of the form, and must not be changed.
func (f *Form) Credential(b Badge) *Credential { return newCredential(b, f.mechanism, f.achievement) }

// MarshalJSONTo writes the achievement as it was encoded, if it was.
func (a Achievement) MarshalJSONTo(e *jsontext.Encoder) error {
	if a.encoded != nil {
		return e.WriteValue(a.encoded)
	}
	type fields Achievement
	return json.MarshalEncode(e, (*fields)(&a))
}
