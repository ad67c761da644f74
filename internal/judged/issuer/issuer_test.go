// Package issuer judges this implementation as an issuer.
package issuer

import (
	"testing"

	"bonafide.example/internal/judged"
	"bonafide.example/internal/mutants"
)

func TestConforms(t *testing.T) { judged.Conforms(t, "issuer") }

func TestMutants(t *testing.T) { judged.Finds(t, "issuer", mutants.Issuer()) }
