package evil

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"bonafide.example/conformance"
	"bonafide.example/conformance/program"
)

// Judgement is how a program is judged.
type Judgement struct {
	Command   []string
	MaxMemory int64                    // bytes; 0: MaxMemory of this package
	AtOnce    int                      // how many programs run at once
	Again     func(name string) string // the command that puts one case alone
}

const (
	maxStart = 60 * time.Second // for starting the program
	margin   = 3 * time.Second  // for what isn't the program's: handing lines to and fro on a busy machine
	maxLine  = 64 << 10         // bytes of an answer
)

// errNever is for a program that can't be judged at all.
var errNever = errors.New("the program never answered")

// Judge puts each behaviour that the world serves to a fresh program. An error means that the program couldn't be judged.
func (w *World) Judge(ctx context.Context, j Judgement) ([]conformance.Verdict, error) {
	if j.MaxMemory == 0 {
		j.MaxMemory = MaxMemory
	}
	verdicts, errs := make([]conformance.Verdict, len(w.behaviours)), make([]error, len(w.behaviours))
	turns := make(chan struct{}, j.AtOnce)
	var all sync.WaitGroup
	for i, b := range w.behaviours {
		all.Go(func() {
			turns <- struct{}{}
			defer func() { <-turns }()
			verdicts[i], errs[i] = w.judge(ctx, &j, &b)
		})
	}
	all.Wait()
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	if !slices.ContainsFunc(verdicts, func(v conformance.Verdict) bool { return v.Came != "" || v.Outcome == conformance.Passed }) {
		return nil, fmt.Errorf("%w: %s", errNever, verdicts[0].Reason)
	}
	return verdicts, nil
}

// judge puts one behaviour.
func (w *World) judge(ctx context.Context, j *Judgement, b *Behaviour) (conformance.Verdict, error) {
	v := conformance.Verdict{Case: b.Case, Outcome: conformance.Passed}
	if ctx.Err() != nil {
		return v, ctx.Err()
	}
	p, err := program.Start(ctx, j.Command, 1+len(b.Due), maxLine)
	if err != nil {
		return v, err
	}
	defer p.Kill()
	h := &hearing{program: p, question: w.question(b), limit: b.Time}
	came, err := h.hear(ctx, b)
	if ctx.Err() != nil {
		return v, ctx.Err()
	}
	peak, measured := p.Peak()
	v.Measured = &conformance.Measured{Milliseconds: h.longest.Milliseconds(), Kibibytes: peak >> 10}
	visits := w.sites[b.name()].canary.visits()
	switch {
	case err == errUnsupported:
		v.Outcome, v.Reason = conformance.Unsupported, "the program says that it doesn't support it"
	case err != nil:
		v.Outcome, v.Reason = conformance.Failed, err.Error()
	case len(visits) > 0:
		v.Outcome, v.Reason = conformance.Failed, fmt.Sprintf("it went where it mustn't: %s", strings.Join(visits, "; "))
	default:
		if v.Reason = ofMemory(peak, measured, j.MaxMemory); v.Reason == "" {
			return v, nil
		}
		v.Outcome = conformance.Failed
	}
	v.Due, v.Came, v.Reproduce = b.due(), conformance.Cut(came, conformance.MaxCame), j.Again(b.Name)
	return v, nil
}

// ofMemory says what is wrong with the memory that a program took at most, in bytes; "" if nothing is. What couldn't be
// measured, though it can be here, isn't right.
func ofMemory(peak int64, measured bool, most int64) string {
	switch {
	case program.Measures && !measured:
		return "it ended before its memory could be measured"
	case peak > most:
		return fmt.Sprintf("it took %d MiB of memory, more than %d", peak>>20, most>>20)
	}
	return ""
}

// question returns the line that asks for a behaviour.
func (w *World) question(b *Behaviour) []byte {
	line, err := json.Marshal(map[string]any{"case": b.Name, "topic": "read", "input": map[string]string{"address": w.sites[b.name()].Badge}})
	if err != nil {
		panic(err) // texts can be written
	}
	return append(line, '\n')
}

// due says in words what has to come.
func (b *Behaviour) due() string {
	var all []string
	for _, codes := range b.Due {
		all = append(all, strings.Join(codes, " or "))
	}
	return strings.Join(all, ", then ")
}

var errUnsupported = errors.New("unsupported")

// ready is a question of a topic that there isn't.
const ready = `{"case":"evil/ready","topic":"ready","input":{}}` + "\n"

// hearing puts the questions of one behaviour.
type hearing struct {
	program  *program.Program
	question []byte
	limit    time.Duration
	longest  time.Duration // that an answer took
}

// hear asks, and compares what comes. An error says what was wrong, and came what the program wrote.
func (h *hearing) hear(ctx context.Context, b *Behaviour) (came string, err error) {
	// What it answers doesn't matter, but that it runs now: starting isn't what is measured.
	h.program.Send([]byte(ready))
	if _, err := h.program.Next(ctx, maxStart); err != nil {
		return "", err
	}
	for i, due := range b.Due {
		line, err := h.ask(ctx)
		came = string(line.Text)
		if err != nil {
			return came, err
		}
		name, answer, err := program.ParseAnswer(line.Text)
		switch {
		case err != nil:
			return came, fmt.Errorf("its answer is out of form: %w", err)
		case name != b.Name:
			return came, fmt.Errorf("it answered a case that it wasn't asked: %s", conformance.Cut(name, 200))
		case answer.Unsupported:
			return came, errUnsupported
		case !slices.Contains(due, answer.Expect):
			return came, fmt.Errorf("%s was due of question %d, %q came", strings.Join(due, " or "), i+1, conformance.Cut(answer.Expect, 200))
		}
	}
	return came, nil
}

// ask puts the question once and waits for a line.
func (h *hearing) ask(ctx context.Context) (program.Line, error) {
	start := time.Now()
	h.program.Send(h.question)
	line, err := h.program.Next(ctx, h.limit+margin)
	h.longest = max(h.longest, time.Since(start))
	if err == nil && line.Long {
		err = fmt.Errorf("it wrote a line of more than %d bytes", maxLine)
	}
	return line, err
}
