package verifier

import (
	"cmp"
	"encoding/json"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"bonafide.example/conformance/wire"
)

// originOf returns the origin of an address.
func originOf(address string) string {
	scheme, rest, _ := strings.Cut(address, "://")
	host, _, _ := strings.Cut(rest, "/")
	return scheme + "://" + host
}

// outcome is what all inputs come to.
type outcome struct {
	level     int64
	by        *weighed // the decisive one; with agreement the one that it raises
	agreement bool
}

// reckon answers a question by chapter 06 of the spec: the explanation, without its texts.
func reckon(asked wire.Object) wire.Object {
	q := &question{asked, instant(wire.Text(asked, "now"))}
	var all []*weighed
	inputs, _ := asked["inputs"].([]any)
	for _, in := range inputs {
		all = append(all, q.weigh(in.(wire.Object)))
	}
	slices.SortStableFunc(all, func(x, y *weighed) int { return cmp.Compare(x.place(), y.place()) })
	o := q.combine(all)
	e := wire.Object{
		"verdict": "nothing", "mechanism": wire.Text(asked, "to", "id"), "level": integer(o.level),
		"agreement": o.agreement, "cap_reached": o.level > 0 && (o.level == number(o.by.table, "cap") || o.level == q.top()),
	}
	if o.level > 0 {
		level := wire.At(asked, "to", "levels", int(o.level)-1)
		e["verdict"], e["level_id"], e["level_name"] = "converted", wire.At(level, "id"), wire.At(level, "name")
	}
	if contest := wire.Text(asked, "contest"); contest != "" {
		e["contest"] = contest
	}
	explained := []any{}
	for _, x := range all {
		explained = append(explained, q.explain(x))
	}
	e["inputs"] = explained
	if end := q.expiry(all); !end.IsZero() {
		e["expires"] = end.Format(time.RFC3339)
	}
	return e
}

func integer(n int64) json.Number { return json.Number(strconv.FormatInt(n, 10)) }

// place orders inputs: by issuer, mechanism and canonical JSON (BF-CONV-32).
func (x *weighed) place() string {
	mechanism := wire.Text(x.status, "mechanism")
	status := maps.Clone(x.status)
	for _, field := range []string{"level", "kind", "since"} {
		delete(status, field)
	}
	input := wire.Object{"status": status, "condition": x.input["condition"]}
	for _, field := range []string{"checked_at", "relied_until"} {
		if at := instant(wire.Text(x.input, field)); !at.IsZero() {
			input[field] = at.UTC().Format(time.RFC3339)
		}
	}
	text, err := wire.Canonical(input)
	if err != nil {
		panic(err) // it was decoded from JSON
	}
	return originOf(mechanism) + "\x00" + mechanism + "\x00" + string(text)
}

// independent tells whether two inputs have no origin in common.
func independent(x, y *weighed) bool {
	return !slices.ContainsFunc(x.origins(), func(o string) bool { return slices.Contains(y.origins(), o) })
}

// combine finds the level of several inputs, and marks those that it comes from and those that count once (BF-CONV-20 to 23).
func (q *question) combine(all []*weighed) (o outcome) {
	giving := slices.DeleteFunc(slices.Clone(all), func(x *weighed) bool { return x.gives == 0 })
	slices.SortStableFunc(giving, func(x, y *weighed) int { return cmp.Compare(y.gives, x.gives) })
	if len(giving) == 0 {
		return o
	}
	o = outcome{level: giving[0].gives, by: giving[0]}
	decisive := giving[:1]
	for _, x := range giving {
		for _, y := range giving {
			both := x != y && x.table["agreement"] == true && y.table["agreement"] == true && independent(x, y)
			if raised := min(x.gives+1, number(x.table, "cap"), q.top()); both && raised > o.level {
				o, decisive = outcome{raised, x, true}, []*weighed{x, y}
			}
		}
	}
	for _, x := range decisive {
		x.used, x.decisive = true, true
	}
	used := slices.Clone(decisive)
	for _, x := range giving {
		switch {
		case x.used:
		case slices.ContainsFunc(used, func(u *weighed) bool { return !independent(u, x) }):
			x.reason = "same-source"
		default:
			x.used = true
			used = append(used, x)
		}
	}
	return o
}

// explain says of one input what an explanation says, in the order of the spec's table.
func (q *question) explain(x *weighed) wire.Object {
	mechanism := wire.Text(x.status, "mechanism")
	e := wire.Object{
		"issuer": originOf(mechanism), "mechanism": mechanism, "version": x.status["version"], "used": x.used, "decisive": x.decisive,
		"gives": integer(x.gives), "sources": x.status["sources"], "as_of": x.status["as_of"],
	}
	for name, value := range map[string]string{
		"reason": x.reason, "earned_level": wire.Text(x.status, "earned_level"), "relied_until": wire.Text(x.input, "relied_until"),
	} {
		if value != "" {
			e[name] = value
		}
	}
	if x.rule != nil {
		table := wire.Object{"id": x.table["id"], "version": x.table["version"], "hash": x.rule["hash"]}
		if x.row > 0 {
			table["row"] = integer(int64(x.row))
		}
		e["table"] = table
	}
	if measure := wire.Text(x.table, "measure", "share"); measure != "" && slices.Contains([]string{"", "same-source", "no-rate"}, x.reason) {
		row := x.lastRow()
		if x.row > 0 {
			row = x.row - 1
		}
		e["inequality"] = x.compare(row).explain(measure, wire.Text(x.table, "rates", row, "at_least"), x.z2())
	}
	if next := q.next(x); next != nil {
		e["next"] = next
	}
	return e
}

// lastRow returns the number of the last row, from 0.
func (x *weighed) lastRow() int {
	rates, _ := x.table["rates"].([]any)
	return len(rates) - 1
}

// next says what is missing for more, nil if nothing can be said.
func (q *question) next(x *weighed) wire.Object {
	switch x.reason {
	case "stale":
		return wire.Object{"refresh": true}
	case "account-too-young":
		if from := x.oldEnough(); !from.IsZero() {
			return wire.Object{"from_date": day(from)}
		}
		return nil
	case "sample-too-small":
		return wire.Object{"missing_sample": integer(number(x.table, "accept", "min_sample") - number(x.measure(), "total"))}
	case "", "no-rate":
	default:
		return nil
	}
	for row := x.lastRow(); row >= 0; row-- {
		gives := q.given(x.table, row)
		if gives <= x.gives {
			continue
		}
		n := wire.Object{"row": integer(int64(row + 1)), "gives": integer(gives)}
		if level := wire.Text(x.table, "rates", row, "level"); level != "" {
			n["level"] = level
			return n
		}
		m, atLeast := x.measure(), wire.Text(x.table, "rates", row, "at_least")
		n["at_least"] = atLeast
		if more := missing(number(m, "positive"), number(m, "total"), atLeast, x.z2()); more > 0 {
			n["missing_positive"] = integer(more)
		} else {
			n["out_of_reach"] = true
		}
		return n
	}
	return nil
}

// expiry returns the earliest instant at which the answer may change by itself, zero if there is none.
func (q *question) expiry(all []*weighed) (first time.Time) {
	consider := func(t time.Time) {
		if !t.IsZero() && (first.IsZero() || t.Before(first)) {
			first = t
		}
	}
	for _, x := range all {
		begins := date(wire.Text(x.table, "valid_from"))
		switch {
		case x.used:
			consider(instant(wire.Text(x.input, "relied_until")).UTC())
			consider(date(wire.Text(x.table, "valid_until")).AddDate(0, 0, 1))
			if oldest := number(x.table, "accept", "max_age_days"); oldest > 0 {
				consider(date(wire.Text(x.status, "as_of")).AddDate(0, 0, int(oldest)+1))
			}
		case x.reason == "account-too-young":
			consider(x.oldEnough())
		case x.reason == "table-expired" && q.now.Before(begins):
			consider(begins)
		}
	}
	return first
}
