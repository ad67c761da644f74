package publiclog

import (
	"context"
	"encoding/binary"

	"bonafide.example"
	"golang.org/x/mod/sumdb/tlog"
)

// GetFunc fetches an address, and takes only that media type. Its errors name the address.
type GetFunc func(ctx context.Context, address, media string) ([]byte, error)

// Source is a site's log as its readers find it.
type Source struct {
	Origin bonafide.Origin
	bonafide.LogMetadata
	Get GetFunc
}

// Checkpoint fetches the checkpoint that the log has now. Errors are those of [OpenCheckpoint] and of Get.
func (s *Source) Checkpoint(ctx context.Context) (*Checkpoint, error) {
	text, err := s.Get(ctx, s.Address+"/checkpoint", mediaCheckpoint)
	if bonafide.CodeOf(err) == bonafide.NotFound {
		return nil, bonafide.Errorf(bonafide.BadLog, s.Address, "has no checkpoint").Because(err)
	}
	if err != nil {
		return nil, err
	}
	return OpenCheckpoint(string(text), s.Address, s.Keys)
}

// Follows tells whether the log as it is now begins with what it was: the one now has no fewer entries
// ([bonafide.LogRolledBack]), and the first of them are the same ([bonafide.LogForked]).
func (s *Source) Follows(ctx context.Context, last, now *Checkpoint) error {
	if now.Size < last.Size {
		return bonafide.Errorf(bonafide.LogRolledBack, s.Address, "has %d entries, and had %d", now.Size, last.Size)
	}
	root := now.Root
	if now.Size > last.Size && last.Size > 0 {
		var err error
		if root, err = tlog.TreeHash(last.Size, s.hashes(ctx, now)); err != nil {
			return s.unproved(err)
		}
	}
	if last.Size > 0 && root != last.Root {
		return bonafide.Errorf(bonafide.LogForked, s.Address, "its first %d entries aren't those that it had", last.Size)
	}
	return nil
}

// Entries calls fn with each entry from the one numbered from on, the first being 0, once its hash is in the tree. It
// fails with [bonafide.BadLog], with what Get fails with, or with the error of fn.
func (s *Source) Entries(ctx context.Context, at *Checkpoint, from int64, fn func(number int64, e Entry) error) error {
	if from >= at.Size {
		return nil
	}
	hashes := s.hashes(ctx, at)
	for bundle := from >> tileHeight; bundle<<tileHeight < at.Size; bundle++ {
		first := bundle << tileHeight
		tile := tlog.Tile{H: tileHeight, L: -1, N: bundle, W: int(min(1<<tileHeight, at.Size-first))}
		address := s.Address + tilePath(tile)
		data, err := s.Get(ctx, address, mediaTile)
		if err != nil {
			return err
		}
		records, err := parseBundle(data, tile.W, address)
		if err != nil {
			return err
		}
		indexes := make([]int64, tile.W)
		for i := range indexes {
			indexes[i] = tlog.StoredHashIndex(0, first+int64(i))
		}
		leaves, err := hashes.ReadHashes(indexes)
		if err != nil {
			return s.unproved(err)
		}
		for i, record := range records {
			if tlog.RecordHash(record) != leaves[i] {
				return bonafide.Errorf(bonafide.BadLog, address, "its entry %d isn't the one under the root", first+int64(i))
			}
			if first+int64(i) < from {
				continue
			}
			e, err := ParseEntry(record, s.Origin)
			if err != nil {
				return err
			}
			if err := fn(first+int64(i), e); err != nil {
				return err
			}
		}
	}
	return nil
}

// parseBundle cuts a bundle into so many entries.
func parseBundle(data []byte, entries int, address string) (records [][]byte, err error) {
	torn := bonafide.Errorf(bonafide.BadLog, address, "is not %d entries, each after its length", entries)
	for range entries {
		if len(data) < 2 {
			return nil, torn
		}
		length := int(binary.BigEndian.Uint16(data))
		if data = data[2:]; length > len(data) {
			return nil, torn
		}
		records = append(records, data[:length])
		data = data[length:]
	}
	if len(data) > 0 {
		return nil, torn
	}
	return records, nil
}

// hashes reads hashes of the tree under the checkpoint's root, and proves each by it.
func (s *Source) hashes(ctx context.Context, at *Checkpoint) tlog.HashReader {
	return tlog.TileHashReader(tlog.Tree{N: at.Size, Hash: at.Root}, &tiles{ctx: ctx, source: s, kept: map[tlog.Tile][]byte{}})
}

// unproved says what went wrong in reading hashes: in the peer's answer, or in getting one.
func (s *Source) unproved(err error) error {
	if bonafide.CodeOf(err) != bonafide.Internal {
		return err
	}
	return bonafide.Errorf(bonafide.BadLog, s.Address, "its tiles don't make up the root that it signed").Because(err)
}

// tiles is a [tlog.TileReader] that asks the site, once for each tile.
type tiles struct {
	ctx    context.Context
	source *Source
	kept   map[tlog.Tile][]byte // those that were proved
}

// Height returns the height of tiles.
func (t *tiles) Height() int { return tileHeight }

// ReadTiles fetches what wasn't fetched yet.
func (t *tiles) ReadTiles(wanted []tlog.Tile) ([][]byte, error) {
	all := make([][]byte, len(wanted))
	for i, tile := range wanted {
		if all[i] = t.kept[tile]; all[i] != nil {
			continue
		}
		data, err := t.source.Get(t.ctx, t.source.Address+tilePath(tile), mediaTile)
		if err != nil {
			return nil, err
		}
		all[i] = data
	}
	return all, nil
}

// SaveTiles keeps tiles that turned out to be right. Of the lowest there are too many, and each is needed once.
func (t *tiles) SaveTiles(proved []tlog.Tile, data [][]byte) {
	for i, tile := range proved {
		if tile.L > 0 || tile.W < 1<<tileHeight {
			t.kept[tile] = data[i]
		}
	}
}
