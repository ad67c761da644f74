// Package program runs a program that is judged, in whatever language it is written, and speaks the command protocol of
// testdata/v1/README.md with it: a line of JSON each for a question and for its answer.
package program

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"sync"
	"time"
)

// Line is one line of a program's output.
type Line struct {
	Text []byte // without its end
	Long bool   // there was more of it than is read
}

// Program is a program that runs.
type Program struct {
	cmd     *exec.Cmd
	input   chan []byte // what is still to be written to it; closed after the last
	lines   chan Line   // closed at the end of its output
	output  *os.File
	said    *tail         // on standard error
	killed  chan struct{} // closed once nothing more of it is wanted
	waited  chan struct{} // closed once it has ended
	endings sync.Once
}

// Start starts the program. At most room lines can be sent to it, and no line of its output is read beyond so many
// bytes.
func Start(ctx context.Context, command []string, room, limit int) (*Program, error) {
	cmd := exec.CommandContext(ctx, command[0], command[1:]...)
	ownGroup(cmd)
	cmd.WaitDelay = time.Second // for what its own children hold open
	said := &tail{}
	cmd.Stderr = said
	stdin, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	output, stdout, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	cmd.Stdout = stdout
	err = cmd.Start()
	stdout.Close()
	if err != nil {
		output.Close()
		return nil, fmt.Errorf("the program can't be started: %w", err)
	}
	p := &Program{
		cmd: cmd, input: make(chan []byte, room), lines: make(chan Line), output: output, said: said,
		killed: make(chan struct{}), waited: make(chan struct{}),
	}
	go p.write(stdin)
	go p.read(limit)
	go func() {
		// How it ended is in the state of cmd; an error of its pipes changes nothing.
		_ = cmd.Wait()
		close(p.waited)
	}()
	return p, nil
}

// write writes what is sent, and then ends the input. What a program doesn't take any more shows in its output.
func (p *Program) write(stdin io.WriteCloser) {
	defer stdin.Close()
	for text := range p.input {
		if _, err := stdin.Write(text); err != nil {
			return
		}
	}
}

// read hands on the lines of the output.
func (p *Program) read(limit int) {
	defer close(p.lines)
	output := bufio.NewReaderSize(p.output, 64<<10)
	for {
		l, err := readLine(output, limit)
		if err != nil {
			return
		}
		select {
		case p.lines <- l:
		case <-p.killed:
			return
		}
	}
}

// readLine reads a line to its end and keeps at most limit bytes of it.
func readLine(from *bufio.Reader, limit int) (Line, error) {
	var l Line
	for {
		part, err := from.ReadSlice('\n')
		l.Text = append(l.Text, part[:min(len(part), limit+1-len(l.Text))]...)
		switch {
		case errors.Is(err, bufio.ErrBufferFull):
		case err == nil, errors.Is(err, io.EOF) && len(l.Text) > 0:
			l.Text = bytes.TrimSuffix(l.Text, []byte("\n"))
			l.Long = len(l.Text) > limit
			return l, nil
		default:
			return Line{}, err
		}
	}
}

// Send has a line written. It never waits.
func (p *Program) Send(text []byte) { p.input <- text }

// EndInput ends the program's standard input after what was sent.
func (p *Program) EndInput() { p.endings.Do(func() { close(p.input) }) }

// Next returns the next line that comes within the time, else it says why there is none.
func (p *Program) Next(ctx context.Context, within time.Duration) (Line, error) {
	timer := time.NewTimer(within)
	defer timer.Stop()
	select {
	case l, ok := <-p.lines:
		if !ok {
			return Line{}, p.ended(ctx)
		}
		return l, nil
	case <-timer.C:
		return Line{}, fmt.Errorf("it gave no answer within %s", within)
	case <-ctx.Done():
		return Line{}, ctx.Err()
	}
}

// maxEnding is how long a program whose output has ended may take to end.
const maxEnding = 10 * time.Second

// ended tells how a program whose output has ended did so.
func (p *Program) ended(ctx context.Context) error {
	timer := time.NewTimer(maxEnding)
	defer timer.Stop()
	select {
	case <-p.waited:
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return errors.New("it closed its standard output")
	}
	if words := p.said.String(); words != "" {
		return fmt.Errorf("it ended (%s), saying: %s", p.cmd.ProcessState, words)
	}
	return fmt.Errorf("it ended (%s)", p.cmd.ProcessState)
}

// Kill ends the program, its children too where the system can, and waits for that.
func (p *Program) Kill() {
	p.EndInput()
	// It may have ended by itself, its children not.
	_ = killGroup(p.cmd)
	close(p.killed)
	<-p.waited
	p.output.Close()
}

// tail keeps the end of what is written to it.
type tail struct {
	mutex sync.Mutex
	text  []byte
}

const maxTail = 1 << 10 // bytes

func (t *tail) Write(text []byte) (int, error) {
	t.mutex.Lock()
	defer t.mutex.Unlock()
	t.text = append(t.text, text...)
	if excess := len(t.text) - maxTail; excess > 0 {
		t.text = bytes.Clone(t.text[excess:])
	}
	return len(text), nil
}

func (t *tail) String() string {
	t.mutex.Lock()
	defer t.mutex.Unlock()
	return strings.ToValidUTF8(strings.TrimSpace(string(t.text)), "")
}
