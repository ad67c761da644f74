// Package faults is one harness of what goes wrong around a site: servers and databases are killed, stopped and filled
// up, stores made read-only, keys changed and clocks set wrong while members work. It has no code of its own but tests.
//
// It builds the program, runs two sites as an operator does, with their stores in files or in PostgreSQL, and has
// members work there over HTTP and through the administration: points are earned, badges published, statuses imported from
// site to site with consent, vouches given and withdrawn, faults found and reversed. While they do, it injects a fault. Then what
// was acknowledged must be there, nothing may be half applied, and the site must answer again without help. For the faults there are
// controls: the same with a bug planted, which must be noticed.
//
// The program is the product's but for its clock, which a file of the site's folder sets wrong: the clock of the system isn't
// ours to set, and Go reads it past every library that could be put in between. What doesn't go by that clock, such as how
// long a connection may take, doesn't go by a system's clock that is set either.
//
// Without more it injects the usual faults once. BONAFIDE_FAULTS=10m goes on for ten minutes in all:
//
//	BONAFIDE_FAULTS=10m go test -count=1 -timeout 1h -v ./internal/faults
//
// prints a table of what was tried, acknowledged, refused, lost and half applied. To fill the database's disk and to make a
// store read-only takes root, and Linux; without, these are left out unless BONAFIDE_REQUIRE names faults.
package faults
