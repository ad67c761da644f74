package issuer

import (
	"context"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode"

	"bonafide.example/conformance"
	"bonafide.example/conformance/subject"
	"bonafide.example/conformance/wire"
)

func (w *World) mechanisms() []subject.Check {
	return []subject.Check{
		check("mechanism/identity", "The mechanism has its own address as id, a version, a day and a context.", w.mechanismIdentity,
			"BF-MECH-1", "BF-MECH-2", "BF-MECH-3", "BF-MECH-4"),
		check("mechanism/texts", "All that people read stands in English and in French, without characters that hide.", w.mechanismTexts,
			"BF-MECH-6", "BF-MECH-13"),
		check("mechanism/levels", "Its levels have names of their own, and fit its scale.", w.mechanismLevels, "BF-MECH-5", "BF-MECH-7"),
		check("mechanism/rule", "Its rule has a rising threshold for each level, and its measures are in form.", w.mechanismRule, "BF-MECH-8", "BF-MECH-9"),
		check("mechanism/signed", "The signed form is signed by the issuer, is in force, and says what the JSON says.", w.mechanismSigned,
			"BF-MECH-10", "BF-TOKEN-1", "BF-TOKEN-4", "BF-TOKEN-6", "BF-TOKEN-12", "BF-TOKEN-14"),
		check("mechanism/versions", "Each version stands at its own address, as page, JSON and signed.", w.mechanismVersions, "BF-ISSUER-13"),
		check("mechanism/chain", "Each version but the first names the hash of the one before.", w.mechanismChain, "BF-MECH-2", "BF-ISSUER-14"),
		check("mechanism/unknown", "A mechanism or version that there isn't is not found.", w.mechanismUnknown, "BF-ISSUER-13"),
	}
}

var nameForm = regexp.MustCompile(`^[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?$`)

func (w *World) mechanismIdentity(context.Context) error {
	m := w.rule.mechanism
	version, err := wire.Int(m, "version")
	_, failed := time.Parse(time.DateOnly, wire.Text(m, "date"))
	return first(
		equal("id", w.Issuer.Mechanism, m["id"]),
		equal("id", w.Origin+"/mechanisms/"+w.rule.name, m["id"]),
		that(nameForm.MatchString(w.rule.name), "a name at the end of its id", "%q", w.rule.name),
		that(err == nil && version >= 1, "a version of 1 or more", "%v", m["version"]),
		that((m["previous"] != nil) == (version > 1), "previous in every version but the first", "version %d with %v", version, m["previous"]),
		that(failed == nil, "a day of the calendar as date", "%v", m["date"]),
		that(nameForm.MatchString(wire.Text(m, "context")), "a name as context", "%v", m["context"]),
	)
}

func (w *World) mechanismTexts(context.Context) error {
	m := w.rule.mechanism
	texts := map[string]any{}
	for _, name := range []string{"name", "meaning", "who_rates", "falls", "recovers", "not_said"} {
		texts[name] = m[name]
	}
	for n, level := range array(m, "levels") {
		texts[fmt.Sprintf("levels[%d].name", n)], texts[fmt.Sprintf("levels[%d].sentence", n)] = wire.At(level, "name"), wire.At(level, "sentence")
	}
	for n, measure := range array(m, "measures") {
		texts[fmt.Sprintf("measures[%d].name", n)] = wire.At(measure, "name")
	}
	for name, text := range texts {
		for _, language := range []string{"en", "fr"} {
			words := wire.Text(text, language)
			hidden := strings.ContainsFunc(words, func(r rune) bool { return unicode.In(r, unicode.Cc, unicode.Cf) && r != '\u200c' && r != '\u200d' })
			if words == "" || len(words) > 2000 || hidden {
				return subject.Wrong(name+"."+language+": 1 to 2,000 bytes without control and formatting characters", "%q", words)
			}
		}
	}
	return nil
}

func (w *World) mechanismLevels(context.Context) error {
	m, levels := w.rule.mechanism, w.rule.levels
	taken := []string{"level", "earned-level", "kind", "since", "as-of", "account-since", "source"}
	for _, measure := range array(m, "measures") {
		taken = append(taken, wire.Text(measure, "id")+"-positive", wire.Text(measure, "id")+"-total")
	}
	for _, id := range levels {
		if !nameForm.MatchString(id) || slices.Contains(taken, id) {
			return subject.Wrong("levels whose ids are names of their own, which no result has", "%v", levels)
		}
		taken = append(taken, id)
	}
	scale := wire.Text(m, "scale")
	single := scale == "yes-no" || scale == "membership"
	return first(
		that(slices.Contains([]string{"ordinal", "percent", "yes-no", "membership", "count"}, scale), "one of the five scales", "%q", scale),
		that(len(levels) >= 1 && len(levels) <= 20 && (!single || len(levels) == 1), "1 to 20 levels, 1 for "+scale, "%d", len(levels)),
	)
}

func (w *World) mechanismRule(context.Context) error {
	r := w.rule
	rule, _ := r.mechanism["rule"].(wire.Object)
	for n, s := range r.shares {
		if s.a.Sign() <= 0 || s.a.Cmp(s.b) > 0 || n > 0 && s.least(1e9) <= r.shares[n-1].least(1e9) {
			return subject.Wrong("strictly rising thresholds in (0, 1]", "%v", wire.At(rule, "share", "levels"))
		}
	}
	var ids []string
	for _, measure := range array(r.mechanism, "measures") {
		id := wire.Text(measure, "id")
		window, err := wire.Int(measure, "window_days")
		if wire.At(measure, "window_days") == nil {
			window, err = 0, nil
		}
		if !nameForm.MatchString(id) || slices.Contains(ids, id) || err != nil || window < 0 || window > 3660 {
			return subject.Wrong("measures with names of their own and windows of 0 to 3660 days", "%v", r.mechanism["measures"])
		}
		ids = append(ids, id)
	}
	return first(
		that(len(rule) == 1, "exactly one of points, share and host", "%v", rule),
		that(r.minTotal >= 1, "a min_total of 1 or more", "%d", r.minTotal),
		that(slices.Contains(ids, r.measure) && len(ids) <= 10, "at most 10 measures, of which the rule names one", "%v and %s", ids, r.measure),
	)
}

// readMechanism reads the signed mechanism at an address, and returns the mechanism in it.
func (w *World) readMechanism(ctx context.Context, address string) (*wire.Token, error) {
	x, err := w.get(ctx, address+".jwt", "")
	if err = first(err, served(x, mechanismMedia)); err != nil {
		return nil, err
	}
	return w.opened(ctx, string(x.Body), "bonafide-mechanism+jwt", subject.MaxToken)
}

func (w *World) mechanismSigned(ctx context.Context) error {
	token, err := w.readMechanism(ctx, w.Issuer.Mechanism)
	if err != nil {
		return err
	}
	object, err := w.object(ctx, w.Issuer.Mechanism+".json")
	if err != nil {
		return err
	}
	different := conformance.Difference("mechanism", object, token.Payload["mechanism"])
	return first(equal("iss", w.Origin, token.Payload["iss"]), w.inForce(token.Payload, "iat", "exp"),
		that(different == "", "the mechanism as its JSON has it", "%s", different))
}

// versions returns the addresses of all versions, from the first.
func (w *World) versions() []string {
	newest, _ := wire.Int(w.rule.mechanism, "version")
	var all []string
	for n := range newest {
		all = append(all, fmt.Sprintf("%s/v/%d", w.Issuer.Mechanism, n+1))
	}
	return all
}

func (w *World) mechanismVersions(ctx context.Context) error {
	for n, address := range w.versions() {
		if err := w.forms(ctx, []form{
			{address, fromBrowser, []string{page}}, {address, jsonMedia, []string{jsonMedia}}, {address + ".json", "", []string{jsonMedia}},
			{address, mechanismMedia, []string{mechanismMedia}}, {address + ".jwt", "", []string{mechanismMedia}},
		}); err != nil {
			return err
		}
		object, err := w.object(ctx, address+".json")
		if err != nil {
			return err
		}
		token, err := w.readMechanism(ctx, address)
		if err != nil {
			return err
		}
		different := conformance.Difference("mechanism", object, token.Payload["mechanism"])
		if err := first(equal("version at "+address, json.Number(fmt.Sprint(n+1)), object["version"]),
			that(different == "", "what the JSON of the version says", "%s", different)); err != nil {
			return err
		}
	}
	return nil
}

func (w *World) mechanismChain(ctx context.Context) error {
	var previous any
	for _, address := range w.versions() {
		object, err := w.object(ctx, address+".json")
		if err != nil {
			return err
		}
		if err := equal("previous at "+address, previous, object["previous"]); err != nil {
			return err
		}
		if previous, err = wire.Hash(object); err != nil {
			return err
		}
	}
	newest, err := wire.Hash(w.rule.mechanism)
	return first(err, equal("the hash of the newest version", newest, previous))
}

func (w *World) mechanismUnknown(ctx context.Context) error {
	for _, address := range []string{"/mechanisms/no-such-mechanism", w.Issuer.Mechanism + "/v/0", w.Issuer.Mechanism + "/v/999", w.Issuer.Mechanism + "/v/01"} {
		for _, suffix := range []string{".json", ".jwt"} {
			x, err := w.get(ctx, address+suffix, "application/json")
			if err = first(err, x.Refused("not-found")); err != nil {
				return err
			}
		}
	}
	return nil
}
