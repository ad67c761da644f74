package evil

import (
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"strings"
	"sync"
	"time"

	"bonafide.example/conformance/peer"
)

// secureBase is how the origins of behaviours over https are written. Their names resolve to public addresses, in namespaces
// where these are this machine's.
const secureBase = "https://{name}.evil.example"

// The addresses that names resolve to as long as nothing else was set, and one where nobody listens.
const (
	publicAddress = "93.184.216.34"
	emptyAddress  = "93.184.216.35"
)

// secureWorld is what behaviours over https need beyond others: certificates, and names.
type secureWorld struct {
	network   *peer.Network
	authority *authority
	mutex     sync.Mutex
	configs   map[string]func(*tls.ClientHelloInfo) (*tls.Config, error) // by host
	hosts     map[string][]string                                        // addresses by host
}

func openSecure() (*secureWorld, error) {
	authority, err := newAuthority()
	if err != nil {
		return nil, err
	}
	if err := takeAddresses(publicAddress, emptyAddress); err != nil {
		return nil, err
	}
	listener, err := net.Listen("tcp", publicAddress+":443")
	if err != nil {
		return nil, err
	}
	w := &secureWorld{authority: authority, configs: map[string]func(*tls.ClientHelloInfo) (*tls.Config, error){}, hosts: map[string][]string{}}
	secured := tls.NewListener(listener, &tls.Config{GetConfigForClient: w.config})
	w.network, err = peer.New(secured, secureBase, time.Now)
	return w, err
}

// config returns what is shown to whoever asks for a host.
func (w *secureWorld) config(hello *tls.ClientHelloInfo) (*tls.Config, error) {
	w.mutex.Lock()
	config := w.configs[hello.ServerName]
	w.mutex.Unlock()
	if config == nil {
		return nil, fmt.Errorf("there is no host %q", hello.ServerName)
	}
	return config(hello)
}

// host returns the site's host.
func (s *site) host() string { return strings.TrimPrefix(s.Origin, "https://") }

// shows sets how the site's host answers a handshake.
func (s *site) shows(config func(*tls.ClientHelloInfo) (*tls.Config, error)) {
	s.secure.mutex.Lock()
	defer s.secure.mutex.Unlock()
	s.secure.configs[s.host()] = config
}

// certified shows a certificate of the authority that the program trusts, changed by alter.
func (s *site) certified(alter func(*wish)) {
	of := wish{hosts: []string{s.host()}, from: time.Now().Add(-time.Hour), until: time.Now().Add(time.Hour)}
	if alter != nil {
		alter(&of)
	}
	certificate := s.secure.authority.certify(of)
	config := &tls.Config{Certificates: []tls.Certificate{certificate}, MinVersion: of.oldest, MaxVersion: of.newest}
	s.shows(func(*tls.ClientHelloInfo) (*tls.Config, error) { return config, nil })
}

// resolves sets what the site's name resolves to, and watches the last address, at this port.
func (s *site) resolves(port string, addresses ...string) {
	last := addresses[len(addresses)-1]
	s.canary.close()
	s.secure.hosts[s.host()] = addresses
	if s.err = takeAddresses(last); s.err != nil {
		return
	}
	var watching *canary
	if watching, s.err = newCanary(net.JoinHostPort(last, port)); s.err == nil {
		s.canary = watching
	}
}

// Secure returns the behaviours over https, which take namespaces ([Isolate]).
func Secure() []Behaviour {
	all := behaviours(MaxTime, handshakes())
	all = append(all, behaviours(MaxFetch, []entry{
		{"tls-never-ends", "The handshake never ends.", "unreachable", "BF-FETCH-4", func(s *site) {
			s.shows(func(hello *tls.ClientHelloInfo) (*tls.Config, error) { linger(hello.Conn); return nil, errNoAnswer })
		}},
	})...)
	all = append(all, behaviours(MaxTime, names())...)
	for i := range all {
		all[i].secure = true
	}
	return all
}

var errNoAnswer = errors.New("no answer was meant")

// handshakes is certificates and handshakes that aren't right, and some that are.
func handshakes() []entry {
	const due, shows = "unreachable or bad-answer", "BF-FETCH-1"
	certified := func(name, about string, alter func(*wish)) entry {
		return entry{"tls-" + name, about, due, shows, func(s *site) { s.certified(alter) }}
	}
	plainly := func(name, about, text string) entry {
		return entry{"tls-" + name, about, due, shows, func(s *site) {
			s.shows(func(hello *tls.ClientHelloInfo) (*tls.Config, error) { put(hello.Conn, text); return nil, errNoAnswer })
		}}
	}
	return []entry{
		{"tls-honest", "A plain badge over https.", "ok", shows, func(s *site) { s.certified(nil) }},
		{"tls-honest-1.2", "A plain badge over TLS 1.2.", "ok", shows, func(s *site) { s.certified(func(w *wish) { w.newest = tls.VersionTLS12 }) }},
		{"tls-honest-redirects", "Three redirects lead to the badge, over https.", "ok", "BF-FETCH-3", func(s *site) {
			s.certified(nil)
			s.badge(s.steps(3, 0, s.honestBadge()))
		}},
		certified("self-signed", "The certificate is signed by itself.", func(w *wish) { w.selfSigned = true }),
		certified("expired", "The certificate expired an hour ago.", func(w *wish) { w.from, w.until = w.from.Add(-day), time.Now().Add(-time.Hour) }),
		certified("not-yet", "The certificate is valid from tomorrow on.", func(w *wish) { w.from, w.until = time.Now().Add(day), time.Now().Add(2*day) }),
		certified("other-host", "The certificate is another host's.", func(w *wish) { w.hosts = []string{"other.evil.example"} }),
		certified("wider", "The certificate is for all names of one label more.", func(w *wish) { w.hosts = []string{"*." + w.hosts[0]} }),
		certified("common-name", "The certificate has the host as its common name alone.", func(w *wish) { w.commonName, w.hosts = w.hosts[0], nil }),
		certified("for-clients", "The certificate is for clients.", func(w *wish) { w.forClients = true }),
		certified("1.1", "The server knows TLS 1.0 and 1.1 alone.", func(w *wish) { w.oldest, w.newest = tls.VersionTLS10, tls.VersionTLS11 }),
		plainly("none", "Plain HTTP is spoken on the port of https.", "HTTP/1.1 200 OK\r\nContent-Type: application/vc+jwt\r\nContent-Length: 5\r\n\r\neyJhb"),
		plainly("garbage", "The handshake is garbage.", "\x16\x03\x03\xff\xff\x02"+strings.Repeat("\x00", 100)),
		plainly("closed", "The connection closes amid the handshake.", ""),
		{"tls-redirect-down", "The badge's address leads to http.", "bad-redirect", "BF-FETCH-3 BF-FETCH-1", func(s *site) {
			s.certified(nil)
			s.resolves("80", publicAddress)
			s.badge(to("http://" + s.host() + "/b"))
		}},
	}
}

// names is names that lead to where nobody must be led, and addresses that aren't to be visited.
func names() []entry {
	private := func(name, about string, addresses ...string) entry {
		return entry{"name-" + name, about, "address-refused or unreachable", "BF-FETCH-2", func(s *site) {
			s.certified(nil)
			s.resolves("443", addresses...)
		}}
	}
	return []entry{
		private("of-loopback", "The name resolves to 127.0.0.1.", "127.0.0.1"),
		private("of-loopback-6", "The name resolves to ::1.", "::1"),
		private("of-private-net", "The name resolves to 10.0.0.1.", "10.0.0.1"),
		private("of-private-net-6", "The name resolves to fd00::1.", "fd00::1"),
		private("of-carrier-net", "The name resolves to 100.64.0.1.", "100.64.0.1"),
		private("of-metadata", "The name resolves to 169.254.169.254.", "169.254.169.254"),
		private("of-loopback-mapped", "The name resolves to ::ffff:127.0.0.2.", "::ffff:127.0.0.2"),
		private("of-two", "The name resolves to a public address where nobody listens, and to 127.0.0.3.", emptyAddress, "127.0.0.3"),
		{"name-at-port-22", "The badge's address has the port of another service.", "address-refused", "BF-FETCH-1", func(s *site) {
			s.resolves("22", publicAddress)
			s.Badge = s.Origin + ":22" + s.badgePath()
		}},
		{"name-without-tls", "The badge's address is http.", "address-refused or bad-origin", "BF-FETCH-1 BF-ORIGIN-4", func(s *site) {
			s.resolves("8080", publicAddress)
			s.Badge = "http://" + s.host() + ":8080" + s.badgePath()
		}},
		{"name-is-ip", "The badge's address is an IP address.", "address-refused or bad-origin", "BF-FETCH-1 BF-ORIGIN-3", func(s *site) {
			s.resolves("8443", publicAddress)
			s.Badge = "https://" + publicAddress + ":8443" + s.badgePath()
		}},
		{"name-of-nothing", "The name resolves to nothing.", "unreachable", "BF-FETCH-6", func(s *site) { s.secure.hosts[s.host()] = nil }},
	}
}
