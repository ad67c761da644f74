package verifier

import (
	"context"
	"net/http"
	"path"
	"strings"

	"bonafide.example/conformance/peer"
	"bonafide.example/conformance/subject"
	"bonafide.example/conformance/wire"
)

// misfit is a table that must not be published.
type misfit struct {
	name, about  string
	requirements []string
	code         string
	names        string // the row or field that the refusal names; "": any
	change       func(t wire.Object)
}

func misfits() []misfit {
	bad := func(name, about, names string, change func(wire.Object), requirements ...string) misfit {
		return misfit{name, about, append(requirements, "BF-VERIFIER-2"), "bad-table", names, change}
	}
	return []misfit{
		bad("foreign", "A table of another site isn't published.", "id", func(t wire.Object) {
			t["id"] = "https://other.example/conversions/" + path.Base(wire.Text(t, "id"))
			t["to"] = wire.Object{"mechanism": "https://other.example/mechanisms/member"}
		}),
		bad("unknown-target", "A table to a mechanism that the site doesn't have isn't published.", "to.mechanism", func(t wire.Object) {
			t["to"] = wire.Object{"mechanism": wire.Text(t, "to", "mechanism") + "-x"}
		}),
		bad("foreign-target", "A table to another site's mechanism isn't published.", "to.mechanism", func(t wire.Object) {
			t["to"] = wire.Object{"mechanism": "https://other.example/mechanisms/member"}
		}, "BF-TABLE-4"),
		bad("gives-too-much", "A table that gives a level that there isn't isn't published.", "rates[0].gives", func(t wire.Object) {
			t["rates"], t["cap"] = []any{wire.Object{"at_least": "0.9", "gives": 21}}, 21
		}, "BF-CONV-28"),
		bad("unreachable-row", "A table whose first row can never hold isn't published.", "rates[0].at_least",
			set([]any{wire.Object{"at_least": "1", "gives": 1}}, "rates"), "BF-CONV-29"),
		bad("unknown-measure", "A table by a measure that its mechanism doesn't have isn't published.", "measure.share",
			set("reviews", "measure", "share"), "BF-CONV-26", "BF-VERIFIER-3"),
		bad("unknown-level", "A table of a level that its mechanism doesn't have isn't published.", "rates[1].level", func(t wire.Object) {
			byLevels(t)
			t["rates"] = []any{wire.Object{"level": "great", "gives": 2}, wire.Object{"level": "gold", "gives": 1}}
		}, "BF-CONV-27", "BF-VERIFIER-3"),
		bad("rising-levels", "A table whose levels don't fall isn't published.", "rates[1].level", func(t wire.Object) {
			byLevels(t)
			t["rates"] = []any{wire.Object{"level": "fair", "gives": 2}, wire.Object{"level": "great", "gives": 1}}
		}, "BF-CONV-27"),
		bad("other-context", "A table about another context than its mechanism isn't published.", "from.context", set("lending", "from", "context"), "BF-CONV-30"),
		bad("other-version", "A table that doesn't name the mechanism's version isn't published.", "from.versions", set([]any{2}, "from", "versions"), "BF-CONV-30"),
		bad("rising-rates", "A table whose rates don't fall isn't published.", "rates[1]", set([]any{
			wire.Object{"at_least": "0.9", "gives": 2}, wire.Object{"at_least": "0.95", "gives": 1},
		}, "rates"), "BF-TABLE-7"),
		bad("no-rates", "A table without rates isn't published.", "rates", set([]any{}, "rates"), "BF-TABLE-7"),
		bad("cap", "A table that gives more than its cap isn't published.", "", set(1, "cap"), "BF-TABLE-8"),
		bad("confidence", "A table with another method of confidence isn't published.", "measure.confidence",
			set("bayes", "measure", "confidence", "method"), "BF-TABLE-6"),
		bad("own-issuer", "A table from the site itself isn't published.", "from", func(t wire.Object) {
			origin, _, _ := strings.Cut(wire.Text(t, "id"), "/conversions/")
			t["from"] = wire.Object{"issuer": origin, "mechanism": wire.Text(t, "to", "mechanism"), "versions": []any{1}, "context": "trading"}
		}, "BF-TABLE-3"),
		bad("no-previous", "A second version that names no previous one isn't published.", "previous", set(2, "version"), "BF-TABLE-2"),
		bad("backwards", "A table that ends before it begins isn't published.", "valid_until", set("2020-01-01", "valid_until"), "BF-TABLE-9"),
		{"unknown-field", "A table with a field that tables don't have isn't published.", []string{"BF-JSON-7"}, "unknown-field", "surprise", set(1, "surprise")},
		{"no-number", "A table whose cap is a text isn't published.", []string{"BF-JSON-10"}, "bad-value", "cap", set("3", "cap")},
	}
}

// misfit tries to publish what must not be published.
func (w *World) misfit(ctx context.Context, m misfit) error {
	i, err := w.issuer()
	if err != nil {
		return err
	}
	name := nameOf(i)
	t := w.table(name, i, m.change)
	x, err := w.Administer(ctx, http.MethodPut, "/admin/conversions/"+name, t)
	if err != nil {
		return err
	}
	if err := x.Refused(m.code); err != nil {
		return err
	}
	if said := wire.Text(x.Object(), "subject") + " " + wire.Text(x.Object(), "detail"); !strings.Contains(said, m.names) {
		return subject.Wrong("a refusal that names "+m.names, "%q", said)
	}
	after, err := w.Anybody().Get(ctx, "/conversions/"+name+".json", "application/json")
	if err != nil {
		return err
	}
	if err := after.Refused("not-found"); err != nil {
		return err
	}
	return w.stillUnknown(ctx, i)
}

// stillUnknown checks that the site takes nothing from an issuer.
func (w *World) stillUnknown(ctx context.Context, i *peer.Issuer) error {
	x, err := w.Anybody().Get(ctx, (&bench{Issuer: i, w: w}).beginning(nil), asProgram)
	if err != nil {
		return err
	}
	return x.Refused("not-recognised")
}
