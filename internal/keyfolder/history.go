package keyfolder

import (
	"time"

	"bonafide.example"
)

// History returns the keys as the site publishes them in its key history, none for a folder that has no record.
func (f *Folder) History() []bonafide.HistoricalKey {
	held := f.held.Load()
	if held.legacy {
		return nil
	}
	all := make([]bonafide.HistoricalKey, 0, len(held.keys))
	for _, key := range held.keys {
		all = append(all, key.historical())
	}
	return all
}

func (k *Key) historical() bonafide.HistoricalKey {
	h := bonafide.HistoricalKey{Use: k.Use, Key: k.Public, Succession: k.Succession, From: seconds(k.Published)}
	switch {
	case !k.Compromised.IsZero():
		h.Until, h.Reason = seconds(k.Compromised), bonafide.Compromised
	case !k.Until.IsZero():
		h.Until, h.Reason = seconds(k.Until), bonafide.Superseded
	}
	return h
}

// seconds is 0 for an instant that isn't known.
func seconds(at time.Time) bonafide.Seconds {
	if at.IsZero() {
		return 0
	}
	return bonafide.SecondsOf(at)
}
