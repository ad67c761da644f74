package verifier

import (
	"context"
	"net/http"
	"net/url"
	"sync"
	"time"

	"bonafide.example/conformance/subject"
	"bonafide.example/conformance/wire"
)

func (w *World) answering() []subject.Check {
	checks := []subject.Check{
		check("answer/other-iss", "An answer in another issuer's name is refused, and the import stays under way.", w.badIssuer("https://other.example"),
			"BF-IMPORT-9", "BF-OAUTH-31"),
		check("answer/no-iss", "An answer that doesn't say whose it is is refused, and the import stays under way.", w.badIssuer(""),
			"BF-IMPORT-9", "BF-OAUTH-31"),
		check("answer/no-state", "An answer without state is refused.", w.badState(""), "BF-IMPORT-8"),
		check("answer/other-state", "An answer whose state names no import is refused.", w.badState(wire.Random(32)), "BF-IMPORT-8"),
		check("answer/other-browser", "An answer to an import that another browser began is refused.", w.otherBrowser, "BF-IMPORT-7", "BF-IMPORT-8"),
		check("answer/other-account", "An answer to an import that another account began is refused.", w.otherAccount, "BF-IMPORT-7", "BF-IMPORT-8"),
		check("answer/signed-out", "An answer that a browser brings in which nobody is signed in grants nothing.", w.answerSignedOut, "BF-IMPORT-7"),
		check("answer/late", "An answer is refused over 10 minutes after the import began.", w.late, "BF-IMPORT-7", "BF-IMPORT-8"),
		check("answer/in-time", "An answer after 9 minutes succeeds.", w.inTimeStill, "BF-IMPORT-7"),
		check("answer/twice", "The same answer again is refused, and asks the issuer nothing.", w.twice, "BF-IMPORT-10"),
		check("answer/at-once", "Of the same answer 20 times at once one grants, and the code is sent once.", w.atOnce, "BF-IMPORT-10"),
		check("answer/code-and-error", "An answer that holds both a refusal and a code grants nothing.", w.codeAndError, "BF-IMPORT-11"),
		check("answer/no-code", "An answer that holds neither grants nothing.", w.noCode, "BF-IMPORT-21"),
		check("answer/doubled-parameter", "An answer in which a parameter stands twice is refused.", w.answerDoubled, "BF-SITE-4"),
		check("answer/other-error", "Another error of the issuer's is said to be its refusal.", w.denied("server_error", "internal", "issuer-refused"), "BF-OAUTH-33"),
		check("answer/away", "An issuer that can't answer just now is said to be away.", w.denied("temporarily_unavailable", "unavailable", "unreachable"), "BF-OAUTH-33"),
		check("answer/other-account-here", "What one account's subject feeds can't feed another account.", w.alreadyImported, "BF-IMPORT-20"),
		check("answer/again", "What is imported again takes the place of what was.", w.importedAgain, "BF-IMPORT-20"),
	}
	for _, d := range [][2]string{
		{"", "consent-declined"}, {"consent-declined", "consent-declined"}, {"wrong-account", "wrong-account"}, {"not-current", "not-current"},
		{"no-such-member", "consent-declined"}, {"internal", "consent-declined"},
	} {
		said, code := d[0], d[1]
		name, about := "answer/denied", "Where access is denied without a code, consent was declined."
		if said != "" {
			name, about = name+"-"+said, "Where access is denied as "+said+", nothing is granted, as "+code+"."
		}
		checks = append(checks, check(name, about, w.denied("access_denied", said, code), "BF-IMPORT-11"))
	}
	return checks
}

// underWay runs a case in which an import is under way, and checks that nothing is granted in it.
func (w *World) underWay(ctx context.Context, run func(f *flow) error) error {
	return w.withVisitor(ctx, func(b *bench, v *subject.Visitor) error {
		return w.unchanged(ctx, v, func() error {
			f, err := b.begin(ctx, v, nil)
			if err != nil {
				return err
			}
			return run(f)
		})
	})
}

// succeeds consents to an import under way and expects it to succeed.
func (f *flow) succeeds(ctx context.Context) error {
	x, err := f.consent(ctx)
	if err != nil {
		return err
	}
	if x.Status != http.StatusSeeOther {
		return subject.Wrong("303: the import is still under way", "%d with the code %q", x.Status, x.Code())
	}
	return f.counts(ctx, f.visitor, "")
}

// code gives out a code for an import under way.
func (f *flow) code() (string, error) {
	back, err := f.Consent(f.uri)
	if err != nil {
		return "", err
	}
	u, err := url.Parse(back)
	if err != nil {
		return "", err
	}
	return u.Query().Get("code"), nil
}

func (w *World) badIssuer(iss string) func(context.Context) error {
	return func(ctx context.Context) error {
		var f *flow
		err := w.underWay(ctx, func(under *flow) error {
			f = under
			code, err := f.code()
			if err != nil {
				return err
			}
			answer := url.Values{"code": {code}}
			if iss != "" {
				answer.Set("iss", iss)
			}
			x, err := f.answer(ctx, f.visitor, answer)
			if err != nil {
				return err
			}
			return x.Refused("wrong-issuer")
		})
		if err != nil {
			return err
		}
		return f.succeeds(ctx)
	}
}

func (w *World) badState(state string) func(context.Context) error {
	return func(ctx context.Context) error {
		return w.underWay(ctx, func(f *flow) error {
			code, err := f.code()
			if err != nil {
				return err
			}
			f.asked.State = state
			x, err := f.answer(ctx, f.visitor, url.Values{"code": {code}, "iss": {f.Origin}})
			if err != nil {
				return err
			}
			return x.Refused("wrong-state")
		})
	}
}

// broughtBy brings the answer to an import in another browser, or as another account.
func (w *World) broughtBy(ctx context.Context, who func(f *flow) (*subject.Visitor, error), codes ...string) error {
	return w.underWay(ctx, func(f *flow) error {
		other, err := who(f)
		if err != nil {
			return err
		}
		run := func() error {
			back, err := f.Consent(f.uri)
			if err != nil {
				return err
			}
			x, err := other.Get(ctx, back, asProgram)
			if err != nil {
				return err
			}
			return x.Refused(codes...)
		}
		if other.ID == "" {
			return run()
		}
		return w.unchanged(ctx, other, run)
	})
}

func (w *World) otherBrowser(ctx context.Context) error {
	return w.broughtBy(ctx, func(f *flow) (*subject.Visitor, error) { return w.SignIn(ctx, f.visitor.ID) }, "wrong-state")
}

func (w *World) otherAccount(ctx context.Context) error {
	return w.broughtBy(ctx, func(f *flow) (*subject.Visitor, error) { return w.Switch(ctx, f.visitor) }, "wrong-state")
}

func (w *World) answerSignedOut(ctx context.Context) error {
	return w.broughtBy(ctx, func(*flow) (*subject.Visitor, error) { return w.Anybody(), nil }, "sign-in-required", "wrong-state")
}

func (w *World) late(ctx context.Context) error {
	return w.underWay(ctx, func(f *flow) error {
		if err := w.Advance(ctx, importLife+time.Second); err != nil {
			return err
		}
		x, err := f.consent(ctx)
		if err != nil {
			return err
		}
		return x.Refused("wrong-state")
	})
}

func (w *World) inTimeStill(ctx context.Context) error {
	return w.withVisitor(ctx, func(b *bench, v *subject.Visitor) error {
		f, err := b.begin(ctx, v, nil)
		if err != nil {
			return err
		}
		if err := w.Advance(ctx, importLife-time.Minute); err != nil {
			return err
		}
		return f.succeeds(ctx)
	})
}

func (w *World) twice(ctx context.Context) error {
	return w.withVisitor(ctx, func(b *bench, v *subject.Visitor) error {
		f, err := b.begin(ctx, v, nil)
		if err != nil {
			return err
		}
		back, err := f.Consent(f.uri)
		if err != nil {
			return err
		}
		x, err := v.Get(ctx, back, asProgram)
		if err != nil {
			return err
		}
		if x.Status != http.StatusSeeOther {
			return subject.Wrong("303 for the first", "%d", x.Status)
		}
		return w.unchanged(ctx, v, func() error {
			return silent(func() error {
				x, err := v.Get(ctx, back, asProgram)
				if err != nil {
					return err
				}
				return x.Refused("replayed")
			}, b.Site)
		})
	})
}

const many = 20 // answers at once

func (w *World) atOnce(ctx context.Context) error {
	return w.withVisitor(ctx, func(b *bench, v *subject.Visitor) error {
		f, err := b.begin(ctx, v, nil)
		if err != nil {
			return err
		}
		back, err := f.Consent(f.uri)
		if err != nil {
			return err
		}
		before := len(b.Requests("/oauth/token"))
		answers, failures := [many]*subject.Exchange{}, [many]error{}
		var all sync.WaitGroup
		for i := range answers {
			all.Go(func() { answers[i], failures[i] = v.Get(ctx, back, asProgram) })
		}
		all.Wait()
		granted := 0
		for i, x := range answers {
			switch {
			case failures[i] != nil:
				return failures[i]
			case x.Status == http.StatusSeeOther:
				granted++
			default:
				if err := x.Refused("replayed"); err != nil {
					return err
				}
			}
		}
		if sent := len(b.Requests("/oauth/token")) - before; granted != 1 || sent != 1 {
			return subject.Wrong("one that grants, and the code sent once", "%d, and the code sent %d times", granted, sent)
		}
		return b.counts(ctx, v, "")
	})
}
