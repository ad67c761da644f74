package main

import (
	"errors"

	"bonafide.example"
	"bonafide.example/conversion"
	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

type shareInput struct {
	Positive int64            `json:"positive"`
	Total    int64            `json:"total"`
	AtLeast  bonafide.Decimal `json:"at_least"`
	Z2       bonafide.Decimal `json:"z2"`
}

// share compares a share, or Wilson's lower bound of it.
func share(input jsontext.Value) (any, error) {
	in, err := read[shareInput](input)
	if err != nil {
		return nil, err
	}
	holds := conversion.ShareAtLeast(in.Positive, in.Total, in.AtLeast)
	if in.Z2 != "" {
		holds = conversion.WilsonAtLeast(in.Positive, in.Total, in.AtLeast, in.Z2)
	}
	return map[string]bool{"holds": holds}, nil
}

// convert answers a question with its explanation. If nothing counts, it fails for the reason of the first input.
func convert(input jsontext.Value) (any, error) {
	question, err := read[conversion.Question](input)
	if err != nil {
		return nil, err
	}
	explanation := conversion.Convert(question)
	result, err := fields(explanation)
	if err != nil {
		return nil, err
	}
	delete(result, "sentence")
	delete(result, "notes")
	inputs, _ := result["inputs"].([]any)
	for _, input := range inputs {
		delete(input.(map[string]any), "sentences")
	}
	if explanation.Verdict == conversion.Nothing && len(explanation.Inputs) > 0 {
		err = bonafide.Errorf(explanation.Inputs[0].Reason, "", "is why nothing counts")
	}
	return result, err
}

type tableInput struct {
	Table bonafide.Table      `json:"table"`
	From  *bonafide.Mechanism `json:"from"`
	To    *bonafide.Mechanism `json:"to"`
}

// checkTable compares a table with its mechanisms.
func checkTable(input jsontext.Value) (any, error) {
	in, err := read[tableInput](input)
	if err != nil {
		return nil, err
	}
	err = conversion.Check(&in.Table, in.From, in.To)
	var fault *bonafide.Error
	if errors.As(err, &fault) {
		return map[string]string{"subject": fault.Subject}, err
	}
	return nil, err
}

// fields returns an object of the product as its JSON has it.
func fields(object any) (map[string]any, error) {
	data, err := bonafide.MarshalJSON(object)
	if err != nil {
		return nil, err
	}
	var all map[string]any
	err = json.Unmarshal(data, &all)
	return all, err
}
