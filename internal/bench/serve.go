package bench

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os/exec"
	"strings"
)

// serve measures what answers from memory cost the server: through all of the site, as it is served, against a bare
// handler that writes the same bytes and fields, and against nginx with a file of the same bytes. The client is another
// process, whose work isn't counted.
func (b *bench) serve(ctx context.Context) (err error) {
	if b.Asker == nil {
		return nil
	}
	w, err := b.world(ctx, "camille")
	if err != nil {
		return err
	}
	defer ended(&err, w.stop)
	a, err := b.startAsker()
	if err != nil {
		return err
	}
	defer ended(&err, a.stop)
	badge := strings.TrimPrefix(w.badge, string(w.shop.Origin))
	for _, asked := range []struct{ name, path string }{
		{"a badge's picture", badge + ".svg"}, {"a badge's token", badge + ".jwt"}, {"a status list", "/status/1.jwt"},
	} {
		if err := b.serveOne(w.shop, a, asked.name, asked.path); err != nil {
			return err
		}
	}
	return nil
}

func (b *bench) serveOne(shop *place, a *asker, name, path string) (err error) {
	answer := httptest.NewRecorder()
	shop.Handler().ServeHTTP(answer, httptest.NewRequest(http.MethodGet, path, nil))
	if answer.Code != http.StatusOK {
		return fmt.Errorf("%s answers with status %d", path, answer.Code)
	}
	body := answer.Body.Bytes()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		for name, values := range answer.Header() {
			w.Header()[name] = values
		}
		w.Write(body) // who has gone needs no answer
	}))
	defer server.Close()
	ours := side{meter: processor, do: a.asks(question{shop.listener.Addr().String(), shop.Origin.Host(), path, 0})}
	bare := side{meter: processor, do: a.asks(question{server.Listener.Addr().String(), "bare", "/", 0})}
	c, err := b.compare(ours, bare)
	if err != nil {
		return err
	}
	b.add(c.row(name+" from memory, served", "a bare net/http handler", atMost(1.2)))
	if _, err := exec.LookPath("nginx"); err != nil {
		return nil
	}
	files, err := b.startNginx(body)
	if err != nil {
		return err
	}
	defer ended(&err, files.stop)
	nginx := side{meter: files.processor, do: a.asks(question{files.address, "nginx", "/file", 0})}
	if c, err = b.compare(ours, nginx); err != nil {
		return err
	}
	b.add(c.row(name+" from memory, served", "nginx, serving a file", atMost(2.4)))
	if c, err = b.compare(bare, nginx); err != nil {
		return err
	}
	b.add(c.row("the same bytes from a bare net/http handler", "nginx, serving a file", Aim{}))
	return nil
}

// free returns a free address on loopback.
func free() (string, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	return listener.Addr().String(), listener.Close()
}

// drain reads an answer to its end.
func drain(response *http.Response) ([]byte, error) {
	defer response.Body.Close()
	return io.ReadAll(response.Body)
}
