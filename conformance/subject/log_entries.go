package subject

import (
	"context"
	"crypto/sha256"
	"fmt"
	"regexp"
	"strings"
	"time"

	"bonafide.example/conformance/wire"
)

const maxEntry = 2048 // bytes

// published is where a site publishes what entries of a kind speak of. A status list is where the issuer says.
var published = map[string]*regexp.Regexp{
	"metadata":    regexp.MustCompile(`^/\.well-known/openid-federation$`),
	"keys":        regexp.MustCompile(`^/\.well-known/did\.json$`),
	"key-history": regexp.MustCompile(`^/\.well-known/bonafide-key-history$`),
	"mechanism":   regexp.MustCompile(`^/mechanisms/[^/]+/v/[1-9][0-9]*$`),
	"table":       regexp.MustCompile(`^/conversions/[^/]+/v/[1-9][0-9]*$`),
	"status-list": regexp.MustCompile(`^/[^?#]+$`),
}

// all returns the entries as they are now, byte for byte.
func (l *PublicLog) all(ctx context.Context) ([][]byte, error) {
	_, at, err := l.checkpoint(ctx)
	if err != nil {
		return nil, err
	}
	return l.read(ctx, at)
}

// Entered judges the entries one by one: their form, and that they tell nothing of anybody.
func (l *PublicLog) Entered(ctx context.Context) error {
	all, err := l.all(ctx)
	if err != nil {
		return err
	}
	for _, entry := range all {
		if err := l.checkEntry(entry); err != nil {
			return err
		}
	}
	return nil
}

// checkEntry judges an entry. Fields and kinds that it doesn't know may come with a later version, or be the site's own: of
// these it judges that they don't tell of the accounts that the suite made up.
func (l *PublicLog) checkEntry(entry []byte) error {
	e, err := wire.DecodeObject(entry)
	if err != nil || len(entry) > maxEntry {
		return Wrong(fmt.Sprintf("entries of JSON, of at most %d bytes", maxEntry), "%d bytes: %.300q", len(entry), entry)
	}
	kind := wire.Text(e, "kind")
	path, own := strings.CutPrefix(wire.Text(e, "address"), l.site.Origin+"/")
	at, failed := time.Parse(time.RFC3339, wire.Text(e, "at"))
	form := published[kind]
	switch {
	case kind == "", !own, failed != nil:
		return Wrong("entries with a kind, an address on "+l.site.Origin+" and an instant", "%v", e)
	case !hashed(wire.Text(e, "hash")):
		return Wrong("a hash in each entry", "%v", e)
	case form != nil && !form.MatchString("/"+path):
		return Wrong(fmt.Sprintf("an address under which a site publishes what entries of %s speak of", kind), "%v", e)
	case kind == "status-list" && !at.Equal(at.Truncate(24*time.Hour)):
		return Wrong("status lists entered under their day alone", "%v", e)
	case strings.Contains(string(entry), l.site.invented()):
		return Wrong("entries that tell nothing of anybody", "one of an account: %v", e)
	}
	return nil
}

func hashed(text string) bool {
	sum, is := strings.CutPrefix(text, "sha-256:")
	return is && len(wire.Decoded(sum)) == sha256.Size
}
