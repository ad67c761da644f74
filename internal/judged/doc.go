// Package judged shows by its tests that bonafide-conformance passes this implementation as it is, and finds the bugs
// that are planted in it. It shares no code with either: it builds both programs and runs them, as anybody would.
package judged
