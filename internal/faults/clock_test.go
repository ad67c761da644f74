package faults

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"bonafide.example/internal/planted"
	"github.com/stretchr/testify/require"
)

// clockFile is the file of a site's folder that says how far its clock is off.
const clockFile = "clock"

// stepped returns the overlay by which the program takes the time from a clock that can be set: it is off by what clockFile
// says in the folder where the program runs, and right without one. All rules go by this clock, which main gives to the
// commands. As when a system's clock is set, its monotonic reading goes on as if nothing had been.
func stepped(t *testing.T) (overlay string) {
	const main = root + "/cmd/bonafide/"
	return planted.Join(t, planted.Overlay(t, main+"main.go", `os.Getenv, time.Now}`, `os.Getenv, stepped}`), planted.Add(t, main+"stepped.go", `package main

import (
	"os"
	"time"
	"unsafe"
)

func stepped() time.Time {
	now := time.Now()
	text, err := os.ReadFile("`+clockFile+`")
	if err != nil {
		return now
	}
	off, err := time.ParseDuration(string(text))
	if err != nil {
		panic(err)
	}
	set := now
	*(*uint64)(unsafe.Pointer(&set)) += uint64(off/time.Second) << 30 // the seconds stand before 30 bits of nanoseconds
	if set.Sub(now) != 0 || set.Unix()-now.Unix() != int64(off/time.Second) {
		panic("a time is kept in another way than it was")
	}
	return set
}
`))
}

// An hour is what a clock is off that goes by another zone; after forty days badges are renewed, and all deadlines are over.
const (
	aZone = time.Hour
	ages  = 40 * 24 * time.Hour
)

// steps are how far clocks are off, one after the other.
var steps = []time.Duration{aZone, -ages, ages, -aZone}

// step sets the clock of one site wrong for a while, the issuer's twice as often as the verifier's, and right again.
func (w *world) step() {
	s := w.bazar
	if w.stepped%3 == 2 {
		s = w.outils
	}
	off := steps[w.stepped%len(steps)]
	w.stepped++
	path := filepath.Join(s.folder, clockFile)
	require.NoError(w.t, os.WriteFile(path+".new", []byte(off.String()), 0o600))
	require.NoError(w.t, os.Rename(path+".new", path)) // no server reads half of it
	w.during(func() { require.NoError(w.t, os.Remove(path)) })
}
