package conformance

import (
	"encoding/json"
	"fmt"
	"os"
)

// Comparison says what changed since an earlier report, by the names of cases.
type Comparison struct {
	With   Implementation `json:"with"`
	Better []string       `json:"better"` // pass now, didn't before
	Worse  []string       `json:"worse"`  // passed before, don't now
	New    []string       `json:"new"`    // weren't judged before
	Gone   []string       `json:"gone"`   // were judged before
}

// ReadReport reads a report of the suite that was written as JSON.
func ReadReport(path, suite string) (*Report, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	var r Report
	if err := json.Unmarshal(data, &r); err != nil {
		return nil, fmt.Errorf("%s is no report in JSON: %w", path, err)
	}
	if r.Suite != suite {
		return nil, fmt.Errorf("%s is no report of the suite %s", path, suite)
	}
	return &r, nil
}

// Since compares the report with an earlier one.
func (r *Report) Since(earlier *Report) *Comparison {
	c := &Comparison{With: earlier.Implementation, Better: []string{}, Worse: []string{}, New: []string{}, Gone: []string{}}
	before := map[string]Outcome{}
	for _, v := range earlier.Cases {
		before[v.Name] = v.Outcome
	}
	now := map[string]bool{}
	for _, v := range r.Cases {
		now[v.Name] = true
		was, known := before[v.Name]
		switch {
		case !known:
			c.New = append(c.New, v.Name)
		case v.Outcome == Passed && was != Passed:
			c.Better = append(c.Better, v.Name)
		case v.Outcome != Passed && was == Passed:
			c.Worse = append(c.Worse, v.Name)
		}
	}
	for _, v := range earlier.Cases {
		if !now[v.Name] {
			c.Gone = append(c.Gone, v.Name)
		}
	}
	return c
}
