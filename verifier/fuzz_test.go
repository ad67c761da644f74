package verifier

import (
	"testing"

	"bonafide.example"
	"bonafide.example/internal/web"
	"github.com/stretchr/testify/require"
)

// FuzzRefusal looks for an issuer's answer that ends a referral here without a refusal of the protocol's, for good.
func FuzzRefusal(f *testing.F) {
	for _, code := range []bonafide.Code{bonafide.OutcomeRefused, bonafide.NotYetValid, bonafide.RateLimited, bonafide.UnknownReferral, bonafide.Internal} {
		problem := web.ProblemOf(bonafide.Errorf(code, "outcome", "is refused"))
		body, err := bonafide.MarshalJSON(problem)
		require.NoError(f, err)
		f.Add(problem.Status, body)
		f.Add(200, body)
	}
	f.Add(404, []byte(`{"code":"nothing-of-ours","status":404}`))
	f.Add(403, []byte("<html>"))
	f.Fuzz(func(t *testing.T, status int, body []byte) {
		said, err := refusal("https://bazar.example/outcomes", status, body)
		if err != nil {
			require.Contains(t, []bonafide.Code{bonafide.BadAnswer, bonafide.Unreachable}, bonafide.CodeOf(err))
			require.Zero(t, said)
			return
		}
		require.Zero(t, said.answer)
		require.Contains(t, bonafide.Codes(), said.refused)
		require.False(t, ofTheMoment(said.refused))
		require.True(t, 400 <= status && status < 500 && status == said.refused.Meaning().Status, status)
	})
}
