package verifier

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"bonafide.example"
	"bonafide.example/conversion"
)

// tryView is the form in which anybody tries out what something would count for. What was typed stays in it.
type tryView struct {
	Action string
	Fields []*tryField
	Levels []levelChoice   // if a level decides; else ratings do
	Level  string          // the one chosen
	Answer []bonafide.Text // the first says it all; empty: nothing was asked
}

// tryField is a field to type into.
type tryField struct {
	Name, Typed string
	Label, How  bonafide.Text
	Wrong       bonafide.Text // what is wrong with it, "" for nothing
}

// levelChoice is a level of the issuer's.
type levelChoice struct {
	ID   string
	Name bonafide.Text
}

func (t *tryView) wrong() bool {
	return slices.ContainsFunc(t.Fields, func(f *tryField) bool { return f.Wrong.EN != "" })
}

// maxTyped bounds how long what is typed may be.
const maxTyped = 20

// try reads what was tried, if anything was, and answers with the conversion itself. It fetches and keeps nothing.
func (v *Verifier) try(t *bonafide.Table, from *bonafide.Mechanism, r *http.Request) (*tryView, error) {
	query := r.URL.Query()
	view := &tryView{Action: r.URL.Path, Level: typed(query, "level")}
	ask := func(name string) *tryField {
		f := &tryField{Name: name, Typed: typed(query, name), Label: v.pages.Both("try-" + name), How: v.pages.Both("try-" + name + "-how")}
		view.Fields = append(view.Fields, f)
		return f
	}
	hash, err := bonafide.Hash(t)
	if err != nil {
		return nil, err
	}
	rule := conversion.TrialRule(t, hash, from)
	trial := conversion.Trial{Level: view.Level}
	if t.Measure != nil {
		trial.Ratings = v.readRatings(ask("positive"), ask("total"))
	} else {
		for _, level := range slices.Backward(rule.From.Levels) {
			view.Levels = append(view.Levels, levelChoice{level.ID, level.Name})
		}
	}
	if t.Accept.MinAccountDays > 0 {
		trial.Since = v.readMonth(ask("since"))
	}
	if !query.Has("total") && !query.Has("level") { // nothing was tried, so nothing is wrong
		for _, f := range view.Fields {
			f.Wrong = bonafide.Text{}
		}
		return view, nil
	}
	if view.wrong() {
		return view, nil
	}
	q := trial.Question(v.config.Origin, v.own(t.To.Mechanism), rule, v.now())
	view.Answer = v.verdict(would, tableSet{t}, rule.From, &conversion.Convert(q).Inputs[0], q.Inputs[0].Status)
	if trial.Rounded() {
		view.Answer = append(view.Answer, v.pages.Both("try-rounded", "Positive", trial.Ratings.Positive, "Total", trial.Ratings.Total))
	}
	return view, nil
}

func typed(query url.Values, name string) string {
	said := []rune(strings.TrimSpace(query.Get(name)))
	return string(said[:min(len(said), maxTyped)])
}

// readMonth reads when an account was opened.
func (v *Verifier) readMonth(f *tryField) (month bonafide.Month) {
	now := bonafide.MonthOf(v.now())
	switch err := month.UnmarshalText([]byte(f.Typed)); {
	case err != nil:
		f.Wrong = v.pages.Both("try-wrong-month")
	case month > now:
		f.Wrong = v.pages.Both("try-wrong-future")
	}
	return month
}

// readRatings reads so many positive ratings of so many.
func (v *Verifier) readRatings(positive, total *tryField) bonafide.Measure {
	m, err := conversion.ReadRatings(positive.Typed, total.Typed)
	var wrong *bonafide.Error
	switch {
	case !errors.As(err, &wrong):
	case wrong.Subject == "total":
		total.Wrong = v.pages.Both("try-wrong-total")
	case m.Positive > m.Total:
		positive.Wrong = v.pages.Both("try-wrong-more", "Total", m.Total)
	default:
		positive.Wrong = v.pages.Both("try-wrong-positive")
	}
	return m
}
