package main

import (
	"crypto/tls"
	"fmt"
	"log/slog"
	"os"
	"sync"
	"time"
)

// pair is a certificate and its key in two files, in PEM, whoever puts them there. They are read anew when one of them has
// changed; while they don't fit, those of before are used. It is safe for concurrent use.
type pair struct {
	certificate, key string // paths
	host             string // that the certificate is to be for
	log              *slog.Logger

	mu   sync.Mutex
	seen [2]version // of the files, good or not
	good *tls.Certificate
}

// version tells a file from what it was before.
type version struct {
	at   time.Time
	size int64
}

// get returns the certificate, for any visitor.
func (p *pair) get(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	if err := p.read(); err != nil {
		p.log.Error("the certificate of before is used on", "error", err)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.good, nil
}

// read takes the files as they are, if they have changed since it looked last.
func (p *pair) read() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	var now [2]version
	for i, path := range []string{p.certificate, p.key} {
		if info, err := os.Stat(path); err == nil {
			now[i] = version{info.ModTime(), info.Size()}
		}
	}
	if now == p.seen && p.good != nil {
		return nil
	}
	p.seen = now
	read, err := tls.LoadX509KeyPair(p.certificate, p.key)
	if err != nil {
		return fmt.Errorf("--tls-cert %s with --tls-key %s: %w", p.certificate, p.key, err)
	}
	if err := read.Leaf.VerifyHostname(p.host); err != nil {
		return fmt.Errorf("--tls-cert %s: %w", p.certificate, err)
	}
	p.good = &read
	return nil
}
