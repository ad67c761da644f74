package doctor

import (
	"net/http"
	"strings"
	"time"

	"bonafide.example"
)

// badge looks at one badge: what it says, its status list, its pictures and its page.
func (e *examiner) badge() {
	if e.Badge == "" {
		e.unchecked("badge", "none was named; a badge's address in the place of the site's has it looked at")
		return
	}
	credential, _, err := e.Fetch.Badge(e.ctx, e.Badge)
	if err != nil {
		e.fault("badge", e.mends(err), "%s", detail(err))
		return
	}
	path := e.path(e.Badge)
	if _, ok := e.published("badge", path+".jwt"); ok {
		e.well("badge", "signed, valid until %s", credential.ValidUntil.Format(time.RFC3339))
	}
	e.list(credential)
	e.picture(path+".svg", "image/svg+xml")
	e.picture(path+".png", "image/png")
}

// list looks whether the badge's status list is fresh, and what it says.
func (e *examiner) list(credential *bonafide.Credential) {
	address := credential.Status.Credential
	list, err := e.Fetch.StatusList(e.ctx, e.Site, address)
	if err != nil {
		e.fault("list", e.mends(err), "%s", detail(err))
		return
	}
	if _, ok := e.published("list", e.path(address)); !ok {
		return
	}
	position, err := credential.Status.Position()
	if err != nil {
		e.fault("list", e.mends(err), "%s", detail(err))
		return
	}
	set, err := list.Bits.Get(position)
	switch left := list.ValidUntil.Sub(e.Now()); {
	case err != nil:
		e.fault("list", e.mends(err), "%s", detail(err))
	case left < bonafide.StatusListTTL:
		e.fault("list", "have no cache keep it longer than it says, and see that the site runs (its log says why a list wasn't signed)", "it ends in %s, before those who keep it for %s ask again", left.Round(time.Second), bonafide.StatusListTTL)
	case set:
		e.well("list", "in force until %s; it says that this badge is revoked", list.ValidUntil.Format(time.RFC3339))
	default:
		e.well("list", "in force until %s", list.ValidUntil.Format(time.RFC3339))
	}
}

// picture looks whether a picture comes as one, and may be kept for a while and asked for again by its tag.
func (e *examiner) picture(path, media string) {
	reply, err := e.get(path)
	if err != nil {
		e.fault("picture", "see the server's log", "%s", detail(err))
		return
	}
	h := reply.Header
	const asIs = "have the proxy leave the answer's header as it is"
	switch tag := h.Get("ETag"); {
	case reply.Status != http.StatusOK:
		e.fault("picture", "have the proxy pass "+path+" on to bonafide", "%s is answered with status %d", path, reply.Status)
	case !strings.HasPrefix(h.Get("Content-Type"), media):
		e.fault("picture", asIs, "%s is %q instead of %s", path, h.Get("Content-Type"), media)
	case h.Get("Set-Cookie") != "":
		e.fault("cookies", "have the proxy add no cookie to pictures, which caches keep", "%s sets a cookie", path)
	case !strings.Contains(h.Get("Cache-Control"), "max-age="):
		e.fault("picture", asIs, "%s says %q and not for how long it may be kept, so that it changes late or never", path, h.Get("Cache-Control"))
	case h.Get("Content-Security-Policy") == "" && media == "image/svg+xml":
		e.fault("picture", asIs, "%s has no Content-Security-Policy", path)
	case tag == "":
		e.fault("picture", "have the proxy leave ETag as it is: some that compress take it away", "%s has no ETag", path)
	default:
		e.again(path, tag)
	}
}

// again asks for what is known already.
func (e *examiner) again(path, tag string) {
	reply, err := e.get(path, "If-None-Match", tag)
	if err != nil {
		e.unchecked("picture", "%s couldn't be asked for again: %s", path, detail(err))
		return
	}
	if reply.Status != http.StatusNotModified {
		e.fault("picture", "have the proxy pass If-None-Match on", "%s is sent whole to who has it already", path)
		return
	}
	e.well("picture", "%s may be kept for a while, and is asked for again by its tag", path)
}
