// Package verifier judges this implementation as a verifier.
package verifier

import (
	"testing"

	"bonafide.example/internal/judged"
	"bonafide.example/internal/mutants"
)

func TestConforms(t *testing.T) { judged.Conforms(t, "verifier") }

func TestMutants(t *testing.T) { judged.Finds(t, "verifier", mutants.Verifier()) }
