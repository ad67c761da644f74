package verifier

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"bonafide.example/conformance/peer"
	"bonafide.example/conformance/subject"
	"bonafide.example/conformance/wire"
)

func (w *World) following() []subject.Check {
	return []subject.Check{
		check("follow/revoked", "An input whose bit is set counts no more, though no new statement can be had, until one can.", w.revoked,
			"BF-VERIFIER-9", "BF-CONV-3"),
		check("follow/revoked-replaced", "A new statement is asked for at once, and counts.", w.revokedReplaced, "BF-VERIFIER-9"),
		check("follow/list-gone", "Without its list an input counts until the last good one ends, then pauses, and counts again with the next.", w.paused,
			"BF-VERIFIER-10", "BF-CONV-4"),
		check("follow/list-wrong", "A list that is wrong doesn't take the place of the last good one.", w.wrongList, "BF-VERIFIER-10"),
		check("follow/list-goes-back", "A list from before the one taken last is refused.", w.listBack, "BF-VERIFIER-11"),
		check("follow/one-list", "A list is read once for all inputs that it tells of.", w.oneList, "BF-VERIFIER-8"),
		check("follow/ttl", "A list that says that it is to be read again after a minute is.", w.shortTTL, "BF-VERIFIER-8"),
		check("follow/reliance", "An input counts no longer than it may be relied on.", w.relianceOver, "BF-VERIFIER-14", "BF-CONV-10"),
		check("follow/unreachable", "What was imported keeps counting while its issuer can't be reached.", w.unreachable, "BF-VERIFIER-10"),
		check("follow/consent-over", "An input is deleted once its consent has run its time, though its issuer says nothing.", w.consentOver, "BF-VERIFIER-18"),
	}
}

// follow runs a case about an input that counts, from an issuer of its own, to which the changes were made before.
func (w *World) follow(ctx context.Context, run func(b *bench, v *subject.Visitor) error, changes ...func(*bench)) error {
	b, err := w.bench(ctx)
	if err != nil {
		return err
	}
	v, err := w.Account(ctx)
	if err != nil {
		return err
	}
	for _, change := range changes {
		b.Set(func() { change(b) })
	}
	if err := b.imports(ctx, v); err != nil {
		return err
	}
	if err := b.counts(ctx, v, ""); err != nil {
		return err
	}
	return run(b, v)
}

// pastTTL is longer than a list may be used without asking again.
const pastTTL = 6 * time.Minute

// busy has the token endpoint refuse for the moment.
func (b *bench) busy() {
	b.Handle("/oauth/token", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(http.StatusServiceUnavailable)
		fmt.Fprint(w, `{"error":"temporarily_unavailable","error_description":"refused by the suite","bonafide_error":"unavailable"}`)
	})
}

// end sets the bit of what was told last.
func (b *bench) end() {
	b.Set(func() {
		entry, err := strconv.Atoi(wire.Text(b.Last, "credentialStatus", "statusListIndex"))
		if err != nil {
			panic(err) // entries are the suite's own
		}
		b.Told().Revoke(entry)
	})
}

// refreshes returns how often a new statement was asked for.
func (b *bench) refreshes() (asked []peer.Request) {
	for _, r := range b.Requests("/oauth/token") {
		if r.Form.Get("grant_type") == "refresh_token" {
			asked = append(asked, r)
		}
	}
	return asked
}

func (w *World) revoked(ctx context.Context) error {
	return w.follow(ctx, func(b *bench, v *subject.Visitor) error {
		b.busy()
		b.end()
		if err := w.Advance(ctx, pastTTL); err != nil {
			return err
		}
		if err := b.counts(ctx, v, "revoked"); err != nil {
			return err
		}
		if err := w.explained(ctx, v, b.told("revoked")); err != nil {
			return err
		}
		if len(b.refreshes()) == 0 {
			return subject.Wrong("a new statement asked for", "none")
		}
		b.Serve()
		b.states("good", 90, 100)
		if err := w.Advance(ctx, 7*time.Hour); err != nil {
			return err
		}
		return w.explained(ctx, v, b.told("good"))
	})
}

func (w *World) shortTTL(ctx context.Context) error {
	return w.follow(ctx, func(b *bench, v *subject.Visitor) error {
		b.busy()
		b.end()
		if err := w.Advance(ctx, 2*time.Minute); err != nil {
			return err
		}
		return b.counts(ctx, v, "revoked")
	}, func(b *bench) { b.Told().SetTTL(time.Minute) })
}

func (w *World) revokedReplaced(ctx context.Context) error {
	return w.follow(ctx, func(b *bench, v *subject.Visitor) error {
		b.states("good", 90, 100)
		b.end()
		if err := w.Advance(ctx, pastTTL); err != nil {
			return err
		}
		if err := b.counts(ctx, v, ""); err != nil {
			return err
		}
		return w.explained(ctx, v, b.told("good"))
	})
}

func (w *World) paused(ctx context.Context) error {
	return w.follow(ctx, func(b *bench, v *subject.Visitor) error {
		b.busy()
		b.Handle(b.Told().Path(), http.NotFound)
		for _, after := range []struct {
			by     time.Duration
			reason string
		}{{71 * time.Hour, ""}, {2 * time.Hour, "paused"}} {
			if err := w.Advance(ctx, after.by); err != nil {
				return err
			}
			if err := b.counts(ctx, v, after.reason); err != nil {
				return err
			}
		}
		if err := w.explained(ctx, v, b.told("paused")); err != nil {
			return err
		}
		b.Told().Serve()
		if err := w.Advance(ctx, pastTTL); err != nil {
			return err
		}
		return b.counts(ctx, v, "")
	})
}

func (w *World) wrongList(ctx context.Context) error {
	return w.follow(ctx, func(b *bench, v *subject.Visitor) error {
		b.busy()
		set := b.ended()
		for _, wrong := range []func(payload wire.Object){
			func(p wire.Object) { p["id"] = b.Origin + "/status/999" },
			func(p wire.Object) { p["credentialSubject"].(wire.Object)["statusPurpose"] = "suspension" },
			func(p wire.Object) { p["exp"] = p["exp"].(int64) + 1 },
		} {
			b.Handle(b.Told().Path(), b.Signed("vc+jwt", listMedia, func() any {
				payload := set()
				wrong(payload)
				return payload
			}))
			if err := w.Advance(ctx, pastTTL); err != nil {
				return err
			}
			if err := b.counts(ctx, v, ""); err != nil {
				return err
			}
		}
		return nil
	})
}

// ended returns what makes the list in which everything has ended, without the issuer's list telling so.
func (b *bench) ended() func() wire.Object {
	l := peer.NewList(b.Site, b.Told().Path())
	l.Bits = bytes.Repeat([]byte{0xff}, wire.MinEntries/8)
	return l.Credential
}

func (w *World) listBack(ctx context.Context) error {
	return w.follow(ctx, func(b *bench, v *subject.Visitor) error {
		b.busy()
		set := b.ended()
		b.Handle(b.Told().Path(), b.Signed("vc+jwt", listMedia, func() any {
			payload := set()
			lasting(-time.Hour, 72*time.Hour)(&telling{bench: b}, payload)
			return payload
		}))
		if err := w.Advance(ctx, pastTTL); err != nil {
			return err
		}
		return b.counts(ctx, v, "")
	})
}

func (w *World) oneList(ctx context.Context) error {
	return w.follow(ctx, func(b *bench, v *subject.Visitor) error {
		accounts := []*subject.Visitor{v}
		for range 4 {
			other, err := w.Account(ctx)
			if err != nil {
				return err
			}
			b.Set(func() { b.Subject = wire.Random(16) })
			if err := b.imports(ctx, other); err != nil {
				return err
			}
			accounts = append(accounts, other)
		}
		before := len(b.Requests(b.Told().Path()))
		if err := w.Advance(ctx, pastTTL); err != nil {
			return err
		}
		came := b.Requests(b.Told().Path())[before:]
		if len(came) != 1 || len(came[0].Query) != 0 {
			return subject.Wrong(fmt.Sprintf("one request for the list of %d inputs", len(accounts)), "%d", len(came))
		}
		for _, account := range accounts {
			if err := b.counts(ctx, account, ""); err != nil {
				return err
			}
		}
		return nil
	})
}

func (w *World) relianceOver(ctx context.Context) error {
	return w.follow(ctx, func(b *bench, v *subject.Visitor) error {
		b.busy()
		if err := w.explained(ctx, v, b.told("good")); err != nil {
			return err
		}
		if err := w.Advance(ctx, 48*time.Hour-time.Minute); err != nil {
			return err
		}
		if err := b.counts(ctx, v, ""); err != nil {
			return err
		}
		if err := w.Advance(ctx, 2*time.Minute); err != nil {
			return err
		}
		if err := b.counts(ctx, v, "stale"); err != nil {
			return err
		}
		return w.explained(ctx, v, b.told("good"))
	}, func(b *bench) { b.Alter = relied(2 * 86400) })
}

func (w *World) unreachable(ctx context.Context) error {
	return w.follow(ctx, func(b *bench, v *subject.Visitor) error {
		for _, path := range []string{
			"/oauth/token", "/.well-known/did.json", "/.well-known/openid-federation", "/mechanisms/trade.jwt", "/mechanisms/trade/v/1.jwt", b.Told().Path(),
		} {
			b.Handle(path, http.NotFound)
		}
		if err := w.Advance(ctx, 48*time.Hour); err != nil {
			return err
		}
		if err := w.explained(ctx, v, b.told("good")); err != nil {
			return err
		}
		return b.counts(ctx, v, "")
	})
}

func (w *World) consentOver(ctx context.Context) error {
	return w.follow(ctx, func(b *bench, v *subject.Visitor) error {
		b.busy()
		asked, err := asked(&b.Requests("/oauth/par")[0])
		if err != nil {
			return err
		}
		retention := time.Duration(number(asked, "retention_days")) * 24 * time.Hour
		if err := w.Advance(ctx, retention-time.Hour); err != nil {
			return err
		}
		if err := b.counts(ctx, v, "stale"); err != nil { // kept, though it may be relied on no more
			return err
		}
		if err := w.Advance(ctx, 2*time.Hour); err != nil {
			return err
		}
		return b.gone(ctx, v)
	})
}
