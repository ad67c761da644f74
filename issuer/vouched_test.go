package issuer_test

import (
	"testing"
	"time"

	"bonafide.example"
	"bonafide.example/issuer"
	"bonafide.example/store"
	"bonafide.example/vouching"
	"github.com/stretchr/testify/require"
)

// The worked example of the spec, as the site's members see it.
// BF-ISSUER-43, BF-VOUCH-31
func TestWorkedExample(t *testing.T) {
	l := newLending(t)
	l.earn("alice", 1040)
	l.earn("dave", 1000)
	l.earn("erin", 1200)
	l.join("bob", "carol")
	for _, voucher := range []string{"alice", "dave", "erin"} {
		l.vouch(voucher, "bob", 2, 60)
	}
	l.says("bob", "two", bonafide.Vouched, "")
	require.Empty(t, l.status("bob").Since, "nobody knows since when others may be counted on")

	l.wait(day)
	l.earn("bob", 400)
	l.says("bob", "two", bonafide.Earned, "two")
	require.Equal(t, bonafide.Month("2026-11"), l.status("bob").Since)
	l.vouch("bob", "carol", 1, 40)
	l.vouch("dave", "carol", 1, 15)
	l.says("carol", "one", bonafide.Vouched, "")
	bobs, carols := l.issued("bob"), l.issued("carol")

	l.wait(day)
	fault := l.fault("carol")
	require.True(t, l.revoked(carols))
	l.says("carol", "", bonafide.Earned, "")
	require.False(t, l.revoked(bobs), "who is charged keeps the level, and so the badge")
	for member, charged := range map[string]int64{"bob": 20, "dave": 8, "alice": 5, "erin": 5} {
		require.Equal(t, charged, l.charged(member), member)
		require.NotEmpty(t, l.status(member).EarnedLevel)
	}

	l.wait(6 * 30 * day)
	for member, charged := range map[string]int64{"bob": 10, "dave": 4, "alice": 3, "erin": 3} {
		require.Equal(t, charged, l.charged(member), member)
	}
	l.says("carol", "", bonafide.Earned, "")

	l.act(vouching.Event{Kind: vouching.KindReverse, Fault: fault})
	l.wait(0)
	l.says("carol", "one", bonafide.Vouched, "")
	for _, member := range []string{"alice", "bob", "dave", "erin"} {
		require.Zero(t, l.charged(member), member)
	}
}

// What time alone changes: Dave's own fault costs his level until it has healed, Bob's hangs on Dave, and
// both vouches for Bob run out.
// BF-ISSUER-43
func TestLevelsFollowTimeWithoutAnyEvent(t *testing.T) {
	l := newLending(t)
	l.earn("dave", 1000)
	l.earn("erin", 1200)
	l.join("bob", "dave")
	l.vouch("dave", "bob", 2, 60)
	l.vouch("erin", "bob", 2, 60)
	l.says("dave", "three", bonafide.Earned, "three")
	l.says("bob", "two", bonafide.Vouched, "")
	daves, bobs := l.issued("dave"), l.issued("bob")

	l.wait(2*day - time.Second)
	l.fault("dave")
	require.True(t, l.revoked(daves))
	require.True(t, l.revoked(bobs))
	l.says("dave", "two", bonafide.Earned, "two")
	require.Equal(t, bonafide.Month("2026-11"), l.status("dave").Since)
	l.says("bob", "one", bonafide.Vouched, "")

	l.wait(359 * day)
	l.says("dave", "two", bonafide.Earned, "two")
	l.says("bob", "one", bonafide.Vouched, "")
	l.wait(day)
	l.says("dave", "three", bonafide.Earned, "three")
	require.Equal(t, bonafide.Month("2027-11"), l.status("dave").Since, "the month of the healing, not of the latest event")
	l.says("bob", "two", bonafide.Vouched, "")
	bobs = l.issued("bob")
	l.wait(2 * day)
	l.says("bob", "two", bonafide.Vouched, "")
	l.wait(day) // 365 since the vouches
	require.True(t, l.revoked(bobs))
	l.says("bob", "", bonafide.Earned, "")
}

// BF-ISSUER-43
func TestWithdrawalTakesAWeek(t *testing.T) {
	l := newLending(t)
	l.earn("dave", 1000)
	l.earn("erin", 1200)
	l.join("bob")
	vouch := l.vouch("dave", "bob", 2, 60)
	l.vouch("erin", "bob", 2, 60)
	l.act(vouching.Event{Kind: vouching.KindWithdraw, Vouch: vouch})
	l.wait(7*day - time.Second)
	l.says("bob", "two", bonafide.Vouched, "")
	l.wait(time.Second)
	l.says("bob", "", bonafide.Earned, "")
}

// BF-ISSUER-43, BF-VOUCH-21
func TestSuspendedSupportNobody(t *testing.T) {
	l := newLending(t)
	l.earn("dave", 1000)
	l.earn("erin", 1200)
	l.join("bob", "dave")
	l.vouch("dave", "bob", 2, 60)
	l.vouch("erin", "bob", 2, 60)
	bobs := l.issued("bob")
	require.NoError(t, l.Suspend(t.Context(), "dave"))
	l.wait(0)
	require.True(t, l.revoked(bobs))
	l.says("bob", "", bonafide.Earned, "")
	require.Equal(t, bonafide.Suspended, l.status("dave").State)
	require.NoError(t, l.Restore(t.Context(), "dave"))
	l.wait(0)
	l.says("bob", "two", bonafide.Vouched, "")
	l.says("dave", "three", bonafide.Earned, "three")
}

// BF-ISSUER-43
func TestWhatAVoucherEarnsIsFollowed(t *testing.T) {
	l := newLending(t)
	l.earn("dave", 900)
	l.earn("erin", 1200)
	l.join("bob")
	l.vouch("dave", "bob", 2, 60)
	l.vouch("erin", "bob", 2, 60)
	l.says("bob", "one", bonafide.Vouched, "")

	l.record("dave", 90)
	require.Empty(t, l.waiting(), "nothing that matters to Bob has changed")
	l.record("erin", 300)
	require.Empty(t, l.waiting())
	l.record("dave", 10)
	require.Equal(t, []string{"bob"}, l.waiting())
	l.wait(0)
	l.says("bob", "two", bonafide.Vouched, "")
}

// Dave can lend half of what he has left; the fault uncovers his vouch for Bob until he has earned more.
// BF-ISSUER-43
func TestWhatAVoucherCanLendIsFollowed(t *testing.T) {
	l := newLending(t)
	l.earn("dave", 600)
	l.earn("erin", 1200)
	l.join("bob")
	l.vouch("dave", "bob", 1, 300)
	l.vouch("erin", "bob", 1, 60)
	l.says("bob", "one", bonafide.Vouched, "")
	l.fault("dave")
	l.says("bob", "", bonafide.Earned, "")
	require.Equal(t, "two", l.status("dave").EarnedLevel, "it isn't the level that has changed")
	l.earn("dave", 50)
	l.says("bob", "one", bonafide.Vouched, "")
}

// BF-ISSUER-43
func TestWhatFollowsSurvivesACrash(t *testing.T) {
	l := newLending(t)
	l.earn("dave", 1000)
	l.earn("erin", 1200)
	l.join("bob")
	l.vouch("dave", "bob", 2, 60)
	l.vouch("erin", "bob", 2, 60)
	bobs := l.issued("bob")
	l.faultAlone("dave")
	l.restart(onlyHelpers)
	require.False(t, l.revoked(bobs))
	require.NoError(t, l.RunDue(t.Context()))
	require.True(t, l.revoked(bobs))
	l.says("bob", "one", bonafide.Vouched, "")
	require.False(t, l.kept("touched"))
}

// BF-ISSUER-42, BF-VOUCH-44
func TestTheHighestLevelIsShown(t *testing.T) {
	var converted int
	var referrals []int
	l := newLending(t, func(c *issuer.Config) {
		c.Converted = func(_ store.Reader, _, account string) (int, error) {
			if account != "bob" {
				return 0, nil
			}
			return converted, nil
		}
		c.Referred = func(_ store.Reader, mechanism, account string) (found []issuer.Referral, err error) {
			require.Equal(t, helpers().ID, mechanism)
			for _, level := range referrals {
				if account == "bob" {
					found = append(found, issuer.Referral{Level: level})
				}
			}
			return found, nil
		}
	})
	l.earn("erin", 1200)
	l.join("bob")
	l.vouch("erin", "bob", 2, 60)
	for _, c := range []struct {
		converted int
		referrals []int
		earns     int
		level     string
		kind      bonafide.Kind
		earned    string
	}{
		{level: "", kind: bonafide.Earned},
		{referrals: []int{1}, level: "one", kind: bonafide.Vouched},
		{referrals: []int{2}, level: "two", kind: bonafide.Vouched},
		{referrals: []int{2}, converted: 1, level: "two", kind: bonafide.Vouched},
		{referrals: []int{2}, converted: 2, level: "two", kind: bonafide.Vouched},
		{referrals: []int{2}, converted: 3, level: "three", kind: bonafide.Converted},
		{referrals: []int{2}, converted: 1, earns: 100, level: "two", kind: bonafide.Vouched, earned: "one"},
		{referrals: []int{2}, converted: 3, level: "three", kind: bonafide.Converted, earned: "one"},
		{referrals: []int{2}, converted: 2, earns: 200, level: "two", kind: bonafide.Earned, earned: "two"},
	} {
		converted, referrals = c.converted, c.referrals
		l.earn("bob", c.earns)
		require.NoError(t, l.Reissue(t.Context(), "bob"))
		l.says("bob", c.level, c.kind, c.earned)
	}
}

// What another site says may end without any event here.
func TestReferralsAreLookedAtEachDay(t *testing.T) {
	referrals := []issuer.Referral{{Level: 2}}
	l := newLending(t, func(c *issuer.Config) {
		c.Referred = func(store.Reader, string, string) ([]issuer.Referral, error) { return referrals, nil }
	})
	l.earn("erin", 1200)
	l.join("bob")
	l.vouch("erin", "bob", 2, 60)
	bobs := l.issued("bob")
	referrals = nil
	l.wait(day)
	require.True(t, l.revoked(bobs))
}

// Who vouches for somebody here and refers them from elsewhere is one supporter, as long as the vouch lasts.
// BF-REDEEM-19
func TestOnePersonSupportsOnce(t *testing.T) {
	referrals := []issuer.Referral{{Level: 2, Account: "erin"}}
	l := newLending(t, func(c *issuer.Config) {
		c.Referred = func(_ store.Reader, _, account string) ([]issuer.Referral, error) {
			if account != "bob" {
				return nil, nil
			}
			return referrals, nil
		}
	})
	l.earn("erin", 1200)
	l.earn("dave", 1000)
	l.join("bob")
	erins := l.vouch("erin", "bob", 2, 60)
	l.says("bob", "", bonafide.Earned, "")
	l.vouch("dave", "bob", 2, 60)
	l.says("bob", "two", bonafide.Vouched, "")
	code := l.issued("bob")
	l.act(vouching.Event{Kind: vouching.KindWithdraw, Vouch: erins})
	l.wait(7 * day)
	require.False(t, l.revoked(code))
	l.says("bob", "two", bonafide.Vouched, "") // by Dave's vouch and Erin's referral
	referrals = append(referrals, issuer.Referral{Level: 2, Account: "dave"})
	l.says("bob", "two", bonafide.Vouched, "")
	referrals = referrals[1:]
	l.wait(day)
	l.says("bob", "", bonafide.Earned, "")
}

// What members did is weighed anew under new terms: Dave's class of fault costs nothing any longer, and 60 points
// no longer hold up the second level.
// BF-ISSUER-12
func TestANewVersionWeighsTheLedgerAnew(t *testing.T) {
	l := newLending(t)
	l.earn("dave", 1000)
	l.earn("erin", 1200)
	l.join("bob", "dave")
	l.vouch("dave", "bob", 2, 60)
	l.vouch("erin", "bob", 2, 60)
	bobs := l.issued("bob")
	l.fault("erin")
	l.fault("dave")
	l.says("dave", "two", bonafide.Earned, "two")
	l.says("bob", "one", bonafide.Vouched, "")
	l.restart(nextVersion(t, func(m *bonafide.Mechanism) {
		m.Faults, m.Vouching.MinStake = nil, []int64{10, 70, 90}
	}))
	l.says("dave", "three", bonafide.Earned, "three")
	l.says("bob", "one", bonafide.Vouched, "")
	require.Equal(t, 2, l.status("bob").Version)
	require.True(t, l.revoked(bobs))
}

// Under the new terms nobody can be vouched for as high as they were.
func TestANewVersionMayHaveFewerLevelsToVouchFor(t *testing.T) {
	l, _ := vouchedFor(t)
	l.restart(nextVersion(t, func(m *bonafide.Mechanism) {
		m.Vouching.Supporters, m.Vouching.MinStake = []int{2}, []int64{10}
	}))
	l.says("bob", "one", bonafide.Vouched, "")
}

func TestLedgersAreOfMechanismsThatCountPoints(t *testing.T) {
	w := newWorld(t)
	for slug, code := range map[string]bonafide.Code{"seller": bonafide.NoVouching, "helper": bonafide.NoVouching, "none": bonafide.NotFound} {
		_, err := w.Ledger(slug)
		requireCode(t, code, err)
	}
}
