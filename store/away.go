package store

// AwayError is the error of a store that can't be read or written just now: its disk is full, its database out. Nothing is
// wrong with what was asked, and to ask again later helps. Whether it was kept is left open, as by any failed writing.
type AwayError struct{ Err error }

// Away returns the error as one of a store that is away, nil for nil.
func Away(err error) error {
	if err == nil {
		return nil
	}
	return &AwayError{err}
}

func (e *AwayError) Error() string { return e.Err.Error() }

func (e *AwayError) Unwrap() error { return e.Err }

// Away tells whoever answers a request, and knows no store, that this is such an error.
func (e *AwayError) Away() bool { return true }
