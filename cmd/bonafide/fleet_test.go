package main

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"bonafide.example"
	"bonafide.example/internal/web"
	"github.com/stretchr/testify/require"
)

// patient is how long is waited for what takes a moment.
const patient = 2 * time.Minute

// fleet is several servers of one site over one database.
type fleet struct {
	t         *testing.T
	program   string // bonafide, or steered
	dir       string // of the site's files
	database  string
	origin    bonafide.Origin
	mechanism string // of the events that are recorded
	members   []*member
	turn      atomic.Uint64
	tries     atomic.Uint64 // requests to the administration
	passing   chan struct{} // gets something for each request that passes a proxy, if anybody waits for it
	written   atomic.Int64  // when what may have changed something last passed, in Unix nanoseconds
	cut       atomic.Uint64 // requests whose server was killed, and which may have been carried out
	again     atomic.Uint64 // those that could be sent to another server
}

// member is one of its servers, dead or alive.
type member struct {
	socket string
	mu     sync.Mutex // of what a restart changes
	serves string     // its address
	lives  int        // how often it was started
	cmd    *exec.Cmd
	ends   func() // kills it
	alive  bool
	log    *journal
}

// journal is what a server logs.
type journal struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (j *journal) Write(line []byte) (int, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.text.Write(line)
}

func (j *journal) String() string {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.text.String()
}

// leads tells whether the server does what falls due.
func (j *journal) leads() bool {
	return strings.Count(j.String(), "this server does what falls due") > strings.Count(j.String(), "this server no longer does")
}

// newFleet starts so many servers of the example's site.
func newFleet(t *testing.T, database string, servers int) *fleet {
	f := &fleet{t: t, program: "bonafide", dir: newFolder(t), database: database, origin: otc, mechanism: "trader"}
	return f.launch(servers)
}

// launch starts so many servers.
func (f *fleet) launch(servers int) *fleet {
	f.passing = make(chan struct{})
	for n := range servers {
		f.members = append(f.members, &member{socket: filepath.Join(f.dir, fmt.Sprintf("%d.sock", n))})
		f.start(n)
	}
	f.t.Cleanup(func() {
		for n := range f.members {
			f.kill(n)
		}
	})
	return f
}

// start starts a server and waits until it listens.
func (f *fleet) start(n int) {
	m := f.members[n]
	cmd := exec.Command(f.program, "serve", "--config", "site.json", "--store", f.database, "--listen", "127.0.0.1:0", "--admin", m.socket, "--per-network", "-1")
	cmd.Dir = f.dir
	log := &journal{}
	cmd.Stderr = log
	out, err := cmd.StdoutPipe()
	require.NoError(f.t, err)
	require.NoError(f.t, cmd.Start())
	line, err := bufio.NewReader(out).ReadString('\n')
	require.NoError(f.t, err, log)
	found := listening.FindStringSubmatch(line)
	require.NotNil(f.t, found, line)
	m.mu.Lock()
	defer m.mu.Unlock()
	m.serves, m.log, m.cmd, m.alive = found[1], log, cmd, true
	m.lives++
	m.ends = sync.OnceFunc(func() {
		cmd.Process.Kill()
		cmd.Wait()
	})
}

// kill ends a server on the spot.
func (f *fleet) kill(n int) {
	m := f.members[n]
	m.mu.Lock()
	defer m.mu.Unlock()
	m.ends()
	m.alive = false
}

// signal sends a server a signal.
func (f *fleet) signal(n int, s syscall.Signal) {
	require.NoError(f.t, f.members[n].cmd.Process.Signal(s))
}

// leader returns the server that does what falls due, once there is one.
func (f *fleet) leader() (n int) {
	require.Eventually(f.t, func() bool {
		n = f.leads()
		return n >= 0
	}, patient, 10*time.Millisecond)
	return n
}

// leads returns the server that does what falls due now, -1 if there is none.
func (f *fleet) leads() int {
	return slices.IndexFunc(f.members, func(m *member) bool { return m.alive && m.log.leads() })
}

// administer sends something to the administration of one server after the other until one answers. What it says of itself
// alone, such as that its database failed, isn't an answer.
func (f *fleet) administer(ctx context.Context, method, path string, body any) ([]byte, error) {
	for {
		m := f.members[f.turn.Add(1)%uint64(len(f.members))]
		f.tries.Add(1)
		said, err := m.administer(ctx, method, path, body)
		if bonafide.CodeOf(err) != bonafide.Internal || ctx.Err() != nil {
			return said, err
		}
	}
}

// administer sends something to the server's administration.
func (m *member) administer(ctx context.Context, method, path string, body any) ([]byte, error) {
	client, there := web.DialAdmin(m.socket)
	if !there {
		return nil, fmt.Errorf("nobody listens on %s", m.socket)
	}
	return client.Send(ctx, method, path, body)
}
