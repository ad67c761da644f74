// Subject lets bonafide-conformance judge this implementation: it answers test vectors and reads badges, one line of JSON
// for each, as testdata/v1/README.md describes it, by calling the packages that do the work. In an implementation in another
// language such a program is all that its author has to write.
package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"

	"bonafide.example"
	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// question is one case that is put.
type question struct {
	Case  string         `json:"case"`
	Topic string         `json:"topic"`
	Input jsontext.Value `json:"input"`
}

// answer is what comes of it.
type answer struct {
	Case        string        `json:"case"`
	Expect      bonafide.Code `json:"expect,omitzero"` // ok, or the error's code
	Result      any           `json:"result,omitzero"`
	Detail      string        `json:"detail,omitzero"` // for people who look for a fault here; nobody compares it
	Unsupported bool          `json:"unsupported,omitzero"`
}

const ok bonafide.Code = "ok"

// codeOf returns the code of err as the vectors name it.
func codeOf(err error) bonafide.Code {
	if err == nil {
		return ok
	}
	return bonafide.CodeOf(err)
}

func main() {
	if err := answerAll(os.Stdin, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "subject:", err)
		os.Exit(1)
	}
}

// answerAll answers each line as it comes.
func answerAll(in io.Reader, out io.Writer) error {
	reader, err := newReader()
	if err != nil {
		return err
	}
	lines := bufio.NewReader(in)
	for {
		line, err := lines.ReadBytes('\n')
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		var q question
		if err := json.Unmarshal(line, &q); err != nil {
			return err
		}
		answer, err := json.Marshal(q.answer(reader))
		if err != nil {
			return err
		}
		if _, err := out.Write(append(answer, '\n')); err != nil {
			return err
		}
	}
}

// answer calls what the topic is about.
func (q *question) answer(reader *reader) answer {
	topics := map[string]func(jsontext.Value) (result any, err error){
		"token": token, "key": token, "history": history, "statuslist": statusList, "parse": parse,
		"share": share, "conversion": convert, "table": checkTable, "vouching": vouch, "read": reader.read,
	}
	topic := topics[q.Topic]
	if topic == nil {
		return answer{Case: q.Case, Unsupported: true}
	}
	result, err := topic(q.Input)
	a := answer{Case: q.Case, Expect: codeOf(err), Result: result}
	if err != nil {
		a.Detail = err.Error()
	}
	return a
}

// read decodes an input. One that doesn't fit its topic is no fault that a case is about, and has no code of its own.
func read[I any](input jsontext.Value) (I, error) {
	var in I
	err := json.Unmarshal(input, &in, json.RejectUnknownMembers(true))
	return in, err
}
