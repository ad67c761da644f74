package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"

	"bonafide.example"
	"bonafide.example/internal/web"
	"bonafide.example/issuer"
)

// adminClient speaks to a site's administration, wherever it is.
type adminClient struct {
	http *http.Client
}

// dialAdmin returns a client of the server that listens on the socket, false if there is none.
func dialAdmin(socket string) (*adminClient, bool) {
	dial := func(ctx context.Context, _, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, "unix", socket)
	}
	conn, err := dial(context.Background(), "", "")
	if err != nil {
		return nil, false
	}
	conn.Close()
	return &adminClient{&http.Client{Transport: &http.Transport{DialContext: dial}}}, true
}

// inProcess lets the same client speak to a handler of this process.
type inProcess struct {
	handler http.Handler
}

func (p inProcess) RoundTrip(r *http.Request) (*http.Response, error) {
	answer := &buffered{header: http.Header{}, status: http.StatusOK}
	p.handler.ServeHTTP(answer, r)
	return &http.Response{
		Status: http.StatusText(answer.status), StatusCode: answer.status, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: answer.header, Body: io.NopCloser(&answer.body), ContentLength: int64(answer.body.Len()), Request: r,
	}, nil
}

type buffered struct {
	header http.Header
	status int
	body   bytes.Buffer
}

func (b *buffered) Header() http.Header            { return b.header }
func (b *buffered) WriteHeader(status int)         { b.status = status }
func (b *buffered) Write(data []byte) (int, error) { return b.body.Write(data) }

// send sends a request to the administration and returns its answer. A problem document comes back as the
// *bonafide.Error that it tells.
func (c *adminClient) send(ctx context.Context, method, path string, body any) ([]byte, error) {
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
		problem, err := bonafide.ParsePeer[web.ProblemDocument](data)
		if err != nil {
			return nil, fmt.Errorf("the administration answered %s", response.Status)
		}
		return nil, &bonafide.Error{Code: problem.Code, Subject: problem.Subject, Detail: problem.Detail}
	}
	return data, nil
}

// call sends a request to the administration and reads its answer, the zero T if that is empty.
func call[T any](ctx context.Context, c *adminClient, method, path string, body any) (answer T, err error) {
	data, err := c.send(ctx, method, path, body)
	if err != nil || len(data) == 0 {
		return answer, err
	}
	return bonafide.ParsePeer[T](data)
}

// RecordBatch implements [issuer.Sink].
func (c *adminClient) RecordBatch(ctx context.Context, batch issuer.Batch) (int, error) {
	answer, err := call[issuer.Recorded](ctx, c, http.MethodPost, "/admin/imports/"+url.PathEscape(batch.Import), batch)
	return answer.Recorded, err
}

// ImportedRows implements [issuer.Sink].
func (c *adminClient) ImportedRows(ctx context.Context, id string) (int64, error) {
	answer, err := call[issuer.Imported](ctx, c, http.MethodGet, "/admin/imports/"+url.PathEscape(id), nil)
	return answer.Rows, err
}
