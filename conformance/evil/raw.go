package evil

import (
	"io"
	"net"
	"net/http"
	"time"

	"bonafide.example/conformance/peer"
)

// maxHeld is how long a connection is held at most. A verification is over long before.
const maxHeld = 30 * time.Second

// raw hands the connection to write once the request was read, and closes it afterwards.
func raw(write func(net.Conn)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		conn, _, err := http.NewResponseController(w).Hijack()
		if err != nil {
			panic(err) // it is HTTP/1.1
		}
		defer conn.Close()
		if conn.SetDeadline(time.Now().Add(maxHeld)) == nil {
			write(conn)
		}
	}
}

// says writes a text that needn't be HTTP.
func says(text string) http.HandlerFunc {
	return raw(func(conn net.Conn) { put(conn, text) })
}

// put writes, and tells whether whoever reads is still there.
func put(conn net.Conn, text string) bool {
	_, err := io.WriteString(conn, text)
	return err == nil
}

// endless writes start, and then part again and again.
func endless(start, part string) http.HandlerFunc {
	return raw(func(conn net.Conn) {
		for there := put(conn, start); there; there = put(conn, part) {
		}
	})
}

// dripping writes start, and then a byte of rest now and then.
func dripping(start, rest string) http.HandlerFunc {
	return raw(func(conn net.Conn) {
		there := put(conn, start)
		for i := 0; there && i < len(rest); i++ {
			time.Sleep(200 * time.Millisecond)
			there = put(conn, rest[i:i+1])
		}
		linger(conn)
	})
}

// thenSilence writes start and says no more.
func thenSilence(start string) http.HandlerFunc {
	return raw(func(conn net.Conn) {
		if put(conn, start) {
			linger(conn)
		}
	})
}

// linger waits until the other side goes.
func linger(conn net.Conn) {
	// Whether it goes, or the time is up, makes no difference.
	_, _ = io.Copy(io.Discard, conn)
}

// late answers only after a while, or not at all if whoever asked is gone by then.
func late(by time.Duration, answer http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		select {
		case <-time.After(by):
			answer(w, r)
		case <-r.Context().Done():
		}
	}
}

// with answers as answer does, with a status and fields of the header changed.
func with(status int, answer http.HandlerFunc, fields ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		answer(&rewriter{ResponseWriter: w, status: status, fields: fields}, r)
	}
}

// rewriter changes a status and fields of a header as they are written. Fields are names and values in turn; the first value
// of a name replaces what was there, further ones stand beside it, and an empty one leaves the field out.
type rewriter struct {
	http.ResponseWriter
	status int
	fields []string
	begun  bool
}

func (w *rewriter) WriteHeader(int) {
	w.begun = true
	header := w.Header()
	for i := 0; i < len(w.fields); i += 2 {
		header[w.fields[i]] = nil
	}
	for i := 0; i < len(w.fields); i += 2 {
		if name, value := w.fields[i], w.fields[i+1]; value != "" {
			header[name] = append(header[name], value)
		}
	}
	w.ResponseWriter.WriteHeader(w.status)
}

func (w *rewriter) Write(data []byte) (int, error) {
	if !w.begun {
		w.WriteHeader(w.status)
	}
	return w.ResponseWriter.Write(data)
}

// page answers with a page for people.
func page(body string) http.HandlerFunc { return peer.Text("text/html; charset=utf-8", body) }
