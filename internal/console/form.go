package console

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"bonafide.example"
)

// field is one thing to fill in. What it is called and how it is to be filled in are the messages field-KIND and
// hint-KIND.
type field struct {
	Path    string // of what it sets, as validation names it: rates[0].gives
	Kind    string
	Lang    bonafide.Lang // of a text in one of the languages
	Number  int           // in a list, from 1; 0: not in one
	Value   string
	Long    bool
	Choices []string // what it can be; nil: anything
	Check   bool     // it is yes or no
	Fault   string   // what is wrong with it: a clause in English
}

// Name is what the field is called in the form.
func (f field) Name() string { return f.Path + string(f.Lang) }

// group is fields that belong together; its title is the message group-KIND.
type group struct {
	Kind   string
	Number int
	Fields []field
}

// faults are what is wrong with fields, by their paths.
type faults map[string]string

// note adds what a validation found.
func (f faults) note(err error) {
	var told *bonafide.Error
	if errors.As(err, &told) {
		f[told.Subject] = told.Detail
	}
}

// place puts each fault beside its field, and returns those that have none.
func (f faults) place(groups []group) (elsewhere []string) {
	for _, path := range slices.Sorted(maps.Keys(f)) {
		if !f.placeOne(path, groups) {
			elsewhere = append(elsewhere, strings.TrimSpace(path+" "+f[path]))
		}
	}
	return elsewhere
}

func (f faults) placeOne(path string, groups []group) bool {
	for _, exact := range []bool{true, false} {
		for _, g := range groups {
			for i := range g.Fields {
				to := &g.Fields[i]
				if path == to.Path || !exact && (strings.HasPrefix(to.Path, path+".") || strings.HasPrefix(to.Path, path+"[") || strings.HasPrefix(path, to.Path)) {
					to.Fault = f[path]
					return true
				}
			}
		}
	}
	return false
}

// reading takes a form's values, and notes those that can't be read.
type reading struct {
	form   url.Values
	faults faults
}

func (r reading) text(path string) string {
	return strings.TrimSpace(strings.ReplaceAll(r.form.Get(path), "\r\n", "\n"))
}

func (r reading) both(path string) bonafide.Text {
	return bonafide.Text{EN: r.text(path + "en"), FR: r.text(path + "fr")}
}

// number reads a whole number; nothing is 0.
func (r reading) number(path string) int64 {
	n, err := strconv.ParseInt(cmp.Or(r.text(path), "0"), 10, 64)
	if err != nil {
		r.faults[path] = fmt.Sprintf("%q is not a whole number", r.text(path))
	}
	return n
}

// decimal reads a decimal, with a comma too.
func (r reading) decimal(path string) bonafide.Decimal {
	var d bonafide.Decimal
	if err := d.UnmarshalText([]byte(strings.Replace(r.text(path), ",", ".", 1))); err != nil {
		r.faults[path] = fmt.Sprintf("%q is not a decimal such as 0.95", r.text(path))
	}
	return d
}

func (r reading) day(path string) bonafide.Date {
	var d bonafide.Date
	if err := d.UnmarshalText([]byte(r.text(path))); err != nil {
		r.faults[path] = fmt.Sprintf("%q is not a day such as 2026-11-22", r.text(path))
	}
	return d
}

// difference is one thing that would be otherwise than it is published.
type difference struct{ Path, Was, Is string }

// differences returns what would change, by path.
func differences(was, is any) (all []difference, err error) {
	old, err := flat(was)
	if err != nil {
		return nil, err
	}
	next, err := flat(is)
	if err != nil {
		return nil, err
	}
	both := maps.Clone(old)
	maps.Copy(both, next)
	delete(both, "version") // which every version has of its own
	delete(both, "previous")
	for _, path := range slices.Sorted(maps.Keys(both)) {
		if old[path] != next[path] {
			all = append(all, difference{path, old[path], next[path]})
		}
	}
	return all, nil
}

// flat returns the values of an object by their paths.
func flat(object any) (map[string]string, error) {
	data, err := bonafide.MarshalJSON(object)
	if err != nil {
		return nil, err
	}
	decoder := json.NewDecoder(strings.NewReader(string(data)))
	decoder.UseNumber()
	var value any
	if err := decoder.Decode(&value); err != nil {
		return nil, err
	}
	values := map[string]string{}
	flatten(values, "", value)
	return values, nil
}

func flatten(into map[string]string, path string, value any) {
	switch v := value.(type) {
	case map[string]any:
		for name, inner := range v {
			flatten(into, strings.TrimPrefix(path+"."+name, "."), inner)
		}
	case []any:
		for i, inner := range v {
			flatten(into, fmt.Sprintf("%s[%d]", path, i), inner)
		}
	default:
		into[path] = fmt.Sprint(v)
	}
}

// indented returns an object as a file has it.
func indented(object any) (string, error) {
	data, err := bonafide.MarshalJSON(object)
	if err != nil {
		return "", err
	}
	var b strings.Builder
	var raw json.RawMessage = data
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	err = encoder.Encode(raw)
	return b.String(), err
}

// typed puts what was typed into a form, as it was.
func typed(groups []group, form url.Values) {
	for _, g := range groups {
		for i := range g.Fields {
			g.Fields[i].Value = form.Get(g.Fields[i].Name())
		}
	}
}
