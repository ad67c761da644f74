package keyfolder

import (
	"slices"
	"time"

	"bonafide.example"
)

// State is what a key is at an instant.
type State string

const (
	Next        State = "next"        // published, and doesn't sign yet
	Present     State = "present"     // it signs
	Former      State = "former"      // published for what it signed
	Past        State = "past"        // published no more
	Compromised State = "compromised" // nothing that it signed counts
)

// present returns which of the keys signs for the use at that instant: the last one that has begun to, or the first of
// all, should a clock be behind. It is -1 if there is none.
func present(keys []Key, use bonafide.KeyUse, at time.Time) int {
	found := -1
	for i := range keys {
		if keys[i].Use != use || !keys[i].Compromised.IsZero() {
			continue
		}
		if found < 0 || !keys[i].Signs.After(at) && !keys[i].Signs.Before(keys[found].Signs) {
			found = i
		}
	}
	return found
}

// StateOf returns what the key at that index is at that instant.
func StateOf(keys []Key, index int, at time.Time) State {
	key := &keys[index]
	switch signing := present(keys, key.Use, at); {
	case !key.Compromised.IsZero():
		return Compromised
	case index == signing:
		return Present
	case signing >= 0 && key.Signs.After(keys[signing].Signs):
		return Next
	case key.Until.IsZero() || at.Before(key.Until):
		return Former
	default:
		return Past
	}
}

// of returns the keys for a use that are in one of the states.
func (h *holding) of(use bonafide.KeyUse, at time.Time, states ...State) (found []Key) {
	for i, key := range h.keys {
		if key.Use == use && slices.Contains(states, StateOf(h.keys, i, at)) {
			found = append(found, key)
		}
	}
	return found
}

// signing returns the keys whose private halves are needed: those that sign, now or later.
func (h *holding) signing(use bonafide.KeyUse, at time.Time) []Key {
	return h.of(use, at, Present, Next)
}

// Since returns since when the key is in this state, zero if that isn't known.
func (k *Key) Since(state State) time.Time {
	switch state {
	case Next:
		return k.Published
	case Past:
		return k.Until
	case Compromised:
		return k.Compromised
	default: // a former key's end of signing is the next one's beginning
		return k.Signs
	}
}

// Ends returns from when the key is published no more, zero if no end is set.
func (k *Key) Ends() time.Time {
	if !k.Compromised.IsZero() {
		return k.Compromised
	}
	return k.Until
}
