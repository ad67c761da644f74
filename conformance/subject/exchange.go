package subject

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"

	"bonafide.example/conformance"
	"bonafide.example/conformance/wire"
)

// Exchange is a request and what came.
type Exchange struct {
	Request Request
	Status  int
	Header  http.Header
	Body    []byte
}

// JSON returns the body's value, nil if it is no JSON.
func (x *Exchange) JSON() any {
	value, err := conformance.Decode(x.Body)
	if err != nil {
		return nil
	}
	return value
}

// Object returns the body's object, an empty one if it is none.
func (x *Exchange) Object() wire.Object {
	object, _ := x.JSON().(wire.Object)
	return object
}

// Code returns the code of a refusal: of a problem document, or of an OAuth answer.
func (x *Exchange) Code() string {
	object := x.Object()
	if code := wire.Text(object, "code"); code != "" {
		return code
	}
	return wire.Text(object, "bonafide_error")
}

// Media returns the media type of the body, without its parameters.
func (x *Exchange) Media() string {
	media, _, _ := strings.Cut(x.Header.Get("Content-Type"), ";")
	return strings.ToLower(strings.TrimSpace(media))
}

// Curl returns a shell command that sends the request again. What it holds may count once only.
func (x *Exchange) Curl() string {
	words := []string{"curl", "-i"}
	if x.Request.Method != http.MethodGet {
		words = append(words, "-X", x.Request.Method)
	}
	var names []string
	for name := range x.Request.Header {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		words = append(words, "-H", name+": "+x.Request.Header[name])
	}
	if len(x.Request.Body) > 0 {
		words = append(words, "--data-binary", string(x.Request.Body))
	}
	return conformance.Command(append(words, x.Request.Address)...)
}

// String returns what came, as a person reads it.
func (x *Exchange) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s: %d", x.Request.Method, x.Request.Address, x.Status)
	for _, name := range []string{"Content-Type", "Location", "Retry-After", "Cache-Control"} {
		if value := x.Header.Get(name); value != "" {
			fmt.Fprintf(&b, "; %s: %s", name, value)
		}
	}
	fmt.Fprintf(&b, "; %s", conformance.Cut(string(x.Body), 2000))
	return b.String()
}

// Log is what passed between the suite and a site while a case was judged.
type Log struct {
	mutex     sync.Mutex
	exchanges []*Exchange
}

// Last returns the last exchange, nil if there was none.
func (l *Log) Last() *Exchange {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	if len(l.exchanges) == 0 {
		return nil
	}
	return l.exchanges[len(l.exchanges)-1]
}

// All returns all exchanges.
func (l *Log) All() []*Exchange {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	return slices.Clone(l.exchanges)
}

type logKey struct{}

// Logged returns a context under which exchanges are taken down.
func Logged(ctx context.Context) (context.Context, *Log) {
	l := &Log{}
	return context.WithValue(ctx, logKey{}, l), l
}

func record(ctx context.Context, x *Exchange) {
	if l, ok := ctx.Value(logKey{}).(*Log); ok {
		l.mutex.Lock()
		defer l.mutex.Unlock()
		l.exchanges = append(l.exchanges, x)
	}
}
