package bonafide_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"bonafide.example"
	"github.com/stretchr/testify/require"
)

func seller() *bonafide.Mechanism {
	t := func(s string) bonafide.Text { return bonafide.Text{EN: s, FR: s + " (fr)"} }
	return &bonafide.Mechanism{
		ID: "https://bazar.example/mechanisms/seller", Version: 1, Date: "2026-10-01", Context: "selling", Scale: bonafide.Ordinal,
		Name: t("Seller rating"), Meaning: t("Share of positive ratings."),
		Levels: []bonafide.Level{
			{ID: "bronze", Name: t("Bronze"), Sentence: t("Sells.")}, {ID: "gold", Name: t("Gold"), Sentence: t("Sells well.")}},
		Measures: []bonafide.MeasureDef{{ID: "ratings", Name: t("Ratings")}},
		Rule:     bonafide.Rule{Share: &bonafide.ShareRule{Measure: "ratings", Kinds: []string{"rating"}, MinTotal: 20, Levels: []bonafide.Decimal{"0.8", "0.95"}}},
		WhoRates: t("Buyers."), Falls: t("By bad ratings."), Recovers: t("By good ones."), NotSaid: t("Who it is."),
	}
}

func TestCredentialStatesItsStatus(t *testing.T) {
	m := seller()
	require.NoError(t, m.Validate())
	status := bonafide.Status{
		Mechanism: m.ID, Version: 1, Context: "selling", Level: "gold", Kind: bonafide.Earned, EarnedLevel: "gold",
		Measures: []bonafide.Measure{{ID: "ratings", Positive: 412, Total: 417}}, AccountSince: "2020-02", Since: "2026-01", AsOf: "2026-11-22",
		Sources: []bonafide.Origin{"https://bazar.example"}, State: bonafide.Current,
	}
	now := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	c := bonafide.NewCredential(bonafide.Badge{
		Address: "https://bazar.example/b/K7QXM2VTP4WN9RFA", SubjectID: "urn:uuid:0d3c9a8e-8f51-4f0b-9a51-3b8f9f7a6c21", IssuerName: "Bazar",
		Status: status, Entry: bonafide.NewStatusEntry("urn:uuid:6e1c0a44-0b7a-4d2e-bd6e-7a2c8cfd53a1", "https://bazar.example/status/1", 5),
		ValidFrom: now, ValidUntil: now.Add(bonafide.MaxBadgeLife),
	}, m)
	data, err := bonafide.MarshalJSON(c)
	require.NoError(t, err)
	read, err := bonafide.ParsePeer[bonafide.Credential](data)
	require.NoError(t, err)
	require.NoError(t, read.Check("https://bazar.example", now))
	stated, err := read.Stated()
	require.NoError(t, err)
	require.Equal(t, status, stated)

	for _, half := range []string{"#ratings-positive", "#ratings-total"} {
		part := read
		part.Subject.Results = slices.DeleteFunc(slices.Clone(read.Subject.Results), func(r bonafide.Result) bool { return strings.HasSuffix(r.Description, half) })
		_, err := part.Stated()
		require.Equal(t, bonafide.BadCredential, bonafide.CodeOf(err), half)
	}
}

func TestFormSaysTheSame(t *testing.T) {
	m := seller()
	form, err := bonafide.NewForm(m)
	require.NoError(t, err)
	for _, page := range []bonafide.PublishedOn{{}, {Address: "https://ann.example/", Seen: "2026-11-22"}, {}} {
		b := bonafide.Badge{Status: bonafide.Status{Mechanism: m.ID, Level: "gold"}, Page: page}
		alone, err := bonafide.MarshalJSON(bonafide.NewCredential(b, m))
		require.NoError(t, err)
		formed, err := bonafide.MarshalJSON(form.Credential(b))
		require.NoError(t, err)
		require.Equal(t, string(alone), string(formed))
		require.Equal(t, page.Address != "", strings.Contains(string(formed), "published_on"))
	}
}

func TestParse(t *testing.T) {
	for name, c := range map[string]struct {
		json string
		code bonafide.Code
	}{
		"doubled":        {`{"type":"bonafide_status","type":"x"}`, bonafide.DoubledField},
		"two cases":      {`{"type":"bonafide_status","Type":"x"}`, bonafide.DoubledField},
		"unknown":        {`{"typo":"bonafide_status"}`, bonafide.UnknownField},
		"other case":     {`{"Type":"bonafide_status"}`, bonafide.UnknownField},
		"wrong type":     {`{"type":1}`, bonafide.BadValue},
		"fraction":       {`{"retention_days":1.5}`, bonafide.BadValue},
		"too large":      {`{"retention_days":9007199254740993}`, bonafide.BadValue},
		"lone surrogate": {`{"type":"\ud800"}`, bonafide.BadJSON},
		"not UTF-8":      {"{\"type\":\"\xff\"}", bonafide.BadJSON},
		"trailing":       {`{} {}`, bonafide.BadJSON},
		"cut":            {`{"type":`, bonafide.BadJSON},
		"empty":          {``, bonafide.BadJSON},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := bonafide.Parse[bonafide.AuthorizationDetails]([]byte(c.json))
			require.Equal(t, c.code, bonafide.CodeOf(err), "%v", err)
		})
	}
}

// What a level unlocks may be left out, but is a text like any other.
// BF-VERIFIER-4: the hash of a table is that of what its author wrote, so guards that aren't there aren't written.
func TestTableWithoutGuards(t *testing.T) {
	text := `{"id":"https://outils.example/conversions/bazar","version":1,` +
		`"from":{"issuer":"https://bazar.example","mechanism":"https://bazar.example/mechanisms/seller","versions":[1],"context":"selling"},` +
		`"to":{"mechanism":"https://outils.example/mechanisms/member"},"measure":{"share":"ratings"},` +
		`"rates":[{"at_least":"0.9","gives":1}],"cap":1,"valid_from":"2026-11-01","valid_until":"2027-11-01"}`
	table, err := bonafide.Parse[bonafide.Table]([]byte(text))
	require.NoError(t, err)
	written, err := bonafide.MarshalJSON(table)
	require.NoError(t, err)
	require.JSONEq(t, text, string(written))
}

func TestUnlocks(t *testing.T) {
	for text, code := range map[bonafide.Text]bonafide.Code{
		{}: "",
		{EN: "Sells without a deposit.", FR: "Vend sans caution."}: "",
		{EN: "Sells without a deposit."}:                           bonafide.BadValue,
		{EN: "Sells\u202e", FR: "Vend"}:                            bonafide.BadValue,
	} {
		m := seller()
		m.Levels[1].Unlocks = text
		require.Equal(t, code, bonafide.CodeOf(m.Validate()), "%q", text)
	}
}

func TestEveryCodeHasAMeaning(t *testing.T) {
	seen := map[bonafide.Code]bool{}
	for _, code := range bonafide.Codes() {
		m := code.Meaning()
		require.False(t, seen[code], code)
		seen[code] = true
		require.NotEmpty(t, m.Sentence.EN+m.Mend.EN, code)
		require.NotEmpty(t, m.Sentence.FR, code)
		require.NotEmpty(t, m.Mend.FR, code)
	}
}

func TestCoarse(t *testing.T) {
	for m, want := range map[bonafide.Measure]bonafide.Measure{
		{Positive: 412, Total: 417}:  {Positive: 405, Total: 410},
		{Positive: 99, Total: 99}:    {Positive: 99, Total: 99},
		{Positive: 100, Total: 100}:  {Positive: 100, Total: 100},
		{Positive: 0, Total: 123456}: {Positive: 0, Total: 120000},
	} {
		require.Equal(t, want, m.Coarse())
	}
}

// Of all that browsers take for one address, only one writing is on an origin.
func TestOwns(t *testing.T) {
	const origin = bonafide.Origin("https://bazar.example")
	for _, address := range []string{"https://bazar.example", "https://bazar.example/", "https://bazar.example/b/CODE", "https://bazar.example/b/CODE?a=b", "https://bazar.example/b?a=%C3%A9&b=/?:@!$()*+,;~"} {
		require.True(t, origin.Owns(address), address)
	}
	for _, address := range []string{
		"HTTPS://bazar.example/b/CODE", "https://BAZAR.example/b/CODE", "https://bazar.example:443/b/CODE", "https://bazar.example:/b/CODE",
		"https://bazar.example./b/CODE", "https://user@bazar.example/b/CODE", "https://@bazar.example/b/CODE", "https://bazar.example/b/CODE#",
		"https://bazar.example/b/CODE#x", "https://bazar.example//b/CODE", "https://bazar.example/a/../b/CODE", "https://bazar.example/b/a b",
		"https://bazar.example/b/é", "https://bazar.example\\b", "//bazar.example/b/CODE", "https:bazar.example/b/CODE", "http://bazar.example/b/CODE",
		"https://bazar.example.evil.example/b/CODE", "https://evil.example/https://bazar.example/", " https://bazar.example/", "https://bazar.example/\n",
		"https://bazar.example/b?a b", "https://bazar.example/b?é", "https://bazar.example/b?\\", "https://bazar.example/b?\"'", "https://bazar.example/b?\u202e", "https://bazar.example/b?\xff",
	} {
		require.False(t, origin.Owns(address), address)
	}
}

func TestPercent(t *testing.T) {
	for share, percent := range map[bonafide.Decimal]bonafide.Decimal{"0.5": "50", "1": "100", "0.125": "12.5", "0.0001": "0.01", "0": "0", "0.10": "10"} {
		require.Equal(t, percent, share.Percent())
	}
}
