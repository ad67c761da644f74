package doctor

import (
	"net/http"
	"slices"
	"time"

	"bonafide.example"
	"bonafide.example/internal/fetch"
)

// published asks for a public document and remembers it; false if it isn't there as a peer needs it.
func (e *examiner) published(check, path string, header ...string) (*fetch.Reply, bool) {
	reply, err := e.get(path, header...)
	switch {
	case err != nil:
		e.fault(check, "see the server's log", "%s%s", detail(err), because(err))
		return nil, false
	case reply.Status >= 300 && reply.Status < 400:
		e.fault(check, "serve it there, or start the site with --origin of the place that it leads to", "%s leads to %q", path, reply.Header.Get("Location"))
		return nil, false
	case reply.Status != http.StatusOK:
		e.fault(check, "have the proxy pass everything on to bonafide, or at least "+path, "%s is answered with status %d", path, reply.Status)
		return nil, false
	}
	e.remember(path, reply)
	return reply, true
}

// mends says what to do about what a signed document is refused for.
func (e *examiner) mends(err error) string {
	switch bonafide.CodeOf(err) {
	case bonafide.WrongIssuer, bonafide.BadMetadata:
		return "start the site with --origin " + string(e.Site) + ", and have the proxy lead this name to it alone"
	case bonafide.NotYetValid, bonafide.Expired:
		return "set the server's clock, and have no cache keep the answer longer than it says"
	case bonafide.UnknownKey, bonafide.BadSignature:
		return "run one set of keys: all servers behind the proxy need the same key folder"
	case bonafide.BadAnswer:
		return "have the proxy pass the answer on as it is: its Content-Type, its length, uncompressed"
	default:
		return bonafide.CodeOf(err).Meaning().Mend.EN
	}
}

// configured opens the entity configuration.
func (e *examiner) configured() bool {
	if _, ok := e.published("entity", entityPath); !ok {
		return false
	}
	entity, err := e.Fetch.Entity(e.ctx, e.Site)
	if err != nil {
		e.fault("entity", e.mends(err), "%s", detail(err))
		return false
	}
	e.entity = entity
	e.well("entity", "signed by a key of its own, in force until %s", entity.Expires.Time().Format(time.RFC3339))
	return true
}

// keys looks at did.json, and whether it is the same each time.
func (e *examiner) keys() {
	const path = "/.well-known/did.json"
	first, ok := e.published("keys", path)
	if !ok {
		return
	}
	if _, err := e.Fetch.Keys(e.ctx, e.Site, ""); err != nil {
		e.fault("keys", e.mends(err), "%s", detail(err))
		return
	}
	for range 3 {
		again, err := e.get(path)
		if err != nil {
			e.unchecked("keys", "%s couldn't be read again: %s", path, detail(err))
			return
		}
		if again.Status != http.StatusOK {
			e.fault("keys", "see the server's log", "%s is there at times, and at others answered with status %d", path, again.Status)
			return
		}
		if !slices.Equal(points(again.Body), points(first.Body)) {
			e.fault("keys", "give all servers behind the proxy the same key folder", "%s hasn't the same keys each time", path)
			return
		}
	}
	e.well("keys", "%s has the same keys each time", path)
}

// points returns what tells the keys of a DID document apart.
func points(document []byte) (all []string) {
	did, err := bonafide.ParsePeer[bonafide.DIDDocument](document)
	if err != nil {
		return nil
	}
	for _, method := range did.VerificationMethod {
		all = append(all, method.PublicKeyJWK.X)
	}
	slices.Sort(all)
	return all
}

// server compares the two places where the authorization server is described.
func (e *examiner) server() {
	told := e.entity.Metadata.AuthorizationServer
	if told == nil {
		return
	}
	const path = "/.well-known/oauth-authorization-server"
	reply, ok := e.published("authorization", path)
	if !ok {
		return
	}
	served, err := bonafide.ParsePeer[bonafide.AuthorizationServer](reply.Body)
	if err != nil {
		e.fault("authorization", "have the proxy pass it on as it is", "%s %s", path, detail(err))
		return
	}
	one, err1 := bonafide.Hash(served)
	two, err2 := bonafide.Hash(*told)
	if err1 != nil || err2 != nil || one != two {
		e.fault("authorization", "run one version of the site behind the proxy, and have no cache keep either longer than it says", "%s isn't what the entity configuration says", path)
		return
	}
	e.well("authorization", "the same in both places")
}

// mechanisms opens each mechanism, and follows its versions back by their hashes.
func (e *examiner) mechanisms() {
	if e.entity.Metadata.Issuer == nil {
		return
	}
	for _, address := range e.entity.Metadata.Issuer.Mechanisms {
		newest, err := e.Fetch.Mechanism(e.ctx, address, 0)
		for later := newest; err == nil && later.Version > 1; {
			var before *bonafide.Mechanism
			if before, err = e.Fetch.Mechanism(e.ctx, address, later.Version-1); err != nil {
				break
			}
			if hash, failed := bonafide.Hash(*before); failed != nil || hash != later.Previous {
				err = bonafide.Errorf(bonafide.VersionConflict, address, "version %d isn't the one that version %d follows", before.Version, later.Version)
			}
			later = before
		}
		if err != nil {
			e.fault("mechanism", e.mends(err), "%s", detail(err))
			continue
		}
		if _, ok := e.published("mechanism", e.path(address)+".jwt"); ok {
			e.well("mechanism", "%s is signed, version %d, and so is each before", newest.Slug(), newest.Version)
		}
	}
}

// tables opens each conversion table, and looks whether it is in force.
func (e *examiner) tables() {
	if e.entity.Metadata.Verifier == nil {
		return
	}
	for _, address := range e.entity.Metadata.Verifier.Conversions {
		table, err := e.Fetch.Table(e.ctx, address)
		if err != nil {
			e.fault("table", e.mends(err), "%s", detail(err))
			continue
		}
		if _, ok := e.published("table", e.path(address)+".jwt"); !ok {
			continue
		}
		today := e.Now().UTC().Format(time.DateOnly)
		if string(table.ValidUntil) < today {
			e.fault("table", "publish a version with a later valid_until", "%s is in force no longer: it ended on %s", table.Slug(), table.ValidUntil)
			continue
		}
		e.well("table", "%s is signed, version %d, in force until %s", table.Slug(), table.Version, table.ValidUntil)
	}
}

// path returns where on the site an address is.
func (e *examiner) path(address string) string { return address[len(e.Site):] }

// public looks at what all public documents must have.
func (e *examiner) public() {
	if len(e.documents) == 0 {
		e.unchecked("documents", "none could be had")
		return
	}
	faults := len(e.findings)
	for _, d := range e.documents {
		h := d.reply.Header
		if h.Get("Access-Control-Allow-Origin") != "*" {
			e.fault("cors", "have the proxy leave Access-Control-Allow-Origin as it is", "pages of other sites can't read %s", d.address)
		}
		if h.Get("X-Content-Type-Options") != "nosniff" {
			e.fault("nosniff", "have the proxy leave X-Content-Type-Options as it is", "browsers may guess what %s is", d.address)
		}
		if encoding := h.Get("Content-Encoding"); encoding != "" && encoding != "identity" {
			e.fault("compression", "have the proxy compress only for who accepts it, and no signed document", "%s comes compressed (%s), which wasn't asked for", d.address, encoding)
		}
		if h.Get("Set-Cookie") != "" {
			e.fault("cookies", "have the proxy add no cookie to public documents, which caches keep", "%s sets a cookie", d.address)
		}
	}
	if len(e.findings) == faults {
		e.well("documents", "of %d all can be read by pages of any site, come as they are and set no cookie", len(e.documents))
	}
}
