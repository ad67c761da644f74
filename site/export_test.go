package site

import "maps"

// NamesOfActs returns what acts are called in the log, by the patterns of the administration.
func NamesOfActs() map[string]string { return maps.Clone(acts) }
