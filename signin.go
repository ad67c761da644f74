package bonafide

import "net/http"

// Account is somebody signed in at a site, as the site itself knows them.
type Account struct {
	ID    string // the site's own id of the member; never sent to another site
	Name  string // what pages call them
	Since Month  // since when they have the account; "" if unknown
}

// SignIn is how a site signs its members in: the one hook that both roles use.
type SignIn struct {
	// Account returns who sent the request, false for nobody.
	Account func(*http.Request) (Account, bool)
	// Address returns where to send somebody who must sign in first; returnTo is a path on this
	// site, often with a query, that they come back to.
	Address func(returnTo string) string
}
