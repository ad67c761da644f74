package issuer

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"

	"bonafide.example/conformance/subject"
	"bonafide.example/conformance/wire"
)

// asked are cases of what authorization_details say.
func (w *World) asked() []subject.Check {
	const value = "bad-value"
	return []subject.Check{
		w.badField("type", "Details of another type are refused.", "type", "other"),
		w.badField("no-mechanism", "Details without mechanism are refused.", "mechanism", nil),
		w.badField("no-claims", "Details that ask for nothing are refused.", "claims", []any{}),
		w.badField("unknown-claim", "A claim that there isn't is refused.", "claims", []any{"level", "name"}),
		w.badField("claim-twice", "A claim that stands twice is refused.", "claims", []any{"level", "level"}),
		w.badField("no-purpose", "Details without purpose are refused.", "purpose", nil),
		w.badField("purpose-english", "A purpose in one language is refused.", "purpose", wire.Object{"en": "To count it."}),
		w.badField("purpose-hidden", "A purpose that turns the direction of writing is refused.", "purpose", wire.Object{"en": "To \u202etnuoc it.", "fr": "Pour compter."}),
		w.badField("claim-null", "A null among the claims is refused.", "claims", []any{"level", nil}),
		w.badField("retention-0", "No day of retention is refused.", "retention_days", 0),
		w.badField("retention-366", "More than 365 days of retention are refused.", "retention_days", 366),
		w.badField("retention-text", "Days of retention as a text are refused.", "retention_days", "365"),
		w.badField("nonce-short", "A nonce of 15 characters is refused.", "nonce", strings.Repeat("n", 15)),
		w.badField("nonce-long", "A nonce of 201 characters is refused.", "nonce", strings.Repeat("n", 201)),
		w.badField("no-nonce", "Details without nonce are refused.", "nonce", nil),
		w.badField("badge-elsewhere", "A badge that isn't on the mechanism's origin is refused.", "badge", "https://elsewhere.example/b/0000000000000000"),

		w.badDetails("unknown-field", "Details with an unknown field are refused.", func(d wire.Object) any { d["colour"] = "red"; return []any{d} },
			[]string{"unknown-field"}, "BF-OAUTH-14", "BF-JSON-7"),
		w.badDetails("unknown-mechanism", "A mechanism that the issuer doesn't have is refused.",
			func(d wire.Object) any { d["mechanism"] = w.Origin + "/mechanisms/no-such-mechanism"; return []any{d} }, []string{"not-found"}, "BF-OAUTH-14"),
		w.badDetails("foreign-mechanism", "A mechanism of another issuer is refused.",
			func(d wire.Object) any {
				d["mechanism"] = "https://elsewhere.example/mechanisms/" + w.rule.name
				return []any{d}
			},
			[]string{value, "not-found"}, "BF-OAUTH-14"),
		w.badDetails("none", "No details are refused.", func(wire.Object) any { return []any{} }, []string{value}, "BF-OAUTH-14"),
		w.badDetails("two", "Two details are refused.", func(d wire.Object) any { return []any{d, d} }, []string{value}, "BF-OAUTH-14"),
		w.badDetails("object", "Details that are no array are refused.", func(d wire.Object) any { return d }, []string{value}, "BF-OAUTH-14", "BF-JSON-10"),

		w.badText("doubled-field", "Details with a field that stands twice are refused.", `[{"type":"bonafide_status",`, "BF-JSON-2", "doubled-field"),
		w.badText("doubled-case", "Details with two fields that differ in case alone are refused.", `[{"Type":"bonafide_status",`, "BF-JSON-3", "doubled-field", "unknown-field"),
		w.badText("float", "Details with a number that is no integer are refused.", `[{"colour":1.5,`, "BF-JSON-5", value, "unknown-field"),
		w.badText("not-json", "Details that aren't JSON are refused.", `[{,`, "BF-JSON-6", "bad-json"),
	}
}

// badField makes a case of details that are refused for one field. A nil value leaves it out.
func (w *World) badField(name, about, field string, value any) subject.Check {
	return w.badDetails(name, about, func(details wire.Object) any {
		details[field] = value
		if value == nil {
			delete(details, field)
		}
		return []any{details}
	}, []string{"bad-value"}, "BF-STATUS-8", "BF-OAUTH-14")
}

// badDetails makes a case of authorization_details, altered from good ones, that are refused.
func (w *World) badDetails(name, about string, alter func(details wire.Object) any, codes []string, requirements ...string) subject.Check {
	return w.refusedDetails(name, about, func(details wire.Object) ([]byte, error) { return json.Marshal(alter(details)) }, codes, requirements...)
}

// badText makes a case of authorization_details whose text begins otherwise than that of good ones.
func (w *World) badText(name, about, beginning, requirement string, codes ...string) subject.Check {
	return w.refusedDetails(name, about, func(details wire.Object) ([]byte, error) {
		text, err := json.Marshal([]any{details})
		return []byte(strings.Replace(string(text), "[{", beginning, 1)), err
	}, codes, requirement, "BF-OAUTH-14")
}

func (w *World) refusedDetails(name, about string, text func(details wire.Object) ([]byte, error), codes []string, requirements ...string) subject.Check {
	return check("details/"+name, about, func(ctx context.Context) error {
		v := w.verifier()
		q := v.Ask(w.Issuer.Mechanism)
		form := v.Pushed(q)
		details, err := text(q.Details)
		if err != nil {
			return err
		}
		form.Set("authorization_details", string(details))
		x, err := w.client(ctx, v, w.server.push, form)
		return first(err, refusal{http.StatusBadRequest, "invalid_authorization_details", codes}.check(x))
	}, requirements...)
}
