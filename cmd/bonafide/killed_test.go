package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http/httptest"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"bonafide.example/internal/demo"
	judge "bonafide.example/internal/judged"
	"bonafide.example/internal/need"
	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"
)

// steps notes how many requests had been cut off when the last step of the smoke was done.
type steps struct {
	bytes.Buffer
	cut  func() uint64
	then uint64
	done int
}

func (s *steps) Write(line []byte) (int, error) {
	if stepLine.Match(line) { // what the sites complained of comes at the end
		s.then = s.cut()
		s.done++
	}
	return s.Buffer.Write(line)
}

// stepLine is how the smoke tells that a step is done.
var stepLine = regexp.MustCompile(`^ *\d+\. `)

// TestSmokeWhileServersAreKilled has people and liars do everything there is to try, while servers of both sites are killed. A
// request that a killed server had may end a run, and all is tried again in another world; nothing else may end one.
func TestSmokeWhileServersAreKilled(t *testing.T) {
	if !need.Required("servers") {
		t.Skip("takes minutes; BONAFIDE_REQUIRE=servers has it done")
	}
	const most, enough = 20, 20 // tries, and kills in those that ended well
	kills := 0
	for try := range most {
		t.Run(strconv.Itoa(try), func(t *testing.T) { kills += smoked(t) })
		if kills >= enough || t.Failed() {
			return
		}
	}
	t.Fatalf("%d tries outlived %d kills", most, kills)
}

// smoked returns how many kills a smoke outlived that ended well, 0 for one that didn't. It may only end otherwise because a
// request was cut off.
func smoked(t *testing.T) (kills int) {
	s, config := newSites(t, "bazar", "outils")
	said := &steps{cut: s.cut}
	var failed error
	s.killWhile(20, func() { failed = demo.Smoke(t.Context(), said, config) })
	require.Positive(t, s.kills)
	t.Logf("%d steps done; %s: %v", said.done, s.told(), failed)
	if failed != nil && s.cut() == said.then {
		t.Errorf("nothing was cut off in the step: %v\n%s", failed, said)
	}
	s.sound()
	if failed != nil {
		return 0
	}
	return s.kills
}

// judging is a site that is judged while its servers are killed.
type judging struct {
	*sites
	program, suite, file string
}

// verdicts are what a run of the suite found of the cases that only names, and which requests of each were cut off.
func (j *judging) verdicts(only string) (*judge.Report, map[string]bool, error) {
	var traced bytes.Buffer
	cmd := exec.Command(j.program, j.suite, "--json", "--trace", "--only", only, j.file)
	cmd.Stderr = &traced
	said, err := cmd.Output()
	var ended *exec.ExitError
	if err != nil && !errors.As(err, &ended) {
		return nil, nil, err
	}
	var r judge.Report
	if err := json.Unmarshal(said, &r); err != nil {
		return nil, nil, fmt.Errorf("%w: %s", err, &traced)
	}
	return &r, cutIn(traced.String()), nil
}

// caseLine is how a trace names the case of the exchange that follows.
var caseLine = regexp.MustCompile(`^[a-z0-9-]+/[a-z0-9-]+$`)

// cutIn returns the cases in whose trace a request was cut off.
func cutIn(trace string) map[string]bool {
	cut, of := map[string]bool{}, ""
	for line := range strings.Lines(trace) {
		line = strings.TrimSpace(line)
		if caseLine.MatchString(line) {
			of = line
		}
		if strings.Contains(line, cutOff) {
			cut[of] = true
		}
	}
	return cut
}

// TestCutIn: the case whose own exchange was cut off may be judged again, and no other.
func TestCutIn(t *testing.T) {
	trace := "a/one\ncurl -i http://x\nGET http://x: 502; " + cutOff + "\n\na/two\ncurl -i http://y --data-binary 'b\n\nc'\nPOST http://y: 502; bad gateway\n\n"
	require.Equal(t, map[string]bool{"a/one": true}, cutIn(trace))
	require.Equal(t, map[string]bool{"a/two": true}, cutIn(strings.Replace(trace, "bad gateway", cutOff, 1)[strings.Index(trace, "a/two"):]))
}

// findings are what came of a site that was judged.
type findings struct {
	cases, again int
	wrong        map[string]string // cases that failed although nothing of them was cut off, or that never passed, with why
}

// judge judges the site by the cases that only names. A case of which a request was cut off is judged again; those of
// thousands of requests end well only where servers live longer each time.
func (j *judging) judge(only string) (*findings, error) {
	const most = 12 // times that a case is judged
	o := &findings{wrong: map[string]string{}}
	waiting := []string{only}
	for range most {
		var cut []string
		for _, some := range waiting {
			report, cutIn, err := j.verdicts(some)
			if err != nil {
				return nil, err
			}
			if some == only {
				o.cases = len(report.Cases)
			}
			for name, why := range report.NotPassed() {
				if !cutIn[name] {
					o.wrong[name] = why
				} else {
					cut = append(cut, name)
				}
			}
		}
		waiting = cut
		o.again += len(cut)
		j.every.Store(j.every.Load() * 3 / 2)
	}
	for _, name := range waiting {
		o.wrong[name] = "cut off each time"
	}
	return o, nil
}

// judgeSites returns a judging of one site of the demonstration, on three servers, as the suite of that name judges it.
func judgeSites(t *testing.T, suite, name string) *judging {
	s, config := newSites(t, name)
	config.Judged, config.Log = true, slog.New(slog.DiscardHandler)
	world, err := demo.New(t.Context(), config)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, world.Close()) })
	control, err := demo.NewControl(world, 0)
	require.NoError(t, err)
	ctx, stop := context.WithCancel(context.Background())
	var running errgroup.Group
	running.Go(func() error { return world.Run(ctx) })
	running.Go(func() error { return control.Run(ctx) })
	t.Cleanup(func() {
		stop()
		require.NoError(t, running.Wait())
	})
	_, err = control.WriteSubjects(s.folder)
	require.NoError(t, err)
	return &judging{s, judge.Build(t, "cmd/bonafide-conformance"), suite, filepath.Join(s.folder, name+".json")}
}

// TestServersConformWhileTheyAreKilled has each site judged by the conformance suite while its three servers are killed in turn.
// Members of the issuer are rated besides, and nothing of that is lost.
func TestServersConformWhileTheyAreKilled(t *testing.T) {
	for _, c := range []struct{ suite, site, some string }{{"issuer", "bazar", "consent"}, {"verifier", "outils", ""}} {
		t.Run(c.suite, func(t *testing.T) {
			only := c.some
			if need.Required("servers") {
				only = ""
			} else if only == "" {
				t.Skip("takes minutes; BONAFIDE_REQUIRE=servers has it done")
			}
			j := judgeSites(t, c.suite, c.site)
			f := j.fleets[c.site]
			proxy := httptest.NewServer(f.public())
			t.Cleanup(proxy.Close)
			var o *findings
			var all []done
			var failed error
			j.killWhile(10, func() { o, all, failed = j.judgeAndRate(t.Context(), only) })
			require.NoError(t, failed)
			t.Logf("%d cases, %d times judged again, %d wrong; %s; %d tries, %d events and badges acknowledged",
				o.cases, o.again, len(o.wrong), j.told(), f.tries.Load(), len(all))
			require.Positive(t, j.kills)
			require.Empty(t, o.wrong)
			require.Empty(t, f.lost(t.Context(), proxy.URL, all))
			j.sound()
			if c.suite != "issuer" {
				return
			}
			f.loses("consent", "mislaid")
			require.NoError(t, f.rate(t.Context(), "mislaid"), "it is acknowledged")
			require.Len(t, f.lost(t.Context(), proxy.URL, append(all, done{"mislaid", all[0].badge})), 1, "a lost event is noticed")
			o, err := j.judge("consent/*")
			require.NoError(t, err)
			require.NotEmpty(t, o.wrong, "lost consents are noticed")
		})
	}
}

// judgeAndRate judges the site, and has a member rated each time that a server is killed if it is the issuer.
func (j *judging) judgeAndRate(ctx context.Context, only string) (o *findings, all []done, err error) {
	over := make(chan struct{})
	var group errgroup.Group
	group.Go(func() (err error) {
		if f := j.fleets["bazar"]; f != nil {
			all, err = f.rated(ctx, "besides", func(done) (more bool, err error) {
				select {
				case <-j.strikes:
					return true, nil
				case <-over:
					return false, nil
				}
			})
		}
		return err
	})
	o, err = j.judge(only)
	close(over)
	return o, all, errors.Join(err, group.Wait())
}

// loses has the database acknowledge writes of records whose keys have one of the words, and drop them.
func (f *fleet) loses(words ...string) {
	ctx := f.t.Context()
	conn, err := pgx.Connect(ctx, f.database)
	require.NoError(f.t, err)
	defer conn.Close(ctx)
	_, err = conn.Exec(ctx, `create function lose() returns trigger language plpgsql as 'begin return null; end'`)
	require.NoError(f.t, err)
	for _, word := range words {
		_, err = conn.Exec(ctx, fmt.Sprintf(`create trigger lose_%[1]s before insert or update on bonafide_data for each row
			when (position('%[1]s'::bytea in new.key) > 0) execute function lose()`, word))
		require.NoError(f.t, err)
	}
}
