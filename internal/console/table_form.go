package console

import (
	"cmp"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"bonafide.example"
	"bonafide.example/site"
)

const (
	spareRates = 2        // empty rows that a form offers
	usualZ2    = "3.8416" // 95 %
)

// begin returns what the form begins with: the published version, or an empty table.
func begin(o site.Overview, published *bonafide.Table) bonafide.Table {
	if published != nil {
		return *published
	}
	t := bonafide.Table{
		Accept: bonafide.Accept{MinSample: 20, MaxAgeDays: 180}, Measure: &bonafide.MeasureBy{Share: "ratings", Confidence: &bonafide.Confidence{Method: "wilson", Z2: usualZ2}},
		From: bonafide.TableFrom{Versions: []int{1}}, Cap: 1, ValidFrom: bonafide.DateOf(o.Now), ValidUntil: bonafide.DateOf(o.Now.AddDate(1, 0, 0)),
	}
	if len(o.Mechanisms) > 0 {
		t.To.Mechanism = o.Mechanisms[0].ID
	}
	return t
}

// tableGroups returns the form of a table.
func tableGroups(t *bonafide.Table, o site.Overview, fresh bool) []group {
	var versions []string
	for _, v := range t.From.Versions {
		versions = append(versions, strconv.Itoa(v))
	}
	var own []string
	for _, m := range o.Mechanisms {
		own = append(own, m.ID)
	}
	share, confidence := "", ""
	if t.Measure != nil {
		share = t.Measure.Share
		if t.Measure.Confidence != nil {
			confidence = string(t.Measure.Confidence.Z2)
		}
	}
	from := group{Kind: "from", Fields: []field{
		{Path: "from.mechanism", Kind: "from-mechanism", Value: t.From.Mechanism},
		{Path: "from.versions", Kind: "from-versions", Value: strings.Join(versions, ", ")},
		{Path: "from.context", Kind: "from-context", Value: t.From.Context},
		{Path: "to.mechanism", Kind: "to-mechanism", Value: t.To.Mechanism, Choices: own},
	}}
	if fresh {
		from.Fields = slices.Insert(from.Fields, 0, field{Path: "id", Kind: "table-name", Value: t.Slug()})
	}
	groups := []group{from, {Kind: "measure", Fields: []field{
		{Path: "measure.share", Kind: "measure-share", Value: share},
		{Path: "measure.confidence.z2", Kind: "measure-z2", Value: confidence},
	}}}
	for i := range min(len(t.Rates)+spareRates, bonafide.MaxRates) {
		var rate bonafide.Rate
		if i < len(t.Rates) {
			rate = t.Rates[i]
		}
		path := fmt.Sprintf("rates[%d].", i)
		gives := ""
		if rate.Gives > 0 {
			gives = strconv.Itoa(rate.Gives)
		}
		groups = append(groups, group{Kind: "rate", Number: i + 1, Fields: []field{
			{Path: path + "at_least", Kind: "rate-when", Number: i + 1, Value: cmp.Or(string(rate.AtLeast), rate.Level)},
			{Path: path + "gives", Kind: "rate-gives", Number: i + 1, Value: gives},
		}})
	}
	return append(groups, group{Kind: "guards", Fields: []field{
		{Path: "cap", Kind: "cap", Value: strconv.Itoa(t.Cap)},
		{Path: "accept.min_sample", Kind: "min-sample", Value: strconv.FormatInt(t.Accept.MinSample, 10)},
		{Path: "accept.max_age_days", Kind: "max-age", Value: strconv.Itoa(t.Accept.MaxAgeDays)},
		{Path: "accept.min_account_days", Kind: "min-account", Value: strconv.Itoa(t.Accept.MinAccountDays)},
		{Path: "agreement", Kind: "agreement", Value: map[bool]string{true: "yes"}[t.Agreement], Check: true},
	}}, group{Kind: "force", Fields: []field{
		{Path: "valid_from", Kind: "valid-from", Value: string(t.ValidFrom)},
		{Path: "valid_until", Kind: "valid-until", Value: string(t.ValidUntil)},
	}})
}

// tryGroup returns the form of what somebody might come with, as it was typed.
func tryGroup(typed url.Values) group {
	g := group{Kind: "try"}
	for _, path := range []string{"try-positive", "try-total", "try-level"} {
		g.Fields = append(g.Fields, field{Path: path, Kind: path, Value: typed.Get(path)})
	}
	return g
}

// readTable reads the form of a table that follows a published one.
func readTable(r reading, o site.Overview, published *bonafide.Table) (t bonafide.Table, err error) {
	t = begin(o, published)
	if published == nil {
		t.ID, t.Version = string(o.Origin)+"/conversions/"+r.text("id"), 1
	} else {
		t.Version = published.Version + 1
		if t.Previous, err = bonafide.Hash(published); err != nil {
			return t, err
		}
	}
	t.From = bonafide.TableFrom{Mechanism: r.text("from.mechanism"), Context: r.text("from.context")}
	if origin, err := bonafide.OriginOf(t.From.Mechanism); err == nil {
		t.From.Issuer = origin
	}
	for part := range strings.FieldsFuncSeq(r.text("from.versions"), func(c rune) bool { return c == ',' || c == ' ' }) {
		n, err := strconv.Atoi(part)
		if err != nil {
			r.faults["from.versions"] = fmt.Sprintf("%q is not a number", part)
		}
		t.From.Versions = append(t.From.Versions, n)
	}
	t.To.Mechanism = r.text("to.mechanism")
	t.Measure = nil
	if share := r.text("measure.share"); share != "" {
		t.Measure = &bonafide.MeasureBy{Share: share}
		if r.text("measure.confidence.z2") != "" {
			t.Measure.Confidence = &bonafide.Confidence{Method: "wilson", Z2: r.decimal("measure.confidence.z2")}
		}
	}
	t.Rates = readRates(r, t.Measure != nil)
	t.Cap = int(r.number("cap"))
	t.Accept = bonafide.Accept{MinSample: r.number("accept.min_sample"), MaxAgeDays: int(r.number("accept.max_age_days")), MinAccountDays: int(r.number("accept.min_account_days"))}
	t.Agreement = r.form.Get("agreement") == "yes"
	t.ValidFrom, t.ValidUntil = r.day("valid_from"), r.day("valid_until")
	return t, nil
}

// readRates reads the rows that aren't empty.
func readRates(r reading, shares bool) (rates []bonafide.Rate) {
	for i := range bonafide.MaxRates {
		path := fmt.Sprintf("rates[%d].", i)
		if r.text(path+"at_least") == "" && r.text(path+"gives") == "" {
			continue
		}
		rate := bonafide.Rate{Gives: int(r.number(path + "gives"))}
		if shares {
			rate.AtLeast = r.decimal(path + "at_least")
		} else {
			rate.Level = r.text(path + "at_least")
		}
		rates = append(rates, rate)
	}
	return rates
}
