package verifier

import (
	"context"
	"slices"

	"bonafide.example"
	"bonafide.example/conversion"
	"bonafide.example/internal/fetch"
	"bonafide.example/store"
)

// Converted returns what the account's inputs count for now: an explanation for each of the site's own
// mechanisms that some table gives levels of, in the order of the config. It only reads the store.
func (v *Verifier) Converted(ctx context.Context, account string) ([]*conversion.Explanation, error) {
	var explanations []*conversion.Explanation
	err := v.config.Store.View(ctx, func(r store.Reader) error {
		tables, err := v.shelf.All(r)
		if err != nil {
			return err
		}
		inputs, mechanisms, err := v.readInputs(r, account)
		if err != nil {
			return err
		}
		explanations, err = v.convert(tables, inputs, mechanisms)
		return err
	})
	return explanations, err
}

// ConvertedIn tells, within a transaction of the verifier's store, the level that the account's inputs
// count for now under one of the site's mechanisms; 0 is none.
func (v *Verifier) ConvertedIn(r store.Reader, mechanism, account string) (int, error) {
	inputs, mechanisms, err := v.readInputs(r, account)
	if err != nil || len(inputs) == 0 { // most accounts have imported nothing, and this is asked at each event
		return 0, err
	}
	tables, err := v.shelf.All(r)
	if err != nil {
		return 0, err
	}
	questions, err := v.questions(tables, inputs, mechanisms)
	for _, q := range questions {
		if q.To.ID == mechanism {
			return conversion.Level(q), err
		}
	}
	return 0, err
}

// readInputs returns the account's inputs as conversion takes them, and the versions of the mechanisms
// that they speak of.
func (v *Verifier) readInputs(r store.Reader, account string) ([]conversion.Input, []*bonafide.Mechanism, error) {
	kept, lists, err := inputsOf(r, account)
	if err != nil {
		return nil, nil, err
	}
	inputs := make([]conversion.Input, len(kept))
	var mechanisms []*bonafide.Mechanism
	for i, in := range kept {
		inputs[i] = conversion.Input{
			ID: in.ID, Status: in.Statement.Status, Condition: in.condition(lists[i], v.now()),
			CheckedAt: lists[i].FetchedAt, ReliedUntil: in.Statement.ReliedUntil.Time(),
		}
		status := &in.Statement.Status
		m, found, err := store.GetJSON[*bonafide.Mechanism](r, mechanismKey(status.Mechanism, status.Version))
		if err != nil {
			return nil, nil, err
		}
		known := slices.ContainsFunc(mechanisms, func(k *bonafide.Mechanism) bool { return k.ID == status.Mechanism && k.Version == status.Version })
		if found && !known {
			mechanisms = append(mechanisms, m)
		}
	}
	return inputs, mechanisms, nil
}

// convert applies the tables to the inputs. mechanisms are the versions that the inputs speak of.
func (v *Verifier) convert(tables tableSet, inputs []conversion.Input, mechanisms []*bonafide.Mechanism) ([]*conversion.Explanation, error) {
	questions, err := v.questions(tables, inputs, mechanisms)
	explanations := []*conversion.Explanation{}
	for _, q := range questions {
		explanations = append(explanations, conversion.Convert(q))
	}
	return explanations, err
}

// questions returns what there is to convert: one question for each of the site's mechanisms that a table gives levels of.
func (v *Verifier) questions(tables tableSet, inputs []conversion.Input, mechanisms []*bonafide.Mechanism) (questions []conversion.Question, err error) {
	for i := range v.config.Mechanisms {
		to := &v.config.Mechanisms[i]
		giving := tables.to(to.ID)
		if len(giving) == 0 {
			continue
		}
		rules, err := rulesOf(giving, mechanisms)
		if err != nil {
			return nil, err
		}
		// An input that counts towards another mechanism is explained there.
		concerned := slices.DeleteFunc(slices.Clone(inputs), func(in conversion.Input) bool {
			return len(giving.of(in.Status.Mechanism)) == 0 && len(tables.of(in.Status.Mechanism)) > 0
		})
		questions = append(questions, conversion.Question{
			Site: v.config.Origin, To: to, Rules: rules, Inputs: concerned, Now: v.now(), Contest: v.config.Contest,
		})
	}
	return questions, nil
}

// rulesOf returns each table as a rule, once for each version of its mechanism at hand.
func rulesOf(tables tableSet, mechanisms []*bonafide.Mechanism) ([]conversion.Rule, error) {
	var rules []conversion.Rule
	for _, t := range tables {
		hash, err := bonafide.Hash(t)
		if err != nil {
			return nil, err
		}
		rule := conversion.Rule{Table: *t, Hash: hash}
		known := false
		for _, m := range mechanisms {
			if m.ID == t.From.Mechanism {
				rule.From, known = m, true
				rules = append(rules, rule)
			}
		}
		if !known {
			rules = append(rules, rule)
		}
	}
	return rules, nil
}

// Preview is what a badge would count for here, were it the reader's own.
type Preview struct {
	Badge        string                    `json:"badge"` // its address
	Issuer       bonafide.Origin           `json:"issuer"`
	Status       bonafide.Status           `json:"status"`    // as a consented status would tell it
	Mechanism    *bonafide.Mechanism       `json:"mechanism"` // the version that the status speaks of
	Explanations []*conversion.Explanation `json:"explanations"`
}

// Preview tells what the badge at the address would count for. It keeps and grants nothing: whoever
// knows the address of a badge may ask. A badge of an issuer or mechanism that no table names is
// not-recognised; of such an issuer nothing is fetched. Other errors are those of what had to be fetched.
func (v *Verifier) Preview(ctx context.Context, badgeAddress string) (*Preview, error) {
	ctx, cancel := fetch.Budget(ctx)
	defer cancel()
	address := fetch.BadgeAddress(badgeAddress)
	issuer, err := bonafide.OriginOf(address)
	if err != nil {
		return nil, err
	}
	tables, err := v.tables(ctx)
	if err != nil {
		return nil, err
	}
	if err := tables.recognise(issuer); err != nil {
		return nil, err
	}
	badge, _, err := v.fetch.Badge(ctx, address)
	if err != nil {
		return nil, err
	}
	status, err := badge.Stated()
	if err != nil {
		return nil, err
	}
	naming := tables.of(status.Mechanism)
	if len(naming) == 0 {
		return nil, bonafide.Errorf(bonafide.NotRecognised, status.Mechanism, "is named in no conversion table of this site")
	}
	mechanism, err := v.fetch.Mechanism(ctx, status.Mechanism, status.Version)
	if err != nil {
		return nil, err
	}
	if err := v.fit(ctx, mechanism); err != nil {
		return nil, err
	}
	list, err := v.readBit(ctx, issuer, &badge.Status)
	condition := conversion.Good
	if bonafide.CodeOf(err) == bonafide.Revoked {
		condition = conversion.Revoked
	} else if err != nil {
		return nil, err
	}
	in := conversion.Input{Status: coarse(status), Condition: condition, CheckedAt: v.now()}
	if list != nil {
		in.CheckedAt = list.FetchedAt
	}
	p := &Preview{Badge: address, Issuer: issuer, Status: in.Status, Mechanism: mechanism}
	p.Explanations, err = v.convert(naming, []conversion.Input{in}, []*bonafide.Mechanism{mechanism})
	return p, err
}

// coarse returns the status with its measures as a verifier is told them, so that a preview says what
// the import will.
func coarse(s bonafide.Status) bonafide.Status {
	s.Measures = slices.Clone(s.Measures)
	for i, m := range s.Measures {
		s.Measures[i] = m.Coarse()
	}
	return s
}
