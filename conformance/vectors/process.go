package vectors

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

// line is one line of a program's output.
type line struct {
	text []byte // without its end
	long bool   // there was more of it than is read
}

// process is a program that runs.
type process struct {
	cmd     *exec.Cmd
	input   chan []byte // what is still to be written to it; closed after the last
	lines   chan line   // closed at the end of its output
	output  *os.File
	said    *tail         // on standard error
	killed  chan struct{} // closed once nothing more of it is wanted
	waited  chan struct{} // closed once it has ended
	endings sync.Once
}

// start starts the program. At most room lines can be sent to it, and no line of its output is read beyond so many
// bytes.
func start(ctx context.Context, command []string, room, limit int) (*process, error) {
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
	p := &process{
		cmd: cmd, input: make(chan []byte, room), lines: make(chan line), output: output, said: said,
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
func (p *process) write(stdin io.WriteCloser) {
	defer stdin.Close()
	for text := range p.input {
		if _, err := stdin.Write(text); err != nil {
			return
		}
	}
}

// read hands on the lines of the output.
func (p *process) read(limit int) {
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
func readLine(from *bufio.Reader, limit int) (line, error) {
	var l line
	for {
		part, err := from.ReadSlice('\n')
		l.text = append(l.text, part[:min(len(part), limit+1-len(l.text))]...)
		switch {
		case errors.Is(err, bufio.ErrBufferFull):
		case err == nil, errors.Is(err, io.EOF) && len(l.text) > 0:
			l.text = bytes.TrimSuffix(l.text, []byte("\n"))
			l.long = len(l.text) > limit
			return l, nil
		default:
			return line{}, err
		}
	}
}

// send has a line written. It never waits.
func (p *process) send(text []byte) { p.input <- text }

// endInput ends the program's standard input after what was sent.
func (p *process) endInput() { p.endings.Do(func() { close(p.input) }) }

// next returns the next line that comes within the time, else it says why there is none.
func (p *process) next(ctx context.Context, within time.Duration) (line, error) {
	timer := time.NewTimer(within)
	defer timer.Stop()
	select {
	case l, ok := <-p.lines:
		if !ok {
			return line{}, p.ended(ctx)
		}
		return l, nil
	case <-timer.C:
		return line{}, fmt.Errorf("it gave no answer within %s", within)
	case <-ctx.Done():
		return line{}, ctx.Err()
	}
}

// ended tells how a program whose output has ended did so.
func (p *process) ended(ctx context.Context) error {
	timer := time.NewTimer(time.Second)
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

// kill ends the program, its children too where the system can, and waits for that.
func (p *process) kill() {
	p.endInput()
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
