package issuer_test

import (
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"math/big"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"

	"bonafide.example"
	"bonafide.example/internal/need"
	"bonafide.example/issuer"
	"github.com/stretchr/testify/require"
)

func read(t *testing.T, text string, format issuer.ReadFormat) ([]issuer.Event, error) {
	var events []issuer.Event
	err := issuer.ReadEvents(strings.NewReader(text), format, func(row int64, e issuer.Event) error {
		events = append(events, e)
		require.EqualValues(t, len(events), row)
		return nil
	})
	return events, err
}

func TestReadEvents(t *testing.T) {
	at := time.Unix(1289241911, 0).UTC()
	want := issuer.Event{ID: "6-2", Member: "2", Mechanism: "seller", Kind: "rating", Positive: new(true), At: at}
	for name, c := range map[string]struct {
		text   string
		format issuer.ReadFormat
	}{
		"header":        {"\ufeffid,member,mechanism,kind,at,positive\n6-2,2,seller,rating,2010-11-08T18:45:11Z,true\n", issuer.ReadFormat{}},
		"other columns": {"note,at,kind,rating,mechanism,member,id\nx,1289241911,rating,4,seller,2,6-2\n", issuer.ReadFormat{}},
		"given columns": {"6,2,4,1289241911.72836\n", issuer.ReadFormat{Columns: []string{"rater", "member", "rating", "at"}, ID: []string{"rater", "member"}, Mechanism: "seller", Kind: "rating"}},
		"quoted":        {"id,member,mechanism,kind,at,positive\r\n\"6-2\", 2,seller,rating,2010-11-08T19:45:11+01:00,true\r\n", issuer.ReadFormat{}},
		"ndjson":        {"\n{\"id\":\"6-2\",\"member\":\"2\",\"mechanism\":\"seller\",\"kind\":\"rating\",\"at\":\"2010-11-08T18:45:11Z\",\"positive\":true}\n\n", issuer.ReadFormat{NDJSON: true}},
	} {
		events, err := read(t, c.text, c.format)
		require.NoError(t, err, name)
		require.Len(t, events, 1, name)
		require.Equal(t, want, events[0], name)
	}
}

func TestReadEventsRefuses(t *testing.T) {
	const header = "id,member,mechanism,kind,at,rating\n"
	const line = "1,alice,seller,rating,1289241911,4\n"
	const whole = `{"id":"1","member":"a","mechanism":"seller","kind":"rating","at":"2010-11-08T18:45:11Z"}` + "\n"
	for name, c := range map[string]struct {
		text   string
		ndjson bool
		code   bonafide.Code
		where  string
	}{
		"empty":           {"", false, bonafide.BadValue, "line 1"},
		"lacks a column":  {"id,member,kind,at\n", false, bonafide.BadValue, "mechanism"},
		"a column twice":  {"id,member,id\n", false, bonafide.DoubledField, "id"},
		"rating 0":        {header + line + "2,alice,seller,rating,1289241911,0\n", false, bonafide.BadValue, "line 3, rating"},
		"rating 1.5":      {header + "2,alice,seller,rating,1289241911,1.5\n", false, bonafide.BadValue, "line 2, rating"},
		"bad date":        {header + line + line + "2,alice,seller,rating,2026-02-30T00:00:00Z,1\n", false, bonafide.BadValue, "line 4, at"},
		"bad seconds":     {header + "2,alice,seller,rating,1289241911.7x,1\n", false, bonafide.BadValue, "line 2, at"},
		"no id":           {header + ",alice,seller,rating,1289241911,1\n", false, bonafide.BadValue, "line 2, id"},
		"fewer columns":   {header + "2,alice\n", false, bonafide.BadValue, "line 2"},
		"open quote":      {header + line + "\"2,alice\n", false, bonafide.BadValue, "line 3"},
		"ndjson cut":      {whole + "{", true, bonafide.BadJSON, "line 2"},
		"ndjson unknown":  {whole + "\n" + `{"ids":"1"}`, true, bonafide.UnknownField, "line 3, /ids"},
		"ndjson no time":  {`{"id":"1","member":"a"}`, true, bonafide.BadValue, "line 1, at"},
		"ndjson too long": {whole + `{"id":"` + strings.Repeat("1", 1<<17), true, bonafide.TooLarge, "line 2"},
	} {
		_, err := read(t, c.text, issuer.ReadFormat{NDJSON: c.ndjson})
		requireCode(t, c.code, err)
		var told *bonafide.Error
		require.ErrorAs(t, err, &told)
		require.Equal(t, c.where, told.Subject, name)
	}
}

// lines writes n events of ten members.
func lines(n int) string {
	var b strings.Builder
	b.WriteString("id,member,mechanism,kind,at,rating\n")
	for k := range n {
		fmt.Fprintf(&b, "e%05d,m%d,seller,rating,%d,%d\n", k, k%10, 1289241911+k, 1-2*(k%7/6))
	}
	return b.String()
}

// interrupted is a sink that stops after so many batches.
type interrupted struct {
	issuer.Sink
	left int
}

func (s *interrupted) RecordBatch(ctx context.Context, b issuer.Batch) (int, error) {
	if s.left == 0 {
		return 0, io.ErrUnexpectedEOF
	}
	s.left--
	return s.Sink.RecordBatch(ctx, b)
}

// BF-ISSUER-8
func TestImportGoesOn(t *testing.T) {
	w := newWorld(t)
	file := strings.NewReader(lines(3500))
	_, err := issuer.Import(t.Context(), &interrupted{w, 2}, "x", file, issuer.ReadFormat{}, nil)
	require.ErrorIs(t, err, io.ErrUnexpectedEOF)
	file.Seek(0, io.SeekStart)
	var progress []int64
	report, err := issuer.Import(t.Context(), w, "x", file, issuer.ReadFormat{}, func(rows int64) { progress = append(progress, rows) })
	require.NoError(t, err)
	require.Equal(t, issuer.Report{Rows: 3500, Resumed: 2000, Recorded: 1500}, report)
	require.Equal(t, []int64{3000, 3500}, progress)
	file.Seek(0, io.SeekStart)
	report, err = issuer.Import(t.Context(), w, "x", file, issuer.ReadFormat{}, nil)
	require.NoError(t, err)
	require.Equal(t, issuer.Report{Rows: 3500, Resumed: 3500}, report)
	file.Seek(0, io.SeekStart)
	report, err = issuer.Import(t.Context(), w, "under another name", file, issuer.ReadFormat{}, nil)
	require.NoError(t, err)
	require.Equal(t, issuer.Report{Rows: 3500}, report, "each event counts once all the same")
	requireCounted(t, w, 3500)
}

// requireCounted tells whether the first n of lines were counted, once each.
func requireCounted(t *testing.T, w *world, n int64) {
	t.Helper()
	var total int64
	for k := range 10 {
		status, err := w.Status(t.Context(), "seller", fmt.Sprintf("m%d", k))
		require.NoError(t, err)
		total += status.Measures[0].Total
	}
	require.Equal(t, n, total)
}

func TestImportRefusesABadFileWhole(t *testing.T) {
	w := newWorld(t)
	_, err := issuer.Import(t.Context(), w, "x", strings.NewReader(lines(2500)+"bad\n"), issuer.ReadFormat{}, nil)
	requireCode(t, bonafide.BadValue, err)
	_, err = w.Status(t.Context(), "seller", "m0")
	requireCode(t, bonafide.NoSuchMember, err)
	rows, err := w.ImportedRows(t.Context(), "x")
	require.NoError(t, err)
	require.Zero(t, rows)
}

const storeVariable = "BONAFIDE_TEST_IMPORT_STORE"

// The import runs in another process, which is killed at some point in it.
// BF-ISSUER-8
func TestImportSurvivesKill(t *testing.T) {
	const rows = 20000
	if path := os.Getenv(storeVariable); path != "" {
		w := newWorld(t)
		w.path = path
		w.restart()
		_, err := issuer.Import(t.Context(), w, "x", strings.NewReader(lines(rows)), issuer.ReadFormat{}, func(done int64) {
			fmt.Println("rows", done)
			if done > rows/2 {
				select {} // until it is killed: it may not finish before
			}
		})
		require.NoError(t, err)
		return
	}
	w := newWorld(t)
	require.NoError(t, w.Store.Close())
	child := exec.Command(os.Args[0], "-test.run=^TestImportSurvivesKill$")
	child.Env = append(os.Environ(), storeVariable+"="+w.path, "TMPDIR="+t.TempDir()) // it removes nothing once it is killed
	var out bytes.Buffer
	pipe, err := child.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, child.Start())
	first := make([]byte, 1)
	_, err = io.ReadFull(pipe, first) // the first batch is done
	require.NoError(t, err)
	require.NoError(t, child.Process.Kill())
	io.Copy(&out, pipe)
	require.Error(t, child.Wait(), out.String())

	w.open()
	done, err := w.ImportedRows(t.Context(), "x")
	require.NoError(t, err)
	require.Positive(t, done)
	require.Less(t, done, int64(rows), "the process was to be killed before it finished")
	requireCounted(t, w, done)
	report, err := issuer.Import(t.Context(), w, "x", strings.NewReader(lines(rows)), issuer.ReadFormat{}, nil)
	require.NoError(t, err)
	require.Equal(t, issuer.Report{Rows: rows, Resumed: done, Recorded: rows - done}, report)
	requireCounted(t, w, rows)
}

// Ratings of a real site, counted once more by other means.
func TestRealRatings(t *testing.T) {
	const path = "../../shared/data/otc/otc_network.csv"
	need.File(t, "shared", path)
	data, err := os.ReadFile(path)
	require.NoError(t, err)
	w := newWorld(t, func(c *issuer.Config) {
		rule := bonafide.Rule{Share: &bonafide.ShareRule{Measure: "ratings", Kinds: []string{"rating"}, MinTotal: 20, Levels: []bonafide.Decimal{"0.8", "0.95", "0.99"}}}
		c.Mechanisms = []bonafide.Mechanism{mechanism("trader", rule, 0, "bronze", "silver", "gold")}
	})
	format := issuer.ReadFormat{Columns: []string{"rater", "member", "rating", "at"}, ID: []string{"rater", "member"}, Mechanism: "trader", Kind: "rating"}
	report, err := issuer.Import(t.Context(), w, "otc", bytes.NewReader(data), format, nil)
	require.NoError(t, err)
	require.Equal(t, issuer.Report{Rows: 35592, Recorded: 35592}, report)

	rows, err := csv.NewReader(bytes.NewReader(data)).ReadAll()
	require.NoError(t, err)
	positive, total := map[string]int64{}, map[string]int64{}
	for _, row := range rows {
		rating, err := strconv.Atoi(row[2])
		require.NoError(t, err)
		total[row[1]]++
		if rating > 0 {
			positive[row[1]]++
		}
	}
	want, got := map[string]int{}, map[string]int{}
	for member, n := range total {
		level := ""
		if share := big.NewRat(positive[member], n); n >= 20 {
			for _, l := range []struct {
				share *big.Rat
				id    string
			}{{big.NewRat(80, 100), "bronze"}, {big.NewRat(95, 100), "silver"}, {big.NewRat(99, 100), "gold"}} {
				if share.Cmp(l.share) >= 0 {
					level = l.id
				}
			}
		}
		want[level]++
		status, err := w.Status(t.Context(), "trader", member)
		require.NoError(t, err)
		require.Equal(t, []bonafide.Measure{{ID: "ratings", Positive: positive[member], Total: n}}, status.Measures, member)
		require.Equal(t, level, status.Level, member)
		got[status.Level]++
	}
	require.Equal(t, want, got)
	require.Len(t, want, 4, "no level is without members")

	// Badges of many are issued together, and read back from their signed form.
	ids := 0
	for member := range total {
		if ids++; ids > 50 {
			break
		}
		stated, err := w.credential(w.publish("trader", member)).Stated()
		require.NoError(t, err)
		require.Equal(t, positive[member], stated.Measures[0].Positive)
	}
	again, err := issuer.Import(t.Context(), w, "again", bytes.NewReader(data), format, nil)
	require.NoError(t, err)
	require.Zero(t, again.Recorded)
	published := 0
	require.NoError(t, w.Published(t.Context(), "trader", func(issuer.PublishedBadge) error {
		published++
		return nil
	}))
	require.Equal(t, 50, published)
	stop := errors.New("enough")
	require.ErrorIs(t, w.Published(t.Context(), "trader", func(issuer.PublishedBadge) error { return stop }), stop)
}
