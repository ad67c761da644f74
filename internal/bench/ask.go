package bench

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strings"
)

// question is what the asker is told to ask, and how often.
type question struct {
	Address string // host:port
	Host    string
	Path    string
	Times   int
}

// Ask is a client that does as little as it can, in a process of its own: what its questions cost the server is then
// all that this process spends. It reads questions from in, as JSON, and once each is answered writes a line to out:
// what went wrong, or nothing.
func Ask(in io.Reader, out io.Writer) error {
	questions := json.NewDecoder(in)
	lines := map[string]*line{}
	for {
		var q question
		if err := questions.Decode(&q); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return err
		}
		told := ""
		if err := q.ask(lines); err != nil {
			told = strings.ReplaceAll(err.Error(), "\n", " ")
		}
		if _, err := fmt.Fprintln(out, told); err != nil {
			return err
		}
	}
}

// line is a connection that is kept for one question.
type line struct {
	net.Conn
	answers *bufio.Reader
	request []byte
	size    int // of each answer, in bytes
}

func (q question) ask(lines map[string]*line) error {
	key := q.Address + q.Path
	if lines[key] == nil {
		l, err := q.dial()
		if err != nil {
			return err
		}
		lines[key] = l
	}
	l := lines[key]
	for range q.Times {
		if _, err := l.Write(l.request); err != nil {
			return err
		}
		if _, err := l.answers.Discard(l.size); err != nil {
			return err
		}
	}
	return nil
}

// dial connects, and asks once to learn how long the answer is: every later one is as long.
func (q question) dial() (*line, error) {
	connection, err := net.Dial("tcp", q.Address)
	if err != nil {
		return nil, err
	}
	l := &line{Conn: connection}
	counted := &counting{Reader: connection}
	l.answers = bufio.NewReader(counted)
	l.request = fmt.Appendf(nil, "GET %s HTTP/1.1\r\nHost: %s\r\nUser-Agent: bench\r\nAccept: */*\r\n\r\n", q.Path, q.Host)
	if _, err := l.Write(l.request); err != nil {
		return nil, err
	}
	answer, err := http.ReadResponse(l.answers, nil)
	if err != nil {
		return nil, err
	}
	if answer.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("%s answers with status %d", q.Path, answer.StatusCode)
	}
	_, err = io.Copy(io.Discard, answer.Body)
	l.size = counted.read
	return l, err
}

type counting struct {
	io.Reader
	read int
}

func (c *counting) Read(p []byte) (int, error) {
	n, err := c.Reader.Read(p)
	c.read += n
	return n, err
}

// asker is the process that asks.
type asker struct {
	process *exec.Cmd
	in      io.WriteCloser
	out     *bufio.Reader
}

// startAsker starts the command that runs [Ask].
func (b *bench) startAsker() (*asker, error) {
	a := &asker{process: exec.Command(b.Asker[0], b.Asker[1:]...)}
	a.process.Stderr = os.Stderr
	var err error
	if a.in, err = a.process.StdinPipe(); err != nil {
		return nil, err
	}
	out, err := a.process.StdoutPipe()
	if err != nil {
		return nil, err
	}
	a.out = bufio.NewReader(out)
	return a, a.process.Start()
}

// asks returns what has the question asked so many times.
func (a *asker) asks(q question) func(times int) error {
	return func(times int) error {
		q.Times = times
		if err := json.NewEncoder(a.in).Encode(q); err != nil {
			return err
		}
		told, err := a.out.ReadString('\n')
		if err != nil {
			return fmt.Errorf("the asking process: %w", err)
		}
		if told = strings.TrimSpace(told); told != "" {
			return errors.New(told)
		}
		return nil
	}
}

// stop ends the process, which ends with its questions.
func (a *asker) stop() error { return errors.Join(a.in.Close(), a.process.Wait()) }
