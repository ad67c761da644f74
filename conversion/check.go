package conversion

import "bonafide.example"

// Check tells whether a table fits its mechanisms.
func Check(t *bonafide.Table, from, to *bonafide.Mechanism) error { panic("not yet") }
