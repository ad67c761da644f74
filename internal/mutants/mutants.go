// Package mutants lists bugs that tests plant in this implementation, to show that the conformance suite finds them and
// holds each against the requirement that it breaks. cmd/bonafide-conformance/CAUGHT.md is generated from it.
package mutants

// Mutant is this implementation with one thing done wrong.
type Mutant struct {
	Wrong       string // what it does
	File        string // from the module's root
	Was, Is     string // the only change; Was stands in the file once
	Case        string // of the suite, which must fail
	Requirement string // which that case shows
}

// Suite is the mutants that one suite of bonafide-conformance finds.
type Suite struct {
	Name    string // of the command
	About   string // what is judged
	Mutants []Mutant
}

// Suites returns all.
func Suites() []Suite {
	return []Suite{
		{"vectors", "The program is built anew, and judged by the test vectors.", Vectors()},
		{"issuer", "The demonstration's issuer is built anew, started, and judged as it runs.", Issuer()},
		{"verifier", "So is its verifier.", Verifier()},
		{"evil", "The program is built anew, and reads badges at sites that misbehave.", Evil()},
	}
}
