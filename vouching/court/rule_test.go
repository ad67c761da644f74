package court_test

import (
	"testing"

	"bonafide.example"
	"bonafide.example/internal/seal"
	"bonafide.example/vouching/court"
	"github.com/stretchr/testify/require"
)

// An arbiter of another organisation rules with its own key, from its own origin.
// BF-CASE-11, BF-CASE-15, BF-CASE-16
func TestArbiterElsewhere(t *testing.T) {
	w := newWorld(t)
	w.contested(w.report("f1"))
	token := w.judge.sign(w.judge.ruling("f1", bonafide.Uphold))
	k, err := w.Rule(t.Context(), token)
	require.NoError(t, err)
	require.Equal(t, court.StateFinal, k.State)
	require.Equal(t, token, k.Rulings[0].Token)
	before := w.kept()
	again, err := w.Rule(t.Context(), token)
	require.NoError(t, err)
	require.Equal(t, k, again)
	require.Equal(t, before, w.kept())
	require.Equal(t, 1, w.judge.asked)
}

// A ruling is known by its issuer and id over the whole site, whatever else it says. One that was refused isn't known.
// BF-CASE-15
func TestRulingIsKnownOverTheWholeSite(t *testing.T) {
	w := newWorld(t)
	w.contested(w.report("f1"))
	other := w.report("f2")
	other.Occurred--
	w.contested(other)
	r := w.judge.ruling("f1", bonafide.Lower)
	r.Class = "theft"
	w.refused(bonafide.UnknownClass, func() error { _, err := w.Rule(t.Context(), w.judge.sign(r)); return err })
	r.Class = "late"
	first, err := w.Rule(t.Context(), w.judge.sign(r))
	require.NoError(t, err)
	require.Equal(t, "late", first.Finding)
	before := w.kept()
	for name, change := range map[string]func(*bonafide.Ruling){
		"another case":     func(r *bonafide.Ruling) { r.Case = "f2" },
		"no case":          func(r *bonafide.Ruling) { r.Case = "none" },
		"another decision": func(r *bonafide.Ruling) { r.Decision, r.Class = bonafide.Reverse, "" },
	} {
		again := r
		change(&again)
		k, err := w.Rule(t.Context(), w.judge.sign(again))
		require.NoError(t, err, name)
		require.Equal(t, first, k, name)
		require.Equal(t, before, w.kept(), name)
	}
	own := w.judge.ruling("f2", bonafide.Uphold)
	own.ID = r.ID + "-2"
	_, err = w.Rule(t.Context(), w.judge.sign(own))
	require.NoError(t, err)
}

// BF-CASE-13, BF-CASE-14, BF-RULING-1, BF-RULING-2, BF-RULING-4
func TestRulingRefusals(t *testing.T) {
	w := newWorld(t)
	w.contested(w.report("f1"))
	w.reported(func() court.Report { r := w.report("f2"); r.Class = "late"; return r }())
	for name, c := range map[string]struct {
		change func(*bonafide.Ruling)
		code   bonafide.Code
	}{
		"for another site":     {func(r *bonafide.Ruling) { r.Audience = "https://outils.example" }, bonafide.WrongAudience},
		"in another's name":    {func(r *bonafide.Ruling) { r.Issuer = bazar }, bonafide.WrongIssuer},
		"too late":             {func(r *bonafide.Ruling) { r.IssuedAt -= 200_000; r.Expires -= 200_000 }, bonafide.Expired},
		"on no case":           {func(r *bonafide.Ruling) { r.Case = "none" }, bonafide.NotFound},
		"without a reason":     {func(r *bonafide.Ruling) { r.Reason = "" }, bonafide.BadValue},
		"to no class":          {func(r *bonafide.Ruling) { r.Decision, r.Class = bonafide.Lower, "theft" }, bonafide.UnknownClass},
		"to the same class":    {func(r *bonafide.Ruling) { r.Decision, r.Class = bonafide.Lower, "fraud" }, bonafide.BadValue},
		"what nobody contests": {func(r *bonafide.Ruling) { r.Case = "f2" }, bonafide.BadValue},
	} {
		r := w.judge.ruling("f1", bonafide.Uphold)
		c.change(&r)
		w.refused(c.code, func() error { _, err := w.Rule(t.Context(), w.judge.sign(r)); return err }, name)
	}
	w.refused(bonafide.BadToken, func() error { _, err := w.Rule(t.Context(), "x"); return err })
	other, err := w.judge.sealer.Seal(t.Context(), bonafide.TypeOutcome, w.judge.ruling("f1", bonafide.Uphold))
	require.NoError(t, err)
	w.refused(bonafide.WrongType, func() error { _, err := w.Rule(t.Context(), other); return err })
}

// Nobody's keys are fetched whom no mechanism names, and who is named in one doesn't rule under another.
// BF-CASE-12
func TestNoArbiter(t *testing.T) {
	w := newWorld(t)
	w.contested(w.report("f1"))
	stranger := newJudge(t, w.clock)
	w.refused(bonafide.NotArbiter, func() error {
		_, err := w.Rule(t.Context(), stranger.sign(stranger.ruling("f1", bonafide.Reverse)))
		return err
	})
	require.Zero(t, stranger.asked)

	forged := newJudge(t, w.clock) // signs with its own key in the site's name
	key, err := seal.GenerateKey()
	require.NoError(t, err)
	kid, err := seal.DIDKeyID(bazar, key.Public())
	require.NoError(t, err)
	forged.sealer, err = seal.NewSealer(key, kid)
	require.NoError(t, err)
	r := w.judge.ruling("f1", bonafide.Reverse)
	r.Issuer = bazar
	w.refused(bonafide.UnknownKey, func() error { _, err := w.Rule(t.Context(), forged.sign(r)); return err })

	solo := w.report("f2")
	solo.Mechanism = "solo"
	w.contested(solo)
	w.refused(bonafide.NotArbiter, func() error {
		_, err := w.Decide(t.Context(), "f2", bonafide.Uphold, "", "We are sure.")
		return err
	})
	_, err = w.Rule(t.Context(), w.judge.sign(w.judge.ruling("f2", bonafide.Reverse)))
	require.NoError(t, err)
	require.Equal(t, court.StateDismissed, w.state("f2"))
}
