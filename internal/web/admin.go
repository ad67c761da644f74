package web

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"time"
)

// maxSocketPath is the most that systems take, in bytes (unix(7): sun_path, less its end).
const maxSocketPath = 107

// ListenAdmin listens for a site's administration, on a socket that only the owner may use (mode 0600). A socket left
// at the path by a server which is gone is replaced.
func ListenAdmin(path string) (net.Listener, error) {
	if len(path) > maxSocketPath {
		return nil, fmt.Errorf("the path of the administration's socket, %q, has over %d bytes; choose a shorter one with --admin", path, maxSocketPath)
	}
	if _, there := DialAdmin(path); there {
		return nil, fmt.Errorf("another server has its administration's socket at %q; choose another with --admin", path)
	}
	if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, err
	}
	defer ownerOnly()()
	return net.Listen("unix", path)
}

// Unhurried lets answers take as long as they do: the owner may ask for much at once, such as a badge for
// every member.
func Unhurried(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if err := http.NewResponseController(w).SetWriteDeadline(time.Time{}); err != nil {
			Problem(w, err)
			return
		}
		next.ServeHTTP(w, r)
	})
}
