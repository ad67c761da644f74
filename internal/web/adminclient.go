package web

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"

	"bonafide.example"
)

// AdminClient speaks to a site's administration, wherever it is.
type AdminClient struct {
	http *http.Client
}

// DialAdmin returns a client of the server that listens on the socket, false if there is none.
func DialAdmin(socket string) (*AdminClient, bool) {
	dial := func(ctx context.Context, _, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, "unix", socket)
	}
	conn, err := dial(context.Background(), "", "")
	if err != nil {
		return nil, false
	}
	conn.Close()
	return &AdminClient{&http.Client{Transport: &http.Transport{DialContext: dial}}}, true
}

// AdminOf returns a client of a handler of this process.
func AdminOf(handler http.Handler) *AdminClient {
	return &AdminClient{&http.Client{Transport: inProcess{handler}}}
}

// inProcess lets a client speak to a handler.
type inProcess struct {
	handler http.Handler
}

func (p inProcess) RoundTrip(r *http.Request) (*http.Response, error) {
	answer := Ask(p.handler, r)
	return &http.Response{
		Status: http.StatusText(answer.Status), StatusCode: answer.Status, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: answer.header, Body: io.NopCloser(&answer.Body), ContentLength: int64(answer.Body.Len()), Request: r,
	}, nil
}

// Answer is what a handler of this process answered.
type Answer struct {
	Status int
	Body   bytes.Buffer
	header http.Header
}

// Ask has a handler of this process answer a request.
func Ask(handler http.Handler, r *http.Request) *Answer {
	a := &Answer{Status: http.StatusOK, header: http.Header{}}
	handler.ServeHTTP(a, r)
	return a
}

// Header implements [http.ResponseWriter], as WriteHeader and Write do.
func (a *Answer) Header() http.Header            { return a.header }
func (a *Answer) WriteHeader(status int)         { a.Status = status }
func (a *Answer) Write(data []byte) (int, error) { return a.Body.Write(data) }

// AdminPath returns the path of the administration that these parts make, each of them escaped.
func AdminPath(parts ...string) string {
	path := "/admin"
	for _, part := range parts {
		escaped := url.PathEscape(part)
		if part == "." || part == ".." { // as they are they would lead elsewhere
			escaped = strings.ReplaceAll(part, ".", "%2E")
		}
		path += "/" + escaped
	}
	return path
}

// Send sends a request to the administration and returns its answer. A problem document comes back as the
// *bonafide.Error that it tells.
func (c *AdminClient) Send(ctx context.Context, method, path string, body any) ([]byte, error) {
	sent := []byte{}
	if body != nil {
		var err error
		if sent, err = bonafide.MarshalJSON(body); err != nil {
			return nil, err
		}
	}
	r, err := http.NewRequestWithContext(ctx, method, "http://admin"+path, bytes.NewReader(sent))
	if err != nil {
		return nil, err
	}
	r.Header.Set("Content-Type", "application/json")
	response, err := c.http.Do(r)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	data, err := io.ReadAll(response.Body)
	if err != nil {
		return nil, err
	}
	if response.StatusCode >= http.StatusBadRequest {
		return nil, problemOf(response, data)
	}
	return data, nil
}

// problemOf returns the error that an answer tells.
func problemOf(response *http.Response, data []byte) error {
	problem, err := bonafide.ParsePeer[ProblemDocument](data)
	if err != nil {
		return fmt.Errorf("the administration answered %s", response.Status)
	}
	return &bonafide.Error{Code: problem.Code, Subject: problem.Subject, Detail: problem.Detail}
}

// Stream copies what the administration answers at path to w, however long it is. Whether it is whole only the content tells.
func (c *AdminClient) Stream(ctx context.Context, path string, w io.Writer) error {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://admin"+path, nil)
	if err != nil {
		return err
	}
	response, err := c.http.Do(r)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		data, err := io.ReadAll(response.Body)
		return errors.Join(problemOf(response, data), err)
	}
	_, err = io.Copy(w, response.Body)
	return err
}

// CallAdmin sends a request to the administration and reads its answer, the zero T if that is empty.
func CallAdmin[T any](ctx context.Context, c *AdminClient, method, path string, body any) (answer T, err error) {
	data, err := c.Send(ctx, method, path, body)
	if err != nil || len(data) == 0 {
		return answer, err
	}
	return bonafide.ParsePeer[T](data)
}
