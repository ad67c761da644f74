package issuer_test

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"syscall"
	"testing"
	"time"

	"bonafide.example/badge"
	"github.com/stretchr/testify/require"
)

// BenchmarkPicture compares the picture endpoint, from memory and through the whole handler, with a bare handler that
// serves the same bytes and fields. Both answer over a kept connection in turn, so that both meet the same machine; ratio is
// how many requests the endpoint answers while the bare one answers one, cpu-ratio how many with the same time of a processor.
func BenchmarkPicture(b *testing.B) {
	w := newWorld(b)
	w.rate("seller", "alice", true, true)
	path := w.publish("seller", "alice")
	for _, suffix := range []string{".svg", ".card.svg", ".png"} {
		b.Run(suffix, func(b *testing.B) {
			answer := w.get(path + suffix)
			require.Equal(b, http.StatusOK, answer.Code)
			bare := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				for name, values := range answer.Header() {
					w.Header()[name] = values
				}
				w.Write(answer.Body.Bytes())
			})
			ours, theirs := dial(b, w.handler, path+suffix), dial(b, bare, path+suffix)
			var spent, worked [2]time.Duration
			for b.Loop() {
				for n, ask := range []func(){ours, theirs} {
					start, before := time.Now(), processor(b)
					for range 50 {
						ask()
					}
					spent[n] += time.Since(start)
					worked[n] += processor(b) - before
				}
			}
			b.ReportMetric(float64(spent[1])/float64(spent[0]), "ratio")
			b.ReportMetric(float64(worked[1])/float64(worked[0]), "cpu-ratio")
			b.ReportMetric(float64(50*b.N)/spent[0].Seconds(), "req/s")
			b.ReportMetric(float64(50*b.N)/spent[1].Seconds(), "bare-req/s")
			b.ReportMetric(0, "ns/op")
		})
	}
}

// processor returns the time for which this process has had a processor: on a busy machine it tells more than a clock.
func processor(b *testing.B) time.Duration {
	var usage syscall.Rusage
	require.NoError(b, syscall.Getrusage(syscall.RUSAGE_SELF, &usage))
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}

// dial serves the handler and returns what asks it for path once, over one connection. The client does next to nothing,
// so that the servers are compared.
func dial(b *testing.B, handler http.Handler, path string) (ask func()) {
	server := httptest.NewServer(handler)
	b.Cleanup(server.Close)
	connection, err := net.Dial("tcp", server.Listener.Addr().String())
	require.NoError(b, err)
	b.Cleanup(func() { connection.Close() })
	request := []byte(fmt.Sprintf("GET %s HTTP/1.1\r\nHost: bazar.example\r\nUser-Agent: bench\r\nAccept: image/*\r\n\r\n", path))
	answers := bufio.NewReader(connection)
	size := 0
	first := func() {
		_, err := connection.Write(request)
		require.NoError(b, err)
		counted := &counting{Reader: answers}
		answer, err := http.ReadResponse(bufio.NewReaderSize(counted, 16), nil)
		require.NoError(b, err)
		_, err = io.Copy(io.Discard, answer.Body)
		require.NoError(b, err)
		size = counted.read
	}
	first()
	return func() {
		connection.Write(request)
		if _, err := answers.Discard(size); err != nil {
			b.Fatal(err)
		}
	}
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

// BenchmarkPictureCold draws pictures, as is done of those that nobody asked for lately.
func BenchmarkPictureCold(b *testing.B) {
	p := badge.Picture{Host: "bazar.example", Mechanism: "Seller", Level: 4, Levels: 5, State: badge.Current, Kind: "earned", AsOf: "2026-11-22"}
	for name, size := range map[string]badge.Size{"chip": badge.Chip, "card": badge.Card, "preview": badge.Preview} {
		b.Run(name, func(b *testing.B) {
			p.Size = size
			for n := 0; b.Loop(); n++ {
				p.Name = fmt.Sprintf("Camille Martin-Dubois %d", n)
				badge.SVG(p)
			}
		})
	}
}
