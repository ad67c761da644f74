// Package v1 holds the test vectors of the protocol's version 1 and nothing else, so that a program may have them
// without any code of this implementation.
package v1

import "embed"

// FS holds TOPIC/CASE.json.
//
//go:embed */*.json
var FS embed.FS
