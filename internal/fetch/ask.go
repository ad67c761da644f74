package fetch

import (
	"bytes"
	"cmp"
	"context"
	"crypto/x509"
	"io"
	"net"
	"net/http"
	"net/netip"
	"strings"

	"bonafide.example"
)

// Question is one request as it is to be sent, for whoever examines a site that its operator named.
type Question struct {
	Method  string // "": GET
	Address string // of http too, since a site should lead from there to https
	Header  http.Header
	Body    []byte
	Network string // tcp4 or tcp6; "": either
}

// Reply is what came of a question, whatever its status. A redirect is told, not followed.
type Reply struct {
	Answer
	Certificate *x509.Certificate // the site's own; nil over http
}

// Ask sends the question as it stands, on a connection of its own. The limits of time, size and addresses are those
// of [Client.Get]; what may be wrong with an answer is for the caller to say. Errors are address-refused, bad-origin,
// bad-answer and unreachable, the last with its cause.
func (c *Client) Ask(ctx context.Context, q Question) (*Reply, error) {
	ctx, cancel := context.WithTimeout(ctx, c.timeout)
	defer cancel()
	judged := q.Address
	if rest, plain := strings.CutPrefix(q.Address, "http://"); plain && !c.local {
		judged = "https://" + rest
	}
	if _, err := c.allowed(judged); err != nil {
		return nil, err
	}
	request, err := http.NewRequestWithContext(ctx, q.Method, q.Address, bytes.NewReader(q.Body))
	if err != nil {
		return nil, bonafide.Errorf(bonafide.BadOrigin, q.Address, "is not an address").Because(err)
	}
	for name, values := range q.Header {
		request.Header[name] = values
	}
	request.Header.Set("User-Agent", userAgent)
	response, err := c.asking(q.Network).Do(request)
	if err != nil {
		return nil, networkError(ctx, q.Address, err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(io.LimitReader(response.Body, MaxBody+1))
	if err != nil {
		return nil, networkError(ctx, q.Address, err)
	}
	if len(body) > MaxBody {
		return nil, bonafide.Errorf(bonafide.BadAnswer, q.Address, "is longer than 1 MiB")
	}
	reply := &Reply{Answer: Answer{Status: response.StatusCode, Body: body, Header: response.Header}}
	if state := response.TLS; state != nil && len(state.PeerCertificates) > 0 {
		reply.Certificate = state.PeerCertificates[0]
	}
	return reply, nil
}

// asking returns a client that keeps no connection and follows nothing. only is the one network that it uses; "": any.
func (c *Client) asking(only string) *http.Client {
	return &http.Client{
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Transport: &http.Transport{
			DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
				return c.dial(ctx, cmp.Or(only, network), address)
			},
			DisableCompression:     true,
			DisableKeepAlives:      true,
			MaxResponseHeaderBytes: MaxHeader,
		},
	}
}

// Addresses returns what the name leads to.
func (c *Client) Addresses(ctx context.Context, name string) ([]netip.Addr, error) {
	ctx, cancel := context.WithTimeout(ctx, c.timeout)
	defer cancel()
	return net.DefaultResolver.LookupNetIP(ctx, "ip", name)
}
