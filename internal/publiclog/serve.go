package publiclog

import (
	"net/http"
	"strings"

	"bonafide.example"
	"bonafide.example/internal/web"
	"bonafide.example/store"
	"golang.org/x/mod/sumdb/tlog"
)

// tileHeight is that of C2SP tlog-tiles: a full tile has 256 hashes.
const tileHeight = 8

// The media types of a log's files.
const (
	mediaCheckpoint = "text/plain"
	mediaTile       = "application/octet-stream"
)

// tilePath is a tile's path below the log's address. C2SP leaves out the height, and says entries where tlog says data.
func tilePath(t tlog.Tile) string {
	_, rest, _ := strings.Cut(strings.TrimPrefix(t.Path(), "tile/"), "/")
	if t.L < 0 {
		rest = "entries" + strings.TrimPrefix(rest, "data")
	}
	return "/tile/" + rest
}

// parseTilePath reads what follows /tile/.
func parseTilePath(rest string) (tlog.Tile, error) {
	if bundle, ok := strings.CutPrefix(rest, "entries/"); ok {
		rest = "data/" + bundle
	} else if strings.HasPrefix(rest, "data/") {
		rest = ""
	}
	return tlog.ParseTilePath("tile/8/" + rest)
}

// ServeCheckpoint answers for /log/checkpoint. An old answer would look like a log that lost something.
func (l *Log) ServeCheckpoint(w http.ResponseWriter, r *http.Request) error {
	c, err := l.Checkpoint(r.Context())
	if err != nil {
		return err
	}
	web.Public(w.Header(), "no-store")
	w.Header().Set("Content-Type", mediaCheckpoint+"; charset=utf-8")
	_, err = w.Write([]byte(c.Text))
	return err
}

// ServeTile answers for /log/tile/L/N and /log/tile/entries/N, each with .p/W for a tile that isn't full.
func (l *Log) ServeTile(w http.ResponseWriter, r *http.Request) error {
	missing := bonafide.Errorf(bonafide.NotFound, r.URL.Path, "is no tile of the log")
	tile, err := parseTilePath(r.PathValue("tile"))
	if err != nil || tile.L > maxLevel || tile.N > maxSize {
		return missing
	}
	var data []byte
	err = l.Store.View(r.Context(), func(tx store.Reader) error {
		size, _, err := store.GetJSON[int64](tx, sizeKey())
		if err != nil {
			return err
		}
		if tile.N<<tileHeight+int64(tile.W) > size>>(tileHeight*max(tile.L, 0)) {
			return missing
		}
		if tile.L < 0 {
			data, err = readBundle(tx, tile)
			return err
		}
		data, err = tlog.ReadTileData(tile, hashesIn{tx})
		return err
	})
	if err != nil {
		return err
	}
	web.Public(w.Header(), "public, max-age=31536000, immutable")
	w.Header().Set("Content-Type", mediaTile)
	_, err = w.Write(data)
	return err
}

// maxLevel is the highest level of tiles that a log of maxSize entries has.
const maxLevel = 4

// readBundle returns the entries of a tile, each after its length in two bytes.
func readBundle(r store.Reader, tile tlog.Tile) ([]byte, error) {
	first := tile.N << tileHeight
	entries, err := entriesIn(r, first, first+int64(tile.W))
	return bundle(entries), err
}
