// Package js holds the scripts of badges, as js/bundle makes them of the modules beside it, and says where a site serves
// them. The reader of badges in JavaScript is described in its README.
package js

import "embed"

// FS holds the scripts in dist.
//
//go:embed dist/*.js
var FS embed.FS

// The scripts. Whoever hosts the element copies the first two and keeps them side by side.
const (
	Element = "trust-badge.js"        // defines <trust-badge>
	Reader  = "trust-badge-reader.js" // checks badges; the element loads it when it is needed
	Page    = "badge-page.js"         // adds to the page about a badge
)

// Path is where a site serves the newest scripts, for whoever copies them.
const Path = "/js/v1/"

// Address returns where a site serves a script to pages: what once was there never changes.
func Address(script string) string { return Path + Edition + "/" + script }
