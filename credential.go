package bonafide

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/go-json-experiment/json/jsontext"
)

// JSON-LD contexts of the credentials.
const (
	ContextVC = "https://www.w3.org/ns/credentials/v2"
	ContextOB = "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"
)

// MaxBadgeLife is how long a badge may be valid.
const MaxBadgeLife = 90 * 24 * time.Hour

// Credential is the payload of a badge: an Open Badges 3.0 OpenBadgeCredential, signed as vc+jwt. It
// says, in the terms of that standard alone, what a [Status] says; see [NewCredential] for how.
type Credential struct {
	Context    []string     `json:"@context"`
	ID         string       `json:"id"` // the badge's address
	Type       []string     `json:"type"`
	Name       string       `json:"name"`
	Issuer     Profile      `json:"issuer"`
	ValidFrom  time.Time    `json:"validFrom"`
	ValidUntil time.Time    `json:"validUntil"`
	Subject    Subject      `json:"credentialSubject"`
	Status     StatusEntry  `json:"credentialStatus"`
	Terms      []TermsOfUse `json:"termsOfUse,omitzero"`

	// The JWT claims stand beside, and equal, their credential properties.
	Iss string  `json:"iss"`
	Sub string  `json:"sub"`
	JTI string  `json:"jti"`
	NBF Seconds `json:"nbf"`
	Exp Seconds `json:"exp"`
}

// Profile is the issuer as a credential names it.
type Profile struct {
	ID   string   `json:"id"` // a did:web
	Type []string `json:"type"`
	Name string   `json:"name"`
	URL  string   `json:"url"`
}

// Subject is whom a badge speaks of: a random urn:uuid that stands nowhere else.
type Subject struct {
	ID          string      `json:"id"`
	Type        []string    `json:"type"`
	Achievement Achievement `json:"achievement"`
	Results     []Result    `json:"result"`
}

// Achievement is the mechanism as a credential names it.
type Achievement struct {
	ID              string              `json:"id"` // the mechanism's address
	Type            []string            `json:"type"`
	AchievementType string              `json:"achievementType"` // ext:TrustStatus
	Name            string              `json:"name"`
	Description     string              `json:"description"`
	Version         string              `json:"version"` // the mechanism's version, a number
	Tag             []string            `json:"tag"`     // the context, alone
	Criteria        Criteria            `json:"criteria"`
	Descriptions    []ResultDescription `json:"resultDescription"`

	encoded jsontext.Value // all of this, if it was encoded already; see [Form]
}

// Criteria leads to the explanation.
type Criteria struct {
	ID        string `json:"id"`
	Narrative string `json:"narrative"`
}

// ResultDescription says what a [Result] is. Its id is the mechanism's address with a fragment.
type ResultDescription struct {
	ID         string        `json:"id"`
	Type       []string      `json:"type"`
	Name       string        `json:"name"`
	ResultType string        `json:"resultType"`
	Levels     []RubricLevel `json:"rubricCriterionLevel,omitzero"`
}

// RubricLevel is one level as a credential names it.
type RubricLevel struct {
	ID    string   `json:"id"`
	Type  []string `json:"type"`
	Name  string   `json:"name"`
	Level string   `json:"level"` // its number
}

// Result is one thing stated of the subject.
type Result struct {
	Type          []string `json:"type"`
	Description   string   `json:"resultDescription"`
	Value         string   `json:"value,omitzero"`
	AchievedLevel string   `json:"achievedLevel,omitzero"`
}

// TermsOfUse says what readers may do with the badge.
type TermsOfUse struct {
	ID   string `json:"id"`
	Type string `json:"type"`
}

// Badge is what an issuer knows when it issues a badge.
type Badge struct {
	Address    string // ORIGIN/b/CODE
	SubjectID  string // urn:uuid
	IssuerName string
	Status     Status
	Entry      StatusEntry
	ValidFrom  time.Time // whole seconds, later than that of every earlier issue of this badge
	ValidUntil time.Time
	Page       PublishedOn // the zero value: none
}

// NewCredential says in Open Badges terms what b.Status says under its mechanism m. Each field of the
// status becomes a result whose description is the mechanism's address with a fragment: #level and
// #earned-level (achieved levels, absent when there is none), #kind, #since, #as-of, #account-since,
// one #source for each source, and #M-positive and #M-total for each measure M. The holder's page, if b has one,
// is stated likewise ([PublishedOn]).
func NewCredential(b Badge, m *Mechanism) *Credential { return newCredential(b, m, achievement(m)) }

func newCredential(b Badge, m *Mechanism, achieved Achievement) *Credential {
	origin := m.Origin()
	stated := results(&b.Status)
	b.Page.describe(&achieved, &stated)
	from, until := b.ValidFrom.UTC().Truncate(time.Second), b.ValidUntil.UTC().Truncate(time.Second)
	return &Credential{
		Context:    []string{ContextVC, ContextOB},
		ID:         b.Address,
		Type:       []string{"VerifiableCredential", "OpenBadgeCredential"},
		Name:       m.Name.EN + " at " + origin.Host(),
		Issuer:     Profile{origin.DID(), []string{"Profile"}, b.IssuerName, string(origin) + "/"},
		ValidFrom:  from,
		ValidUntil: until,
		Subject: Subject{
			ID:          b.SubjectID,
			Type:        []string{"AchievementSubject"},
			Achievement: achieved,
			Results:     stated,
		},
		Status: b.Entry,
		Terms:  []TermsOfUse{{ID: m.ID + "#terms", Type: "ext:ReadCheckAndLink"}},
		Iss:    origin.DID(), Sub: b.SubjectID, JTI: b.Address, NBF: SecondsOf(from), Exp: SecondsOf(until),
	}
}

func achievement(m *Mechanism) Achievement {
	levels := make([]RubricLevel, 0, len(m.Levels))
	levelType, descriptionType := []string{"RubricCriterionLevel"}, []string{"ResultDescription"}
	for i, level := range m.Levels {
		levels = append(levels, RubricLevel{m.ID + "#" + level.ID, levelType, level.Name.EN, strconv.Itoa(i + 1)})
	}
	describe := func(fragment, name, resultType string, levels []RubricLevel) ResultDescription {
		return ResultDescription{m.ID + "#" + fragment, descriptionType, name, resultType, levels}
	}
	descriptions := []ResultDescription{
		describe("level", "Level", "RubricCriterionLevel", levels),
		describe("earned-level", "Level earned here", "RubricCriterionLevel", levels),
		describe("kind", "Where the level comes from", "ext:Kind", nil),
		describe("since", "Level held since", "ext:Month", nil),
		describe("as-of", "As of", "ext:Date", nil),
		describe("account-since", "Account since", "ext:Month", nil),
		describe("source", "Observed by", "ext:Origin", nil),
	}
	for _, measure := range m.Measures {
		descriptions = append(descriptions,
			describe(measure.ID+"-positive", measure.Name.EN+": positive", "RawScore", nil),
			describe(measure.ID+"-total", measure.Name.EN+": all", "RawScore", nil))
	}
	return Achievement{
		ID:              m.ID,
		Type:            []string{"Achievement"},
		AchievementType: "ext:TrustStatus",
		Name:            m.Name.EN,
		Description:     m.Meaning.EN,
		Version:         strconv.Itoa(m.Version),
		Tag:             []string{m.Context},
		Criteria:        Criteria{m.ID, m.Meaning.EN},
		Descriptions:    descriptions,
	}
}

func results(s *Status) []Result {
	results := make([]Result, 0, 6+len(s.Sources)+2*len(s.Measures))
	kind := []string{"Result"}
	add := func(fragment, value, level string) {
		if value == "" && level == "" {
			return
		}
		r := Result{Type: kind, Description: s.Mechanism + "#" + fragment, Value: value}
		if level != "" {
			r.AchievedLevel = s.Mechanism + "#" + level
		}
		results = append(results, r)
	}
	add("level", "", s.Level)
	add("earned-level", "", s.EarnedLevel)
	add("kind", string(s.Kind), "")
	add("since", string(s.Since), "")
	add("as-of", string(s.AsOf), "")
	add("account-since", string(s.AccountSince), "")
	for _, source := range s.Sources {
		add("source", string(source), "")
	}
	for _, m := range s.Measures {
		add(m.ID+"-positive", strconv.FormatInt(m.Positive, 10), "")
		add(m.ID+"-total", strconv.FormatInt(m.Total, 10), "")
	}
	return results
}

// Check tells whether the credential is a Bonafide badge of issuer, coherent and in time. Its signature,
// by a key of issuer, and its status list are checked elsewhere.
func (c *Credential) Check(issuer Origin, now time.Time) error {
	switch {
	case !slices.Contains(c.Type, "VerifiableCredential") || !slices.Contains(c.Type, "OpenBadgeCredential"):
		return Errorf(BadCredential, "type", "is not an OpenBadgeCredential")
	case c.Issuer.ID != issuer.DID() || c.Iss != c.Issuer.ID:
		return Errorf(WrongIssuer, c.ID, "names %q as issuer and %q as iss, but is signed by %q", c.Issuer.ID, c.Iss, issuer.DID())
	case !issuer.Owns(c.ID) || !issuer.Owns(c.Subject.Achievement.ID):
		return Errorf(WrongIssuer, c.ID, "the badge or its mechanism %q is not on %s", c.Subject.Achievement.ID, issuer)
	case !issuer.ownsNamed("mechanisms", c.Subject.Achievement.ID):
		return Errorf(BadCredential, "credentialSubject.achievement.id", "%q is not %s/mechanisms/NAME", c.Subject.Achievement.ID, issuer)
	case c.JTI != c.ID || c.Sub != c.Subject.ID || SecondsOf(c.ValidFrom) != c.NBF || SecondsOf(c.ValidUntil) != c.Exp:
		return Errorf(BadCredential, c.ID, "jti, sub, nbf and exp differ from the properties they repeat")
	case !validUUID(c.Subject.ID):
		return Errorf(BadCredential, "credentialSubject.id", "%q is not a urn:uuid", c.Subject.ID)
	case c.ValidUntil.Sub(c.ValidFrom) > MaxBadgeLife:
		return Errorf(BadCredential, "validUntil", "is more than 90 days after validFrom")
	}
	if err := CheckTimes(c.ID, c.NBF, c.Exp, now); err != nil {
		return err
	}
	if err := within("credentialStatus", c.Status.check(issuer)); err != nil {
		return err
	}
	_, err := c.Stated()
	return err
}

// CheckAddress tells whether the badge is the one at the address from which it was read, an address without suffix.
func (c *Credential) CheckAddress(address string) error {
	if c.ID != address {
		return Errorf(BadCredential, address, "serves the badge %q", c.ID)
	}
	return nil
}

// Stated returns the status that the credential states, the reverse of [NewCredential]. Results that
// it doesn't know are passed over.
func (c *Credential) Stated() (Status, error) {
	a := &c.Subject.Achievement
	version, ok := wholeNumber(a.Version)
	if !ok || len(a.Tag) != 1 {
		return Status{}, Errorf(BadCredential, "credentialSubject.achievement", "its version is no number, or its tag isn't the context alone")
	}
	s := Status{Mechanism: a.ID, Version: int(version), Context: a.Tag[0], State: Current}
	seen := make([]string, 0, len(c.Subject.Results))
	prefix := a.ID + "#"
	for _, r := range c.Subject.Results {
		fragment, ok := strings.CutPrefix(r.Description, prefix)
		if !ok {
			continue
		}
		if fragment != "source" && slices.Contains(seen, fragment) {
			return Status{}, Errorf(BadCredential, r.Description, "is stated twice")
		}
		seen = append(seen, fragment)
		if err := s.take(fragment, r); err != nil {
			return Status{}, err
		}
	}
	for _, m := range s.Measures {
		if !slices.Contains(seen, m.ID+"-positive") || !slices.Contains(seen, m.ID+"-total") {
			return Status{}, Errorf(BadCredential, a.ID+"#"+m.ID, "is stated by half")
		}
	}
	if err := s.Validate(); err != nil {
		return Status{}, Errorf(BadCredential, c.ID, "states no whole status").Because(err)
	}
	return s, nil
}

// take puts one result of a credential into the status.
func (s *Status) take(fragment string, r Result) error {
	level := func() (string, error) {
		id, ok := strings.CutPrefix(r.AchievedLevel, s.Mechanism+"#")
		if !ok || !validName(id) {
			return "", Errorf(BadCredential, r.Description, "%q is not a level of the mechanism", r.AchievedLevel)
		}
		return id, nil
	}
	var err error
	switch fragment {
	case "level":
		s.Level, err = level()
	case "earned-level":
		s.EarnedLevel, err = level()
	case "kind":
		s.Kind = Kind(r.Value)
	case "since":
		err = s.Since.UnmarshalText([]byte(r.Value))
	case "account-since":
		err = s.AccountSince.UnmarshalText([]byte(r.Value))
	case "as-of":
		err = s.AsOf.UnmarshalText([]byte(r.Value))
	case "source":
		var source Origin
		source, err = ParseOrigin(r.Value)
		s.Sources = append(s.Sources, source)
	default:
		err = s.takeMeasure(fragment, r.Value)
	}
	if err != nil {
		return Errorf(BadCredential, r.Description, "%q doesn't fit", r.Value+r.AchievedLevel).Because(err)
	}
	return nil
}

// takeMeasure takes one number of a measure. A fragment that names no measure is of a later version: it is passed over.
func (s *Status) takeMeasure(fragment, value string) error {
	id, positive := strings.CutSuffix(fragment, "-positive")
	if !positive {
		var total bool
		if id, total = strings.CutSuffix(fragment, "-total"); !total {
			return nil
		}
	}
	if !validName(id) {
		return nil
	}
	n, ok := wholeNumber(value)
	if !ok {
		return Errorf(BadValue, fragment, "%q is not a whole number", value)
	}
	i := slices.IndexFunc(s.Measures, func(m Measure) bool { return m.ID == id })
	if i < 0 {
		i = len(s.Measures)
		s.Measures = append(s.Measures, Measure{ID: id})
	}
	if positive {
		s.Measures[i].Positive = n
	} else {
		s.Measures[i].Total = n
	}
	return nil
}
