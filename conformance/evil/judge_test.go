package evil

import (
	"net/http"
	"testing"

	"bonafide.example/conformance"
	"bonafide.example/conformance/program"
	"bonafide.example/internal/need"
	"github.com/stretchr/testify/require"
)

// always is a program that answers every question alike.
func always(answer string) []string {
	return []string{"sh", "-c", `while read -r line; do line=${line#*'"case":"'}; echo '{"case":"'"${line%%'"'*}"'",'` + "'" + answer + "}'; done"}
}

// judged judges a program by the behaviours chosen, and returns the verdicts by name.
func judged(t *testing.T, only string, j Judgement) map[string]conformance.Verdict {
	t.Helper()
	need.Program(t, "sh")
	j.AtOnce, j.Again = 4, func(name string) string { return "again " + name }
	verdicts, err := world(t, only).Judge(t.Context(), j)
	require.NoError(t, err)
	found := map[string]conformance.Verdict{}
	for _, v := range verdicts {
		found[v.Name] = v
	}
	return found
}

func TestJudge(t *testing.T) {
	found := judged(t, "evil/*revoked", Judgement{Command: always(`"expect":"ok"`)})
	require.Equal(t, conformance.Failed, found["evil/revoked"].Outcome)
	require.Equal(t, `revoked was due of question 1, "ok" came`, found["evil/revoked"].Reason)
	require.Equal(t, "again evil/revoked", found["evil/revoked"].Reproduce)
	require.Equal(t, `revoked was due of question 2, "ok" came`, found["evil/change-revoked"].Reason)
	require.Equal(t, "ok, then revoked", found["evil/change-revoked"].Due)
	require.Equal(t, conformance.Passed, judged(t, "evil/revoked", Judgement{Command: always(`"expect":"revoked"`)})["evil/revoked"].Outcome)
	require.Equal(t, conformance.Unsupported, judged(t, "evil/honest", Judgement{Command: always(`"unsupported":true`)})["evil/honest"].Outcome)
	require.Contains(t, judged(t, "evil/honest", Judgement{Command: always(`"expect":1`)})["evil/honest"].Reason, "out of form")
}

func TestJudgeMeasuresMemory(t *testing.T) {
	need.File(t, "proc", "/proc/self/status")
	v := judged(t, "evil/honest", Judgement{Command: always(`"expect":"ok"`), MaxMemory: 1})["evil/honest"]
	require.Contains(t, v.Reason, "of memory, more than 0")
	require.Positive(t, v.Measured.Kibibytes)
}

// A program that goes to the canary fails, whatever it answers.
func TestJudgeSeesTheCanary(t *testing.T) {
	w := world(t, "evil/redirect-ip")
	_, err := http.Get("http://127.0.0.1" + w.sites["redirect-ip"].canary.port())
	require.Error(t, err)
	need.Program(t, "sh")
	verdicts, err := w.Judge(t.Context(), Judgement{Command: always(`"expect":"bad-redirect"`), AtOnce: 1, Again: func(string) string { return "" }})
	require.NoError(t, err)
	require.Equal(t, "it went where it mustn't: GET / HTTP/1.1", verdicts[0].Reason)
}

// A program that ended before it was measured hasn't shown that it keeps to its memory.
func TestOfMemory(t *testing.T) {
	require.Empty(t, ofMemory(MaxMemory, true, MaxMemory))
	require.NotEmpty(t, ofMemory(MaxMemory+1, true, MaxMemory))
	require.Equal(t, program.Measures, ofMemory(0, false, MaxMemory) != "")
}

// A program that says nothing of the badge is held to the time of the behaviour.
func TestJudgeKeepsTime(t *testing.T) {
	need.Program(t, "sh")
	w := world(t, "evil/never-answers")
	w.behaviours[0].Time = -margin // so that no time is left
	late := []string{"sh", "-c", `read -r ready; echo '{"case":"evil/ready","expect":"ok"}'; while read -r line; do :; done`}
	verdicts, err := w.Judge(t.Context(), Judgement{Command: late, AtOnce: 1, Again: func(string) string { return "" }})
	require.ErrorIs(t, err, errNever, "%v", verdicts)
	require.ErrorContains(t, err, "no answer within 0s")
}

func TestProgramsThatNeverAnswer(t *testing.T) {
	need.Program(t, "false")
	_, err := world(t, "evil/honest").Judge(t.Context(), Judgement{Command: []string{"false"}, AtOnce: 1, Again: func(string) string { return "" }})
	require.ErrorIs(t, err, errNever)
}
