package verifier

import (
	"context"
	"fmt"
	"net/http"

	"bonafide.example/conformance"
	"bonafide.example/conformance/subject"
	"bonafide.example/conformance/wire"
)

// standing returns what an account reads at /standing.json.
func (w *World) standing(ctx context.Context, v *subject.Visitor) ([]any, error) {
	x, err := v.Get(ctx, "/standing.json", "application/json")
	if err != nil {
		return nil, err
	}
	all, ok := x.JSON().([]any)
	if x.Status != http.StatusOK || !ok {
		return nil, subject.Wrong("200 with an array of explanations", "%d: %.200s", x.Status, x.Body)
	}
	return all, nil
}

// explanation returns an account's explanation about the verifier's mechanism.
func (w *World) explanation(ctx context.Context, v *subject.Visitor) (wire.Object, error) {
	all, err := w.standing(ctx, v)
	if err != nil {
		return nil, err
	}
	for _, one := range all {
		if e, _ := one.(wire.Object); wire.Text(e, "mechanism") == w.Verifier.Mechanism {
			return e, nil
		}
	}
	return nil, subject.Wrong("an explanation about "+w.Verifier.Mechanism, "none among %d", len(all))
}

// input returns what an account's explanation says of the input from an issuer, nil if it has none.
func (b *bench) input(ctx context.Context, v *subject.Visitor) (wire.Object, error) {
	e, err := b.w.explanation(ctx, v)
	if err != nil {
		return nil, err
	}
	inputs, _ := e["inputs"].([]any)
	for _, one := range inputs {
		if in, _ := one.(wire.Object); wire.Text(in, "issuer") == b.Origin {
			return in, nil
		}
	}
	return nil, nil
}

// counts checks how an account's input from the issuer stands: used ("") or passed over for a reason.
func (b *bench) counts(ctx context.Context, v *subject.Visitor, reason string) error {
	in, err := b.input(ctx, v)
	if err != nil {
		return err
	}
	due := "an input from " + b.Origin + " that counts"
	if reason != "" {
		due = fmt.Sprintf("an input from %s that is passed over as %s", b.Origin, reason)
	}
	if in == nil {
		return subject.Wrong(due, "no such input")
	}
	if used, _ := in["used"].(bool); used != (reason == "") || wire.Text(in, "reason") != reason {
		return subject.Wrong(due, "used %v with the reason %q", in["used"], wire.Text(in, "reason"))
	}
	return nil
}

// gone checks that an account has no input from the issuer.
func (b *bench) gone(ctx context.Context, v *subject.Visitor) error {
	in, err := b.input(ctx, v)
	if err == nil && in != nil {
		return subject.Wrong("no input from "+b.Origin, "one that gives %v", in["gives"])
	}
	return err
}

// unchanged runs what must change nothing of what an account's imports count for.
func (w *World) unchanged(ctx context.Context, v *subject.Visitor, run func() error) error {
	before, err := w.standing(ctx, v)
	if err != nil {
		return err
	}
	if err := run(); err != nil {
		return err
	}
	after, err := w.standing(ctx, v)
	if err != nil {
		return err
	}
	if found := conformance.Difference("standing", bare(before), bare(after)); found != "" {
		return subject.Wrong("a standing as it was before", "%s", found)
	}
	return nil
}

// determined are the fields of an explanation that its question determines (chapter 06), but for the instants at which it was
// computed and its list read. A site may add others, and words its texts as it likes.
var determined = map[string]bool{
	"verdict": true, "mechanism": true, "level": true, "level_id": true, "level_name": true, "en": true, "fr": true, "inputs": true,
	"agreement": true, "cap_reached": true, "expires": true, "contest": true,
	"issuer": true, "version": true, "used": true, "decisive": true, "reason": true, "gives": true, "earned_level": true, "table": true,
	"id": true, "hash": true, "row": true, "inequality": true, "next": true, "sources": true, "as_of": true, "relied_until": true,
	"method": true, "measure": true, "positive": true, "total": true, "at_least": true, "a": true, "b": true, "z2": true, "c": true,
	"d": true, "margin": true, "left": true, "right": true, "holds": true,
	"missing_positive": true, "out_of_reach": true, "missing_sample": true, "from_date": true, "refresh": true,
}

// bare takes away from explanations all but those.
func bare(value any) any {
	switch value := value.(type) {
	case []any:
		all := []any{}
		for _, item := range value {
			all = append(all, bare(item))
		}
		return all
	case wire.Object:
		object := wire.Object{}
		for name, item := range value {
			if determined[name] {
				object[name] = bare(item)
			}
		}
		return object
	}
	return value
}
