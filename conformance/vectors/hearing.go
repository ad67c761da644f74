package vectors

import (
	"context"
	"errors"
	"fmt"
	"time"

	"bonafide.example/conformance"
	"bonafide.example/conformance/program"
)

// hearing puts cases to a program and takes down what comes. First all cases are written at once, and answered in any
// order. If the program then ends, falls silent or writes what belongs to no case, nobody can tell which case did
// it; so it is started anew, what is left is asked one case at a time, and each is blamed for what happens while it
// waits.
type hearing struct {
	command []string
	timeout time.Duration // for the next answer
	limit   int           // bytes of a line
	starts  int           // how often the program may still be started

	asked    map[string]bool   // the cases that may be answered now, or were
	heard    map[string]*heard // by case
	answers  int               // how many lines were answers
	troubles []string          // what can't be held against one case
}

// heard is what came for one case.
type heard struct {
	line   string          // as it came
	answer *program.Answer // nil if fault says why there is none
	fault  string
}

// hold puts the cases. An error means that the program couldn't be judged at all.
func (h *hearing) hold(ctx context.Context, cases []*Vector) error {
	h.asked, h.heard = map[string]bool{}, map[string]*heard{}
	if err := h.together(ctx, cases); err != nil {
		return err
	}
	return h.oneByOne(ctx, cases)
}

func (h *hearing) start(ctx context.Context, room int) (*program.Program, error) {
	h.starts--
	return program.Start(ctx, h.command, room, h.limit)
}

// together asks all cases at once. What is unheard afterwards is to be asked again.
func (h *hearing) together(ctx context.Context, cases []*Vector) error {
	p, err := h.start(ctx, len(cases))
	if err != nil {
		return err
	}
	defer p.Kill()
	for _, c := range cases {
		h.asked[c.Name] = true
		p.Send(c.question)
	}
	p.EndInput()
	for len(h.heard) < len(cases) {
		l, err := p.Next(ctx, h.timeout)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err == nil {
			err = h.take(l)
		}
		if err != nil {
			h.trouble("%v; %d cases had no answer yet and were asked again, one at a time", err, len(cases)-len(h.heard))
			return nil
		}
	}
	return h.drain(ctx, p)
}

// oneByOne asks the cases that are unheard. Those for which the program can't be started once more stay so.
func (h *hearing) oneByOne(ctx context.Context, cases []*Vector) error {
	var p *program.Program
	defer func() {
		if p != nil {
			p.Kill()
		}
	}()
	clear(h.asked)
	for name := range h.heard {
		h.asked[name] = true
	}
	for _, c := range cases {
		if h.heard[c.Name] != nil {
			continue
		}
		if p == nil && h.starts == 0 {
			return h.giveUp()
		}
		if p == nil {
			var err error
			if p, err = h.start(ctx, len(cases)); err != nil {
				return err
			}
		}
		if alive, err := h.one(ctx, p, c); err != nil {
			return err
		} else if !alive {
			p.Kill()
			p = nil
		}
	}
	if p == nil {
		return nil
	}
	p.EndInput()
	return h.drain(ctx, p)
}

// one asks one case, and tells whether the program can be asked another.
func (h *hearing) one(ctx context.Context, p *program.Program, c *Vector) (alive bool, err error) {
	h.asked[c.Name] = true
	p.Send(c.question)
	for h.heard[c.Name] == nil {
		l, err := p.Next(ctx, h.timeout)
		if ctx.Err() != nil {
			return false, ctx.Err()
		}
		if err != nil {
			h.heard[c.Name] = &heard{fault: err.Error()}
			return false, nil
		}
		if err := h.take(l); err != nil {
			h.heard[c.Name] = &heard{line: string(l.Text), fault: err.Error()}
		}
	}
	return true, nil
}

// drain looks at what comes after the last answer. A program that doesn't end by itself may be ended.
func (h *hearing) drain(ctx context.Context, p *program.Program) error {
	for {
		l, err := p.Next(ctx, h.timeout)
		if err != nil {
			return ctx.Err()
		}
		if err := h.take(l); err != nil {
			h.trouble("after its last answer %v", err)
			return nil
		}
	}
}

// take takes a line down for the case that it names. It fails if that is none of those asked.
func (h *hearing) take(l program.Line) error {
	if l.Long {
		return fmt.Errorf("it wrote a line of more than %d bytes", h.limit)
	}
	name, a, err := program.ParseAnswer(l.Text)
	switch {
	case name == "":
		return fmt.Errorf("it wrote a line that is no answer (%w): %s", err, conformance.Cut(string(l.Text), 200))
	case !h.asked[name]:
		return fmt.Errorf("it answered a case that it wasn't asked: %s", conformance.Cut(name, 200))
	}
	h.answers++
	earlier := h.heard[name]
	switch {
	case earlier == nil && err != nil:
		h.heard[name] = &heard{line: string(l.Text), fault: "its answer is out of form: " + err.Error()}
	case earlier == nil:
		h.heard[name] = &heard{line: string(l.Text), answer: a}
	case earlier.fault == "":
		earlier.answer, earlier.fault = nil, "it was answered twice"
		earlier.line += "\n" + string(l.Text)
	}
	return nil
}

func (h *hearing) trouble(format string, args ...any) {
	h.troubles = append(h.troubles, fmt.Sprintf(format, args...))
}

// giveUp ends the hearing of a program that was started often enough. One that never answered can't be judged.
func (h *hearing) giveUp() error {
	if h.answers == 0 {
		return errors.New("the program never answered: " + h.troubles[0])
	}
	h.trouble("it was started too often; the cases left weren't asked")
	return nil
}
