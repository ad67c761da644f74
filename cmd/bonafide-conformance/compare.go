package main

import (
	"encoding/json"
	"fmt"
	"os"
)

// comparison says what changed since an earlier report, by the names of cases.
type comparison struct {
	With   implementation `json:"with"`
	Better []string       `json:"better"` // pass now, didn't before
	Worse  []string       `json:"worse"`  // passed before, don't now
	New    []string       `json:"new"`    // weren't judged before
	Gone   []string       `json:"gone"`   // were judged before
}

// readReport reads a report that was printed as JSON.
func readReport(path string) (*report, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	var r report
	if err := json.Unmarshal(data, &r); err != nil {
		return nil, fmt.Errorf("%s is no report in JSON: %w", path, err)
	}
	if r.Suite != "vectors" {
		return nil, fmt.Errorf("%s is no report of this suite", path)
	}
	return &r, nil
}

// since compares the report with an earlier one.
func (r *report) since(earlier *report) *comparison {
	c := &comparison{With: earlier.Implementation, Better: []string{}, Worse: []string{}, New: []string{}, Gone: []string{}}
	before := map[string]outcome{}
	for _, v := range earlier.Cases {
		before[v.Case] = v.Outcome
	}
	now := map[string]bool{}
	for _, v := range r.Cases {
		now[v.Case] = true
		was, known := before[v.Case]
		switch {
		case !known:
			c.New = append(c.New, v.Case)
		case v.Outcome == passed && was != passed:
			c.Better = append(c.Better, v.Case)
		case v.Outcome != passed && was == passed:
			c.Worse = append(c.Worse, v.Case)
		}
	}
	for _, v := range earlier.Cases {
		if !now[v.Case] {
			c.Gone = append(c.Gone, v.Case)
		}
	}
	return c
}
