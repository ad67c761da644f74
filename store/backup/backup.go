// Package backup keeps all that a store holds in one stream, from which any store can be filled again.
//
// A backup is, in this order: the line "bonafide backup 1"; a line of JSON, the [Header]; the records in the order of their
// keys, each as the length of its key, the length of its value, the key and the value; a zero byte; the number of records;
// and the SHA-256 (32 bytes) of all bytes before it. Lengths and the number are unsigned varints (encoding/binary). No key
// is empty, so that the zero byte is none's length.
package backup

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"hash"
	"io"
	"time"

	bonafide "bonafide.example"
	"bonafide.example/store"
	"bonafide.example/store/records"
)

// version is that of the format above.
const version = 1

// Mark is how every backup begins.
const Mark = "bonafide backup "

const maxHeader = 4096 // bytes of a line at the beginning

// Header says what a backup is of.
type Header struct {
	Origin  string    `json:"origin,omitzero"` // the site's
	At      time.Time `json:"at"`              // what was written later may not be in it
	Program string    `json:"program"`         // version of the program that made it
	Records int       `json:"records"`         // version of the records; Write fills it in
}

// Write writes what the store holds at one instant to w, and returns how many records these are. It may take as long as w
// does; the store goes on meanwhile, but keeps what is overwritten until Write returns.
func Write(ctx context.Context, w io.Writer, h Header, s store.Store) (count int64, err error) {
	err = s.View(ctx, func(r store.Reader) error {
		if err := records.Complete(r); err != nil {
			return err
		}
		if h.Records, err = records.VersionOf(r); err != nil {
			return err
		}
		count, err = write(w, h, r)
		return err
	})
	return count, err
}

func write(w io.Writer, h Header, r store.Reader) (count int64, err error) {
	header, err := bonafide.MarshalJSON(h)
	if err != nil {
		return 0, err
	}
	sum := sha256.New()
	out := bufio.NewWriterSize(io.MultiWriter(w, sum), 1<<16)
	fmt.Fprintf(out, "%s%d\n%s\n", Mark, version, header) // a bufio.Writer keeps its error
	var lengths []byte
	err = r.Scan(store.Range{}, func(key, value []byte) (bool, error) {
		count++
		lengths = binary.AppendUvarint(binary.AppendUvarint(lengths[:0], uint64(len(key))), uint64(len(value)))
		out.Write(lengths)
		out.Write(key)
		_, err := out.Write(value)
		return true, err
	})
	if err != nil {
		return 0, err
	}
	out.Write(binary.AppendUvarint([]byte{0}, uint64(count)))
	if err := out.Flush(); err != nil {
		return 0, err
	}
	_, err = w.Write(sum.Sum(nil))
	return count, err
}

// Backup is a backup that is being read.
type Backup struct {
	Header Header
	from   *bufio.Reader
	read   hash.Hash // of all that was read of from
	one    [1]byte
}

// Open reads the beginning of a backup. Of a newer version than this program knows it says so ([bonafide.StoreNewer]).
func Open(r io.Reader) (*Backup, error) {
	b := &Backup{from: bufio.NewReaderSize(r, 1<<16), read: sha256.New()}
	first, err := b.line()
	if err != nil {
		return nil, err
	}
	var format int
	if n, err := fmt.Sscanf(string(first), Mark+"%d\n", &format); n != 1 || err != nil {
		return nil, errors.New("it is no backup of Bonafide")
	}
	if format > version {
		return nil, bonafide.Errorf(bonafide.StoreNewer, "backup", "has format %d, and this program knows %d", format, version)
	}
	header, err := b.line()
	if err != nil {
		return nil, err
	}
	if b.Header, err = bonafide.ParsePeer[Header](header); err != nil {
		return nil, fmt.Errorf("the backup's header: %w", err)
	}
	if b.Header.Records > records.Version {
		return nil, records.Newer(b.Header.Records)
	}
	return b, nil
}

// line reads a line, which must not be long.
func (b *Backup) line() ([]byte, error) {
	var line []byte
	for len(line) < maxHeader {
		c, err := b.ReadByte()
		if err != nil {
			return nil, cutShort(err)
		}
		if line = append(line, c); c == '\n' {
			return line, nil
		}
	}
	return nil, errors.New("it is no backup of Bonafide")
}

// ReadByte implements [io.ByteReader], for lengths.
func (b *Backup) ReadByte() (byte, error) {
	c, err := b.from.ReadByte()
	if err == nil {
		b.one[0] = c
		b.read.Write(b.one[:])
	}
	return c, err
}

// Each calls fn with each record and returns how many there are. Only when it returns without an error is it known that these are
// all, and as they were written.
func (b *Backup) Each(fn func(key, value []byte) error) (count int64, err error) {
	var last []byte
	for {
		key, value, err := b.next()
		if err != nil {
			return 0, err
		}
		if key == nil {
			return count, b.end(count)
		}
		if bytes.Compare(key, last) <= 0 {
			return 0, errors.New("the backup is damaged: its keys are out of order")
		}
		last = key
		count++
		if err := fn(key, value); err != nil {
			return 0, err
		}
	}
}

// next reads one record; a nil key is the end.
func (b *Backup) next() (key, value []byte, err error) {
	size, err := binary.ReadUvarint(b)
	if err != nil || size == 0 {
		return nil, nil, cutShort(err)
	}
	length, err := binary.ReadUvarint(b)
	if err != nil {
		return nil, nil, cutShort(err)
	}
	if size > store.MaxKey || length > store.MaxValue {
		return nil, nil, errors.New("the backup is damaged: a record is too large")
	}
	record := make([]byte, size+length)
	if _, err := io.ReadFull(b.from, record); err != nil {
		return nil, nil, cutShort(err)
	}
	b.read.Write(record)
	return record[:size:size], record[size:], nil
}

// end reads what is after the records.
func (b *Backup) end(count int64) error {
	told, err := binary.ReadUvarint(b)
	if err != nil {
		return cutShort(err)
	}
	sum := b.read.Sum(nil)
	written := make([]byte, len(sum))
	if _, err := io.ReadFull(b.from, written); err != nil {
		return cutShort(err)
	}
	if told != uint64(count) || !bytes.Equal(sum, written) {
		return errors.New("the backup is damaged: its checksum is another")
	}
	if _, err := b.from.ReadByte(); !errors.Is(err, io.EOF) {
		return errors.Join(errors.New("the backup is damaged: something comes after its end"), err)
	}
	return nil
}

// cutShort says of a backup's end that it comes too early.
func cutShort(err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return errors.New("the backup is cut short")
	}
	return err
}
