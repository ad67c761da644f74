package web

import (
	"net/http"
	"net/netip"
	"slices"
	"strings"
)

// ClientAddress returns a function that returns the address that a request comes from: that of the connection, or
// where that is one of the proxies, the last one in X-Forwarded-For that is none. An address that isn't public isn't
// known: it is that of a proxy which nobody named, and so everybody's, or of this machine.
func ClientAddress(proxies []netip.Prefix) func(*http.Request) (netip.Addr, bool) {
	believed := func(a netip.Addr) bool {
		return slices.ContainsFunc(proxies, func(p netip.Prefix) bool { return p.Contains(a) })
	}
	return func(r *http.Request) (netip.Addr, bool) {
		connection, err := netip.ParseAddrPort(r.RemoteAddr)
		if err != nil {
			return netip.Addr{}, false
		}
		client := connection.Addr().Unmap()
		forwarded := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
		for _, hop := range slices.Backward(forwarded) {
			if !believed(client) {
				break
			}
			if client, err = netip.ParseAddr(strings.TrimSpace(hop)); err != nil {
				return netip.Addr{}, false
			}
			client = client.Unmap()
		}
		return client, client.IsGlobalUnicast() && !client.IsPrivate() && !believed(client)
	}
}

// network returns what usually is one household's, office's or provider's customer's: a /24 of IPv4, a /64 of IPv6.
func network(a netip.Addr) netip.Prefix {
	bits := 64
	if a.Is4() {
		bits = 24
	}
	p, _ := a.WithZone("").Prefix(bits) // it fails only for more bits than an address has
	return p
}
