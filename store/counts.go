package store

import "sync/atomic"

// Counts is what a store has done since it was opened.
type Counts struct {
	Views   int64 // calls of View
	Updates int64 // calls of Update
	Commits int64 // times that something was put on disk: calls of Update may share one
	Reruns  int64 // times that the function of an Update ran again
	Failed  int64 // transactions that the store itself couldn't begin or finish
}

// Counter is a [Store] that counts what it does.
type Counter interface {
	Counts() Counts
}

// Tally counts what a store does, for it to be a [Counter]. It is safe for concurrent use; its zero value is at 0.
type Tally struct {
	Views, Updates, Commits, Reruns, Failed atomic.Int64
}

// Counts implements [Counter].
func (t *Tally) Counts() Counts {
	return Counts{t.Views.Load(), t.Updates.Load(), t.Commits.Load(), t.Reruns.Load(), t.Failed.Load()}
}
