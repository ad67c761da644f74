//go:build !linux

package program

// Peak measures nothing here.
func (p *Program) Peak() (bytes int64, measured bool) { return 0, false }
