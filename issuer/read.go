package issuer

import (
	"bufio"
	"bytes"
	"cmp"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"bonafide.example"
)

// ReadFormat says how a file writes events.
//
// A CSV file (RFC 4180) has a column for each field of an [Event]; others are ignored. at is an RFC 3339
// instant or seconds since 1970, whose fraction is cut off. For a share, either positive is true or
// false, or rating is a number other than 0 whose sign tells. An NDJSON file has one event as JSON on
// each line.
type ReadFormat struct {
	NDJSON    bool
	Columns   []string // CSV: the names of the columns; nil: the first row holds them
	ID        []string // CSV: the columns that make up the id, joined by hyphens; nil: the column id
	Mechanism string   // CSV: for a file without that column
	Kind      string   // CSV: for a file without that column
}

// ReadEvents calls fn for each event of the file, with the number of its row, from 1. Errors name the
// line; what fn returns is returned as it is.
func ReadEvents(r io.Reader, format ReadFormat, fn func(row int64, e Event) error) error {
	if format.NDJSON {
		return readNDJSON(r, fn)
	}
	return readCSV(r, format, fn)
}

// maxLine bounds a line of NDJSON, in bytes.
const maxLine = 64 << 10

func readNDJSON(r io.Reader, fn func(row int64, e Event) error) error {
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, maxLine)
	var line, row int64
	for lines.Scan() {
		line++
		if len(bytes.TrimSpace(lines.Bytes())) == 0 {
			continue
		}
		e, err := bonafide.Parse[Event](lines.Bytes())
		if err != nil {
			return atLine(line, err)
		}
		row++
		if err := fn(row, e); err != nil {
			return err
		}
	}
	if errors.Is(lines.Err(), bufio.ErrTooLong) {
		return bonafide.Errorf(bonafide.TooLarge, fmt.Sprintf("line %d", line+1), "has over %d bytes", maxLine)
	}
	return lines.Err()
}

// atLine puts the line before the subject of err.
func atLine[N int | int64](line N, err error) error {
	where := fmt.Sprintf("line %d", line)
	var told *bonafide.Error
	if !errors.As(err, &told) {
		return fmt.Errorf("%s: %w", where, err)
	}
	if told.Subject != "" {
		where += ", " + told.Subject
	}
	return bonafide.Errorf(told.Code, where, "%s", told.Detail)
}

func readCSV(r io.Reader, format ReadFormat, fn func(row int64, e Event) error) error {
	rows := csv.NewReader(r)
	rows.ReuseRecord = true
	columns := format.Columns
	if columns == nil {
		header, err := rows.Read()
		if err == io.EOF {
			return bonafide.Errorf(bonafide.BadValue, "line 1", "must name the columns")
		}
		if err != nil {
			return csvError(err)
		}
		columns = slices.Clone(header)
	}
	c, err := newColumns(columns, format)
	if err != nil {
		return err
	}
	rows.FieldsPerRecord = len(columns)
	for row := int64(1); ; row++ {
		fields, err := rows.Read()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return csvError(err)
		}
		e, err := c.event(fields)
		if err == nil {
			err = e.Validate()
		}
		if err != nil {
			line, _ := rows.FieldPos(0)
			return atLine(line, err)
		}
		if err := fn(row, e); err != nil {
			return err
		}
	}
}

func csvError(err error) error {
	var parse *csv.ParseError
	if !errors.As(err, &parse) {
		return err
	}
	return bonafide.Errorf(bonafide.BadValue, fmt.Sprintf("line %d", parse.Line), "is not CSV with the same columns throughout: %v", parse.Err)
}

// columns knows where in a row each field of an event stands.
type columns struct {
	format ReadFormat
	at     map[string]int
}

func newColumns(names []string, format ReadFormat) (*columns, error) {
	c := &columns{format, map[string]int{}}
	for n, name := range names {
		name = strings.TrimSpace(strings.TrimPrefix(name, "\ufeff")) // spreadsheets begin files with a byte order mark
		if _, twice := c.at[name]; twice {
			return nil, bonafide.Errorf(bonafide.DoubledField, cmp.Or(name, "line 1"), "names two columns")
		}
		c.at[name] = n
	}
	if c.format.ID == nil {
		c.format.ID = []string{"id"}
	}
	needed := append([]string{"member", "at"}, c.format.ID...)
	if format.Mechanism == "" {
		needed = append(needed, "mechanism")
	}
	if format.Kind == "" {
		needed = append(needed, "kind")
	}
	for _, name := range needed {
		if _, ok := c.at[name]; !ok {
			return nil, bonafide.Errorf(bonafide.BadValue, name, "is not among the columns")
		}
	}
	return c, nil
}

// event reads one row.
func (c *columns) event(fields []string) (Event, error) {
	field := func(name, otherwise string) string {
		if n, ok := c.at[name]; ok {
			return strings.TrimSpace(fields[n])
		}
		return otherwise
	}
	var parts []string
	for _, name := range c.format.ID {
		parts = append(parts, field(name, ""))
	}
	e := Event{
		ID: strings.Join(parts, "-"), Member: field("member", ""),
		Mechanism: field("mechanism", c.format.Mechanism), Kind: field("kind", c.format.Kind),
	}
	var err error
	if e.At, err = parseInstant(field("at", "")); err != nil {
		return e, err
	}
	e.Positive, err = parsePositive(field("positive", ""), field("rating", ""))
	return e, err
}

func parseInstant(s string) (time.Time, error) {
	whole, fraction, _ := strings.Cut(s, ".")
	if seconds, err := strconv.ParseInt(whole, 10, 64); err == nil && strings.Trim(fraction, "0123456789") == "" {
		return time.Unix(seconds, 0).UTC(), nil
	}
	t, err := time.Parse(time.RFC3339, s)
	if err != nil {
		return t, bonafide.Errorf(bonafide.BadValue, "at", "%q is neither an RFC 3339 instant nor seconds since 1970", s)
	}
	return t.UTC(), nil
}

func parsePositive(positive, rating string) (*bool, error) {
	switch {
	case positive != "" && rating != "":
		return nil, bonafide.Errorf(bonafide.BadValue, "rating", "stands beside positive")
	case positive == "true" || positive == "false":
		return new(positive == "true"), nil
	case positive != "":
		return nil, bonafide.Errorf(bonafide.BadValue, "positive", "%q is not true or false", positive)
	case rating == "":
		return nil, nil
	}
	n, err := strconv.ParseInt(rating, 10, 64)
	if err != nil || n == 0 {
		return nil, bonafide.Errorf(bonafide.BadValue, "rating", "%q is not a whole number other than 0", rating)
	}
	return new(n > 0), nil
}
