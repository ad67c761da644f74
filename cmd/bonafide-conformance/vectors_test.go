package main

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"bonafide.example/conformance"
	"bonafide.example/conformance/vectors"
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

// byVectors judges a subject. flags stand before its command.
func byVectors(t *testing.T, exit int, command []string, flags ...string) string {
	t.Helper()
	return runs(t, exit, append(append(append([]string{"vectors"}, flags...), "--"), command...)...)
}

// reported judges a subject and returns the report.
func reported(t *testing.T, exit int, command []string, flags ...string) conformance.Report {
	t.Helper()
	var r conformance.Report
	require.NoError(t, json.Unmarshal([]byte(byVectors(t, exit, command, append(flags, "--json")...)), &r))
	return r
}

// notPassed returns the outcomes of the cases that aren't passed.
func notPassed(r conformance.Report) map[string]conformance.Outcome {
	found := map[string]conformance.Outcome{}
	for _, v := range r.Cases {
		if v.Outcome != conformance.Passed {
			found[v.Name] = v.Outcome
		}
	}
	return found
}

// of returns the verdict on a case.
func verdictOf(t *testing.T, r conformance.Report, name string) conformance.Verdict {
	t.Helper()
	for _, v := range r.Cases {
		if v.Name == name {
			return v
		}
	}
	t.Fatalf("%s isn't in the report", name)
	return conformance.Verdict{}
}

func TestAPerfectProgramConforms(t *testing.T) {
	for _, habit := range []string{"none", "backwards"} {
		t.Run(habit, func(t *testing.T) {
			t.Parallel()
			r := reported(t, exitConforms, fake(habit, ""), "--name", "Fake", "--version", "1.2")
			require.True(t, r.Conforms)
			require.Equal(t, conformance.Implementation{Name: "Fake", Version: "1.2", Command: fake(habit, "")}, r.Implementation)
			require.Empty(t, notPassed(r))
			require.Empty(t, r.Troubles)
			require.Len(t, r.Classes, len(vectors.Classes()))
			all, err := vectors.Read(v1.FS)
			require.NoError(t, err)
			require.Equal(t, conformance.Count{Passed: len(all)}, r.Total())
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
		"hangs":    "it gave no answer within 15s",
		"dies":     "it ended (exit status 3), saying: something broke",
	} {
		t.Run(habit, func(t *testing.T) {
			t.Parallel()
			patience := "2m" // with a program that only starts slowly
			if habit == "hangs" {
				patience = "15s"
			}
			r := reported(t, exitDoesNot, fake(habit, at), "--only", "share", "--timeout", patience)
			require.Equal(t, map[string]conformance.Outcome{at: conformance.Failed}, notPassed(r))
			require.Contains(t, verdictOf(t, r, at).Reason, reason)
			require.False(t, r.Conforms)
		})
	}
}

func TestAnswersAfterTheLastAreSeen(t *testing.T) {
	r := reported(t, exitDoesNot, fake("twice", "share/wilson-upper-root"), "--only", "share/wilson-upper-root")
	require.Contains(t, verdictOf(t, r, "share/wilson-upper-root").Reason, "twice")
}

// A program that ends once for no reason to be found doesn't conform, though it answers everything when asked again.
func TestTroubleThatNoCaseShows(t *testing.T) {
	t.Parallel()
	mark := filepath.Join(t.TempDir(), "mark")
	require.NoError(t, os.WriteFile(mark, nil, 0o600))
	said := byVectors(t, exitDoesNot, fake("weak", mark), "--only", "share")
	require.Contains(t, said, "TROUBLE")
	require.Contains(t, said, "it ended (exit status 1); 18 cases had no answer yet and were asked again, one at a time")
	require.Contains(t, said, "gives the answers that are due, but not by the rules")
	require.Contains(t, byVectors(t, exitConforms, fake("weak", mark), "--only", "share"), "passes the cases chosen, 18")
}

func TestProgramsThatCannotBeJudged(t *testing.T) {
	t.Parallel()
	require.Contains(t, byVectors(t, exitCouldNotRun, fake("absent", ""), "--only", "share"), "the program never answered: it ended (exit status 1)")
	require.Contains(t, byVectors(t, exitCouldNotRun, []string{"./no-such-program"}), "the program can't be started")
}

func TestUnsupportedFails(t *testing.T) {
	t.Parallel()
	const at = "share/plain-all"
	said := byVectors(t, exitDoesNot, fake("declines", at), "--only", "share/plain-*")
	require.Contains(t, said, "Failed in conversion as unsupported: 1, from "+at+" on, since the program says")
	byVectors(t, exitConforms, fake("declines", at), "--classes", "referral")
	r := reported(t, exitDoesNot, fake("declines", at), "--only", at)
	require.Equal(t, conformance.Unsupported, verdictOf(t, r, at).Outcome)
}

func TestTextOfAFailure(t *testing.T) {
	t.Parallel()
	const at = "token/alg-none"
	command := append(fake("lies", at), "it's")[:4]
	said := byVectors(t, exitDoesNot, command, "--classes", "reader")
	require.Contains(t, said, "FAILED "+at+"\n")
	require.Regexp(t, `(?m)^  shows      BF-TOKEN-5 A token: MUST `, said)
	require.Contains(t, said, `  wrong      "bad-header" was due, "not-bad-header" came`)
	require.Contains(t, said, "  reproduce  bonafide-conformance vectors --only token/alg-none -- ")
	require.Regexp(t, `does not conform: 1 of \d+ cases failed, which show what is required by BF-TOKEN-5\.`, said)

	// The command that it names shows the failure alone.
	again := strings.Fields(strings.SplitN(strings.SplitN(said, "reproduce  bonafide-conformance ", 2)[1], "\n", 2)[0])
	require.Contains(t, runs(t, exitDoesNot, again...), "1 of 1 cases failed")
}

// What a program writes commands no terminal.
func TestTextIsPlain(t *testing.T) {
	t.Parallel()
	said := byVectors(t, exitDoesNot, fake("chatters", "share/plain-equal"), "--only", "share/plain-equal")
	require.Contains(t, said, `\u001b[31mone moment`)
	require.NotContains(t, said, "\x1b")
}

func TestJUnit(t *testing.T) {
	said := byVectors(t, exitDoesNot, fake("chatters", "share/plain-equal"), "--only", "share", "--junit")
	var all struct {
		Tests    int `xml:"tests,attr"`
		Failures int `xml:"failures,attr"`
		Suites   []struct {
			Cases []struct {
				Name    string `xml:"name,attr"`
				Failure *struct {
					Text string `xml:",chardata"`
				} `xml:"failure"`
			} `xml:"testcase"`
		} `xml:"testsuite"`
	}
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
	before := byVectors(t, exitDoesNot, fake("lies", "share/plain-equal"), "--json", "--only", "share/plain*")
	require.NoError(t, os.WriteFile(earlier, []byte(before), 0o600))
	r := reported(t, exitDoesNot, fake("lies", "share/plain-all"), "--only", "share/plain-[aeo]*", "--compare", earlier)
	require.Equal(t, []string{"share/plain-equal"}, r.Compared.Better)
	require.Equal(t, []string{"share/plain-all"}, r.Compared.Worse)
	require.Equal(t, []string{"share/plain-just-below", "share/plain-no-ratings", "share/plain-trailing-zero"}, r.Compared.Gone)
	require.Empty(t, r.Compared.New)
	said := byVectors(t, exitConforms, fake("none", ""), "--only", "share", "--compare", earlier)
	require.Contains(t, said, "better  1  share/plain-equal\n")
	require.Contains(t, said, "new     12  share/wilson-20-of-20")

	require.NoError(t, os.WriteFile(earlier, []byte("[]"), 0o600))
	require.Contains(t, byVectors(t, exitCouldNotRun, fake("none", ""), "--compare", earlier), "is no report in JSON")
}

// Two runs print the same, so that reports can be compared as texts too.
func TestReportsAreStable(t *testing.T) {
	t.Parallel()
	command := fake("lies", "share/plain-equal")
	first := byVectors(t, exitDoesNot, command, "--json", "--classes", "conversion")
	require.Equal(t, first, byVectors(t, exitDoesNot, command, "--json", "--classes", "conversion"))
}

// The fields of a report are those that the README names.
func TestReportInJSON(t *testing.T) {
	t.Parallel()
	said := byVectors(t, exitDoesNot, fake("lies", "share/plain-equal"), "--json", "--only", "share/plain-equal", "--name", "Fake", "--version", "2")
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

// The page is written beside the report that is printed.
func TestPage(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "report.html")
	r := reported(t, exitDoesNot, fake("lies", "share/plain-equal"), "--only", "share", "--page", path, "--date", "2026-11-22", "--name", "<Fake>")
	require.Equal(t, "2026-11-22", r.Date)
	page, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Contains(t, string(page), "&lt;Fake&gt; does not conform: 1 of 18 cases failed")
	require.Contains(t, string(page), "<code>share/plain-equal</code>")
}

func TestList(t *testing.T) {
	said := runs(t, exitConforms, "vectors", "--list", "--only", "BF-TOKEN-4")
	require.Contains(t, said, "token/header-jwk (reader; BF-TOKEN-4): The header brings its own key.\n")
	require.NotContains(t, said, "share/")
	var list []conformance.Case
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
		"/no/such: no such file":                      {"--page", "/no/such/file.html", "--", "x"},
		"a day is written as YYYY-MM-DD":              {"--date", "22.11.2026", "--", "x"},
	} {
		require.Contains(t, runs(t, exitCouldNotRun, append([]string{"vectors"}, args...)...), said)
	}
}
