package issuer_test

import (
	"net/http"
	"testing"
	"time"

	"bonafide.example"
	"bonafide.example/issuer"
	"github.com/stretchr/testify/require"
)

// BF-ISSUER-1
func TestRecordIsIdempotent(t *testing.T) {
	w := newWorld(t)
	e := w.event("seller", "alice", true)
	for _, want := range []int{1, 0, 0} {
		n, err := w.Record(t.Context(), e)
		require.NoError(t, err)
		require.Equal(t, want, n)
	}
	n, err := w.Record(t.Context(), e, w.event("seller", "alice", true), e)
	require.NoError(t, err)
	require.Equal(t, 1, n)
	again := e
	again.At = e.At.In(time.FixedZone("", 3600)) // the same instant
	n, err = w.Record(t.Context(), again)
	require.NoError(t, err)
	require.Zero(t, n)
	status, err := w.Status(t.Context(), "seller", "alice")
	require.NoError(t, err)
	require.Equal(t, []bonafide.Measure{{ID: "ratings", Positive: 2, Total: 2}}, status.Measures)
	require.Equal(t, []bonafide.Origin{bazar}, status.Sources)
	require.Equal(t, bonafide.Month("2026-11"), status.AccountSince)
}

// BF-ISSUER-2, BF-ISSUER-3, BF-ISSUER-4, BF-ISSUER-6, BF-ISSUER-48
func TestRecordRefuses(t *testing.T) {
	w := newWorld(t)
	kept := w.event("seller", "alice", true)
	_, err := w.Record(t.Context(), kept)
	require.NoError(t, err)
	change := func(f func(*issuer.Event)) issuer.Event {
		e := w.event("seller", "bob", true)
		f(&e)
		return e
	}
	for name, c := range map[string]struct {
		event issuer.Event
		code  bonafide.Code
	}{
		"another under the id":  {change(func(e *issuer.Event) { e.ID = kept.ID }), bonafide.EventConflict},
		"no id":                 {change(func(e *issuer.Event) { e.ID = "" }), bonafide.BadValue},
		"no member":             {change(func(e *issuer.Event) { e.Member = "" }), bonafide.BadValue},
		"control character":     {change(func(e *issuer.Event) { e.Member = "a\x00b" }), bonafide.BadValue},
		"no time":               {change(func(e *issuer.Event) { e.At = time.Time{} }), bonafide.BadValue},
		"before 1970":           {change(func(e *issuer.Event) { e.At = time.Unix(-1<<60, 0) }), bonafide.BadValue},
		"not UTF-8":             {change(func(e *issuer.Event) { e.ID = "\xff" }), bonafide.BadValue},
		"future":                {change(func(e *issuer.Event) { e.At = e.At.Add(2 * time.Minute) }), bonafide.FutureEvent},
		"unknown kind":          {change(func(e *issuer.Event) { e.Kind = "sale" }), bonafide.UnknownKind},
		"unknown mechanism":     {change(func(e *issuer.Event) { e.Mechanism = "buyer" }), bonafide.NotFound},
		"the host's mechanism":  {change(func(e *issuer.Event) { e.Mechanism = "patron" }), bonafide.UnknownKind},
		"share without verdict": {change(func(e *issuer.Event) { e.Positive = nil }), bonafide.BadValue},
		"points with verdict":   {change(func(e *issuer.Event) { e.Mechanism, e.Kind = "helper", "answer" }), bonafide.BadValue},
	} {
		good := w.event("seller", "bob", true)
		_, err := w.Record(t.Context(), good, c.event)
		require.Equal(t, c.code, bonafide.CodeOf(err), "%s: %v", name, err)
	}
	two := w.event("seller", "bob", true)
	other := two
	other.Positive = new(false)
	_, err = w.Record(t.Context(), two, other)
	requireCode(t, bonafide.EventConflict, err)
	_, err = w.Status(t.Context(), "seller", "bob")
	requireCode(t, bonafide.NoSuchMember, err) // nothing of all that was kept
}

func TestPoints(t *testing.T) {
	w := newWorld(t)
	guide := w.event("helper", "alice", true)
	guide.Kind = "guide"
	_, err := w.Record(t.Context(), w.event("helper", "alice", true), guide)
	require.NoError(t, err)
	status, err := w.Status(t.Context(), "helper", "alice")
	require.NoError(t, err)
	require.Equal(t, "one", status.Level)
	require.Empty(t, status.Measures)
	_, err = w.Record(t.Context(), w.event("helper", "alice", true), w.event("helper", "alice", true), w.event("helper", "alice", true), w.event("helper", "alice", true))
	require.NoError(t, err)
	status, err = w.Status(t.Context(), "helper", "alice")
	require.NoError(t, err)
	require.Equal(t, "two", status.Level)
}

// BF-ISSUER-11
func TestWindowRunsOut(t *testing.T) {
	w := newWorld(t)
	w.rate("visitor", "alice", true, true)
	path := w.publish("visitor", "alice")
	before := w.credential(path)
	w.clock.add(29 * 24 * time.Hour)
	require.NoError(t, w.RunDue(t.Context()))
	require.Equal(t, before, w.credential(path))
	w.clock.add(12 * time.Hour) // midnight
	require.NoError(t, w.RunDue(t.Context()))
	require.Empty(t, w.stated(path))
	require.True(t, w.revoked(before.Status))
}

// BF-ISSUER-12, BF-ISSUER-13
func TestANewVersionCountsAnew(t *testing.T) {
	w := newWorld(t)
	w.rate("seller", "alice", true, true, true, false)
	path := w.publish("seller", "alice")
	before := w.credential(path)
	require.Equal(t, "silver", w.stated(path))

	versions := mechanisms()
	hash, err := bonafide.Hash(&versions[0])
	require.NoError(t, err)
	versions[0].Version, versions[0].Previous = 2, hash
	share := *versions[0].Rule.Share
	share.Levels = []bonafide.Decimal{"0.4", "0.9", "1"}
	versions[0].Rule.Share = &share
	versions[0].Measures = []bonafide.MeasureDef{{ID: "ratings", Name: both("Ratings"), WindowDays: 10}}
	former := w.Issuer
	w.restart(func(c *issuer.Config) { c.Mechanisms = versions })
	former.Store = w.Store
	_, err = former.Status(t.Context(), "seller", "alice")
	require.Equal(t, bonafide.VersionConflict, bonafide.CodeOf(err), "a server beside it that hasn't heard of the version leaves it alone")
	status, err := w.credential(path).Stated()
	require.NoError(t, err)
	require.Equal(t, 2, status.Version)
	require.Equal(t, "bronze", status.Level)
	require.True(t, w.revoked(before.Status))
	w.clock.add(10 * 24 * time.Hour)
	require.NoError(t, w.RunDue(t.Context()))
	status, err = w.Status(t.Context(), "seller", "alice")
	require.NoError(t, err)
	require.Equal(t, []bonafide.Measure{{ID: "ratings"}}, status.Measures, "the days were counted anew for the window")

	for path, version := range map[string]string{"/mechanisms/seller": `"version":2`, "/mechanisms/seller/v/1": `"version":1`, "/mechanisms/seller/v/2": `"version":2`} {
		answer := w.get(path, "Accept", "application/json")
		require.Equal(t, http.StatusOK, answer.Code)
		require.Contains(t, answer.Body.String(), version)
		require.Equal(t, http.StatusOK, w.get(path, "Accept", "text/html").Code)
	}
	require.Contains(t, w.get("/mechanisms/seller/v/1", "Accept", "text/html").Body.String(), "This is an old version.")
	require.Contains(t, w.get("/mechanisms/seller", "Accept", "text/html", "Accept-Language", "fr").Body.String(), "Niveaux, à partir du plus bas")
	require.Contains(t, w.get("/mechanisms/helper", "Accept", "text/html").Body.String(), "guide: 5 points")
	require.Equal(t, http.StatusNotFound, w.get("/mechanisms/seller/v/3", "Accept", "application/json").Code)
}

// BF-ISSUER-14
func TestNewRefuses(t *testing.T) {
	w := newWorld(t)
	config := w.Config
	changed := mechanisms()
	changed[0].Context = "buying"
	config.Mechanisms = changed
	_, err := issuer.New(config)
	requireCode(t, bonafide.VersionConflict, err)
	foreign := mechanisms()[:1]
	foreign[0].ID = "https://other.example/mechanisms/seller"
	config.Mechanisms = foreign
	_, err = issuer.New(config)
	requireCode(t, bonafide.BadMechanism, err)
	config.Mechanisms, config.Standing = mechanisms(), nil
	_, err = issuer.New(config)
	requireCode(t, bonafide.BadMechanism, err)
}
