package postgres

import (
	"context"
	"testing"
)

// Session returns what a session of the store is set to: how it commits, and its name.
func (s *Store) Session(t testing.TB) (text string) {
	err := s.pool.QueryRow(context.Background(), `select current_setting('synchronous_commit') || '|' || current_setting('application_name')`).Scan(&text)
	if err != nil {
		t.Fatal(err)
	}
	return text
}
