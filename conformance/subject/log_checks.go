package subject

import "context"

// Checks are the cases of a log, which check makes in the class of a suite: those that suites have in common, and its own of how the
// log goes on. A site that names no log, so that l is nil, has none.
func (l *PublicLog) Checks(
	check func(name, about string, run func(context.Context) error, requirements ...string) Check,
	published func(context.Context) error, goesOn Check,
) []Check {
	if l == nil {
		return nil
	}
	return []Check{
		check("log/named", "The entity configuration names the log's address, on the origin, and its keys.", l.checkNamed, "BF-LOG-1"),
		check("log/checkpoint", "The checkpoint is signed by one of these keys, and isn't to be kept.", l.checkSigned, "BF-LOG-2"),
		check("log/entries", "The entries make up the root that was signed; none says anything of a person.", l.Entered, "BF-LOG-3", "BF-LOG-4", "BF-LOG-5"),
		check("log/published", "What the site publishes now is in the log as it is.", published, "BF-LOG-8"),
		goesOn,
	}
}
