// Package spec holds the protocol's normative text: v1/*.md, for implementers in any language, and the JSON
// Schemas of its objects. Its tests keep the text in step with the code: every requirement has one permanent
// id, every id that a vector or a test cites stands in the text, every example parses and fits its schema, as
// do the vectors' objects, and the table of error codes is the code's own.
//
// uncovered.txt beside it lists the requirements that nothing shows yet. It only shrinks.
package spec

import "embed"

// FS holds the chapters, v1/NN-NAME.md, and the schemas, v1/schema/NAME.json.
//
//go:embed v1
var FS embed.FS
