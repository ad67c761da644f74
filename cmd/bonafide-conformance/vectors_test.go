package main

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	v1 "bonafide.example/testdata/v1"
	"github.com/stretchr/testify/require"
)

// runs runs the program and returns what it prints. It must end with that exit code.
func runs(t *testing.T, exit int, args ...string) string {
	t.Helper()
	var out, errs bytes.Buffer
	code := run(t.Context(), &out, &errs, args)
	require.Equal(t, exit, code, "%s%s", &out, &errs)
	return out.String() + errs.String()
}

// vectors judges a subject. flags stand before its command.
func vectors(t *testing.T, exit int, command []string, flags ...string) string {
	t.Helper()
	return runs(t, exit, append(append(append([]string{"vectors"}, flags...), "--"), command...)...)
}

// judged judges a subject and returns the report.
func judged(t *testing.T, exit int, command []string, flags ...string) report {
	t.Helper()
	var r report
	require.NoError(t, json.Unmarshal([]byte(vectors(t, exit, command, append(flags, "--json")...)), &r))
	return r
}

// notPassed returns the outcomes of the cases that aren't passed.
func (r *report) notPassed() map[string]outcome {
	found := map[string]outcome{}
	for _, v := range r.Cases {
		if v.Outcome != passed {
			found[v.Case] = v.Outcome
		}
	}
	return found
}

// of returns the verdict on a case.
func (r *report) of(t *testing.T, name string) verdict {
	t.Helper()
	for _, v := range r.Cases {
		if v.Case == name {
			return v
		}
	}
	t.Fatalf("%s isn't in the report", name)
	return verdict{}
}

func TestAPerfectProgramConforms(t *testing.T) {
	for _, habit := range []string{"none", "backwards"} {
		t.Run(habit, func(t *testing.T) {
			t.Parallel()
			r := judged(t, exitConforms, subject(habit, ""), "--name", "Fake", "--version", "1.2")
			require.True(t, r.Conforms)
			require.Equal(t, implementation{"Fake", "1.2", subject(habit, "")}, r.Implementation)
			require.Empty(t, r.notPassed())
			require.Empty(t, r.Troubles)
			require.Len(t, r.Classes, len(classes()))
			all, err := readVectors(v1.FS)
			require.NoError(t, err)
			require.Equal(t, count{Passed: len(all)}, r.total())
		})
	}
}

// Whatever a program does at one case, that case fails and no other.
func TestBadHabits(t *testing.T) {
	const at = "share/plain-equal"
	for habit, reason := range map[string]string{
		"lies":     `"ok" was due, "not-ok" came`,
		"alters":   "result/holds: true was due, false came",
		"omits":    "no result came",
		"chatters": `it wrote a line that is no answer (it is no JSON): ` + "\x1b[31mone moment",
		"twice":    "it was answered twice",
		"invents":  "it answered a case that it wasn't asked: token/no-such-case",
		"bare":     "an answer has one of expect and unsupported",
		"floods":   "it wrote a line of more than 16777216 bytes",
		"hangs":    "it gave no answer within 5s",
		"dies":     "it ended (exit status 3), saying: something broke",
	} {
		t.Run(habit, func(t *testing.T) {
			t.Parallel()
			r := judged(t, exitDoesNot, subject(habit, at), "--only", "share", "--timeout", "5s")
			require.Equal(t, map[string]outcome{at: failed}, r.notPassed())
			require.Contains(t, r.of(t, at).Reason, reason)
			require.False(t, r.Conforms)
		})
	}
}

func TestAnswersAfterTheLastAreSeen(t *testing.T) {
	r := judged(t, exitDoesNot, subject("twice", "share/wilson-upper-root"), "--only", "share/wilson-upper-root")
	require.Contains(t, r.of(t, "share/wilson-upper-root").Reason, "twice")
}

// A program that ends once for no reason to be found doesn't conform, though it answers everything when asked again.
func TestTroubleThatNoCaseShows(t *testing.T) {
	t.Parallel()
	mark := filepath.Join(t.TempDir(), "mark")
	require.NoError(t, os.WriteFile(mark, nil, 0o600))
	said := vectors(t, exitDoesNot, subject("weak", mark), "--only", "share")
	require.Contains(t, said, "TROUBLE")
	require.Contains(t, said, "it ended (exit status 1); 18 cases had no answer yet and were asked again, one at a time")
	require.Contains(t, said, "gives the answers that are due, but not by the rules")
	require.Contains(t, vectors(t, exitConforms, subject("weak", mark), "--only", "share"), "passes the cases chosen, 18")
}

func TestProgramsThatCannotBeJudged(t *testing.T) {
	t.Parallel()
	require.Contains(t, vectors(t, exitCouldNotRun, subject("absent", ""), "--only", "share"), "the program never answered: it ended (exit status 1)")
	require.Contains(t, vectors(t, exitCouldNotRun, []string{"./no-such-program"}), "the program can't be started")

	h := &hearing{command: subject("deaf", ""), timeout: 100 * time.Millisecond, limit: maxLine, starts: 2}
	all, err := readVectors(v1.FS)
	require.NoError(t, err)
	require.ErrorContains(t, h.hold(t.Context(), all[:2]), "it gave no answer within 100ms")
}

// What isn't asked, since the program ended too often, isn't passed.
func TestGivingUp(t *testing.T) {
	all, err := readVectors(v1.FS)
	require.NoError(t, err)
	h := &hearing{command: subject("dies", all[1].name), timeout: time.Minute, limit: maxLine, starts: 2}
	require.NoError(t, h.hold(t.Context(), all[:4]))
	require.Nil(t, h.heard[all[2].name])
	require.Equal(t, skipped, judge(all[2], h.heard[all[2].name], "").Outcome)
	require.Len(t, h.troubles, 2)
}

func TestUnsupportedFails(t *testing.T) {
	t.Parallel()
	const at = "share/plain-all"
	said := vectors(t, exitDoesNot, subject("declines", at), "--only", "share/plain-*")
	require.Contains(t, said, "Failed in conversion as unsupported: 1, from "+at+" on.")
	vectors(t, exitConforms, subject("declines", at), "--classes", "referral")
	r := judged(t, exitDoesNot, subject("declines", at), "--only", at)
	require.Equal(t, unsupported, r.of(t, at).Outcome)
}

func TestTextOfAFailure(t *testing.T) {
	t.Parallel()
	const at = "token/alg-none"
	command := append(subject("lies", at), "it's")[:4]
	said := vectors(t, exitDoesNot, command, "--classes", "reader")
	require.Contains(t, said, "FAILED "+at+"\n")
	require.Regexp(t, `(?m)^  shows      BF-TOKEN-5 A token: MUST `, said)
	require.Contains(t, said, `  wrong      "bad-header" was due, "not-bad-header" came`)
	require.Contains(t, said, "  reproduce  bonafide-conformance vectors --only token/alg-none -- ")
	require.Contains(t, said, "does not conform: 1 of 238 cases failed, which show what is required by BF-TOKEN-5.")

	// The command that it names shows the failure alone.
	again := strings.Fields(strings.SplitN(strings.SplitN(said, "reproduce  bonafide-conformance ", 2)[1], "\n", 2)[0])
	require.Contains(t, runs(t, exitDoesNot, again...), "1 of 1 cases failed")
}

// What a program writes commands no terminal.
func TestTextIsPlain(t *testing.T) {
	t.Parallel()
	said := vectors(t, exitDoesNot, subject("chatters", "share/plain-equal"), "--only", "share/plain-equal")
	require.Contains(t, said, `\u001b[31mone moment`)
	require.NotContains(t, said, "\x1b")
}

func TestQuoted(t *testing.T) {
	require.Equal(t, `bonafide-conformance vectors --only a/b --timeout 1s -- ./x 'it'\''s' '' 'a b'`,
		reproduction("a/b", []string{"./x", "it's", "", "a b"}, time.Second))
}

func TestJUnit(t *testing.T) {
	said := vectors(t, exitDoesNot, subject("chatters", "share/plain-equal"), "--only", "share", "--junit")
	var all junitSuites
	require.NoError(t, xml.Unmarshal([]byte(said), &all))
	require.Equal(t, 19, all.Tests, "18 cases, and the trouble")
	require.Equal(t, 2, all.Failures)
	require.Len(t, all.Suites, 2)
	require.Len(t, all.Suites[0].Cases, 18)
	failures := 0
	for _, c := range all.Suites[0].Cases {
		if c.Failure != nil {
			failures++
			require.Equal(t, "share/plain-equal", c.Name)
			require.Contains(t, c.Failure.Text, "BF-CONV-16")
		}
	}
	require.Equal(t, 1, failures)
}

func TestCompare(t *testing.T) {
	t.Parallel()
	earlier := filepath.Join(t.TempDir(), "earlier.json")
	before := vectors(t, exitDoesNot, subject("lies", "share/plain-equal"), "--json", "--only", "share/plain*")
	require.NoError(t, os.WriteFile(earlier, []byte(before), 0o600))
	r := judged(t, exitDoesNot, subject("lies", "share/plain-all"), "--only", "share/plain-[aeo]*", "--compare", earlier)
	require.Equal(t, []string{"share/plain-equal"}, r.Compared.Better)
	require.Equal(t, []string{"share/plain-all"}, r.Compared.Worse)
	require.Equal(t, []string{"share/plain-just-below", "share/plain-no-ratings", "share/plain-trailing-zero"}, r.Compared.Gone)
	require.Empty(t, r.Compared.New)
	said := vectors(t, exitConforms, subject("none", ""), "--only", "share", "--compare", earlier)
	require.Contains(t, said, "better  1  share/plain-equal\n")
	require.Contains(t, said, "new     12  share/wilson-20-of-20")

	require.NoError(t, os.WriteFile(earlier, []byte("[]"), 0o600))
	require.Contains(t, vectors(t, exitCouldNotRun, subject("none", ""), "--compare", earlier), "is no report in JSON")
}

// Two runs print the same, so that reports can be compared as texts too.
func TestReportsAreStable(t *testing.T) {
	t.Parallel()
	command := subject("lies", "share/plain-equal")
	first := vectors(t, exitDoesNot, command, "--json", "--classes", "conversion")
	require.Equal(t, first, vectors(t, exitDoesNot, command, "--json", "--classes", "conversion"))
}

// The fields of a report are those that the README names.
func TestReportInJSON(t *testing.T) {
	t.Parallel()
	said := vectors(t, exitDoesNot, subject("lies", "share/plain-equal"), "--json", "--only", "share/plain-equal", "--name", "Fake", "--version", "2")
	program, err := json.Marshal(os.Args[0])
	require.NoError(t, err)
	require.JSONEq(t, `{
		"suite": "vectors", "protocol": "1",
		"implementation": {"name": "Fake", "version": "2", "command": ["PROGRAM", "subject", "lies", "share/plain-equal"]},
		"only": "share/plain-equal", "conforms": false,
		"classes": [{"class": "conversion", "passed": 0, "failed": 1}],
		"requirements": [{
			"id": "BF-CONV-16", "passed": 0, "failed": 1,
			"sentence": "A row of shares: MUST hold, without confidence, exactly when n > 0 and k·b ≥ a·n."
		}],
		"troubles": [],
		"cases": [{
			"case": "share/plain-equal", "class": "conversion", "requirements": ["BF-CONV-16"], "description": "Exactly the share.",
			"outcome": "failed", "reason": "\"ok\" was due, \"not-ok\" came",
			"due": {"expect": "ok", "result": {"holds": true}},
			"came": "{\"case\":\"share/plain-equal\",\"expect\":\"not-ok\",\"result\":{\"holds\":true}}",
			"reproduce": "bonafide-conformance vectors --only share/plain-equal -- PROGRAM subject lies share/plain-equal"
		}]
	}`, strings.ReplaceAll(said, strings.Trim(string(program), `"`), "PROGRAM"))
}

func TestList(t *testing.T) {
	said := runs(t, exitConforms, "vectors", "--list", "--only", "BF-TOKEN-4")
	require.Contains(t, said, "token/header-jwk (reader; BF-TOKEN-4): The header brings its own key.\n")
	require.NotContains(t, said, "share/")
	var list []listed
	require.NoError(t, json.Unmarshal([]byte(runs(t, exitConforms, "vectors", "--list", "--json", "--classes", "referral")), &list))
	require.NotEmpty(t, list)
	for _, l := range list {
		require.Equal(t, "referral", l.Class)
	}
}

func TestMistakesOfUse(t *testing.T) {
	for said, args := range map[string][]string{
		"no program is named":                         {},
		`"writer" is no conformance class`:            {"--list", "--classes", "writer"},
		`no case of these classes matches "nothing*"`: {"--list", "--only", "nothing*"},
		"neither a requirement's id nor a pattern":    {"--list", "--only", "[a"},
		"--timeout must be more than 0":               {"--timeout", "0s", "--", "x"},
		"if any flags in the group":                   {"--json", "--junit", "--", "x"},
		"no such file":                                {"--compare", "/no/such/file", "--", "x"},
	} {
		require.Contains(t, runs(t, exitCouldNotRun, append([]string{"vectors"}, args...)...), said)
	}
}
