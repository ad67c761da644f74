package subject

import (
	"context"
	"fmt"
	"net/http"
	"strings"

	"bonafide.example/conformance/wire"
)

// PublicLog is a site's public log (chapter 14), as its entity configuration names it. What isn't as it should be is a [Fault].
type PublicLog struct {
	site    *Site
	address string
	named   []string // its keys
	first   *wire.Checkpoint
}

// PublicLog returns the log that the site's entity configuration names, nil if it names none: a log is optional.
func (s *Site) PublicLog(entity wire.Object) *PublicLog {
	log := wire.At(entity, "metadata", "bonafide_log")
	if log == nil {
		return nil
	}
	return &PublicLog{site: s, address: wire.Text(log, "address"), named: wire.Strings(log, "vkeys")}
}

// name is what the log is called in its checkpoints.
func (l *PublicLog) name() string {
	_, name, _ := strings.Cut(l.address, "://")
	return name
}

// keys reads the keys that the site names.
func (l *PublicLog) keys() (keys []*wire.NoteKey, err error) {
	for _, text := range l.named {
		key, err := wire.ParseNoteKey(text)
		if err != nil {
			return nil, Wrong("a verifier key of a signed note, of Ed25519, in bonafide_log.vkeys", "%q: %v", text, err)
		}
		keys = append(keys, key)
	}
	return keys, nil
}

// checkNamed judges what the entity configuration says of the log.
func (l *PublicLog) checkNamed(context.Context) error {
	if !strings.HasPrefix(l.address, l.site.Origin+"/") {
		return Wrong("bonafide_log.address on "+l.site.Origin, "%q", l.address)
	}
	if len(l.named) < 1 || len(l.named) > 16 {
		return Wrong("1 to 16 keys in bonafide_log.vkeys", "%d", len(l.named))
	}
	keys, err := l.keys()
	for _, k := range keys {
		if k.Name != l.name() {
			return Wrong("keys under the name "+l.name(), "%q", k.Name)
		}
	}
	return err
}

// checkSigned judges the checkpoint as it is served.
func (l *PublicLog) checkSigned(ctx context.Context) error {
	x, _, err := l.checkpoint(ctx)
	if err != nil {
		return err
	}
	if cached := x.Header.Get("Cache-Control"); !strings.Contains(cached, "no-store") {
		return Wrong("Cache-Control: no-store", "%q", cached)
	}
	return nil
}

func (l *PublicLog) checkpoint(ctx context.Context) (*Exchange, *wire.Checkpoint, error) {
	x, err := l.site.Anybody().Get(ctx, l.address+"/checkpoint", "text/plain")
	if err != nil {
		return nil, nil, err
	}
	if x.Status != http.StatusOK || x.Media() != "text/plain" {
		return nil, nil, Wrong("200 with text/plain at "+l.address+"/checkpoint", "%d with %s", x.Status, x.Media())
	}
	keys, err := l.keys()
	if err != nil {
		return nil, nil, err
	}
	c, err := wire.OpenCheckpoint(x.Body, l.name(), keys)
	if err != nil {
		return nil, nil, Wrong("a signed checkpoint of "+l.name(), "%v: %.500q", err, x.Body)
	}
	return x, c, nil
}

const inTile = 256 // entries, or hashes, of a whole file

// read fetches the entries under a checkpoint, and judges whether they make up its root, and the lowest hashes are theirs.
func (l *PublicLog) read(ctx context.Context, at *wire.Checkpoint) (entries [][]byte, err error) {
	for n := int64(0); n*inTile < at.Size; n++ {
		width := int(min(inTile, at.Size-n*inTile))
		data, err := l.file(ctx, "entries", n, width)
		if err != nil {
			return nil, err
		}
		some, err := wire.Bundle(data, width)
		if err != nil {
			return nil, Wrong(fmt.Sprintf("a file of %d entries", width), "%v", err)
		}
		hashes, err := l.file(ctx, "0", n, width)
		if err != nil {
			return nil, err
		}
		due := []byte{}
		for _, entry := range some {
			leaf := wire.LeafHash(entry)
			due = append(due, leaf[:]...)
		}
		if string(due) != string(hashes) {
			return nil, Wrong(fmt.Sprintf("the hashes of the %d entries in the tile of level 0", width), "%d other bytes", len(hashes))
		}
		entries = append(entries, some...)
	}
	if root := wire.TreeRoot(entries); root != at.Root {
		return nil, Wrong(fmt.Sprintf("%d entries under the root that was signed, %x", at.Size, at.Root), "the root %x", root)
	}
	return entries, nil
}

// file fetches a file of the log: entries, or hashes of a level.
func (l *PublicLog) file(ctx context.Context, level string, n int64, width int) ([]byte, error) {
	number := fmt.Sprintf("%03d", n%1000)
	for n /= 1000; n > 0; n /= 1000 {
		number = fmt.Sprintf("x%03d/%s", n%1000, number)
	}
	address := fmt.Sprintf("%s/tile/%s/%s", l.address, level, number)
	if width < inTile {
		address += fmt.Sprintf(".p/%d", width)
	}
	x, err := l.site.Anybody().Get(ctx, address, "application/octet-stream")
	if err != nil {
		return nil, err
	}
	if x.Status != http.StatusOK || x.Media() != "application/octet-stream" {
		return nil, Wrong("200 with application/octet-stream at "+address, "%d with %s", x.Status, x.Media())
	}
	return x.Body, nil
}

// Remember takes the checkpoint as it is now, for [PublicLog.Follows].
func (l *PublicLog) Remember(ctx context.Context) (err error) {
	_, l.first, err = l.checkpoint(ctx)
	return err
}

// Follows judges whether the log still begins with what it was, and has its files of then.
func (l *PublicLog) Follows(ctx context.Context) error {
	_, now, err := l.checkpoint(ctx)
	if err != nil {
		return err
	}
	if now.Size < l.first.Size {
		return Wrong(fmt.Sprintf("%d entries or more, as before", l.first.Size), "%d", now.Size)
	}
	entries, err := l.read(ctx, now)
	if err != nil {
		return err
	}
	if root := wire.TreeRoot(entries[:l.first.Size]); root != l.first.Root {
		return Wrong(fmt.Sprintf("the same %d first entries, under the root %x", l.first.Size, l.first.Root), "the root %x", root)
	}
	_, err = l.read(ctx, l.first)
	return err
}
