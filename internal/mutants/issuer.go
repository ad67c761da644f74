package mutants

import "strings"

// Issuer are the mutants of the issuer.
func Issuer() []Mutant {
	return []Mutant{
		{
			"client assertions are taken for any audience", "internal/oauth/server.go",
			`case a.Audience != string(server):`, `case a.Audience == "":`,
			"assertion/aud", "BF-OAUTH-6",
		},
		{
			"a client assertion counts as often as it is sent", "issuer/consent_record.go",
			`if used {`, `if used && a.ID == "" {`,
			"assertion/replayed", "BF-OAUTH-8",
		},
		{
			"a client speaks for another", "internal/oauth/server.go",
			`a.Issuer != client.Issuer || a.Subject != client.Issuer`, `a.Subject != client.Issuer`,
			"assertion/iss", "BF-OAUTH-5",
		},
		{
			"a client assertion lasts for hours", "internal/oauth/server.go",
			`> AssertionLife {`, `> 99*AssertionLife {`,
			"assertion/long", "BF-OAUTH-7",
		},
		{
			"the clock is ignored", "value.go",
			`!now.Add(-Leeway).Before(expires.Time()):`, `now.IsZero():`,
			"assertion/expired", "BF-TOKEN-14",
		},
		{
			"a token's header may hold anything", "internal/seal/token.go",
			`if name != "alg" && name != "kid" && name != "typ" || value == nil {`, `if value == nil {`,
			"assertion/header", "BF-TOKEN-4",
		},
		{
			"signatures are unchecked", "internal/seal/token.go",
			`if !verified(key, t.message, t.signature) {`, `if !verified(key, t.message, t.signature) && t == nil {`,
			"assertion/signature", "BF-TOKEN-10",
		},
		{
			"a redirect address need only begin as one published", "internal/oauth/server.go",
			`!slices.Contains(client.Metadata.OAuthClient.RedirectURIs, r.RedirectURI)`,
			`!slices.ContainsFunc(client.Metadata.OAuthClient.RedirectURIs, func(known string) bool { return len(r.RedirectURI) >= len(known) && r.RedirectURI[:len(known)] == known })`,
			"push/redirect-longer", "BF-OAUTH-11",
		},
		{
			"a challenge needs no method", "internal/oauth/server.go",
			`form.Get("code_challenge_method") != "S256"`, `form.Get("code_challenge_method") == "plain"`,
			"push/no-challenge-method", "BF-OAUTH-13",
		},
		{
			"verifiers may ask as often as they like", "issuer/consent_push.go",
			`!i.consents.pushes.Allow(string(client.Issuer), i.now())`, `!i.consents.pushes.Allow(string(client.Issuer), i.now()) && client.Issuer == ""`,
			"limit/pushes", "BF-OAUTH-34",
		},
		{
			"the code verifier is unchecked", "issuer/consent_token.go",
			`asked.Challenge); err != nil {`, `asked.Challenge); err != nil && code == "" {`,
			"token/wrong-verifier", "BF-OAUTH-19",
		},
		{
			"a code is taken twice", "issuer/consent_token.go",
			`err := tx.Delete(grantKey(code)); err != nil`, `err := error(nil); err != nil`,
			"token/twice", "BF-OAUTH-19",
		},
		{
			"a code counts for ten minutes", "issuer/consent_page.go",
			`now.Add(oauth.CodeLife)`, `now.Add(10 * oauth.CodeLife)`,
			"token/late", "BF-OAUTH-19",
		},
		{
			"a code is anybody's", "issuer/consent_token.go",
			`g.Request.Client != t.client ||`, ``,
			"token/other-client", "BF-OAUTH-19",
		},
		{
			"a refresh token is anybody's", "issuer/consent_token.go",
			`c.Verifier != t.client ||`, ``,
			"refresh/other-client", "BF-OAUTH-22",
		},
		{
			"a refresh may ask for other claims", "issuer/consent_token.go",
			`slices.Equal(a.Claims, b.Claims)`, `slices.Equal(a.Claims, a.Claims)`,
			"refresh/other-claims", "BF-OAUTH-23",
		},
		{
			"a refresh is answered with the nonce of the first request", "issuer/consent_token.go",
			`exact, details.Nonce)`, `exact, c.Details.Nonce)`,
			"refresh/nonce", "BF-STATUS-2",
		},
		{
			"all verifiers know a member by one name", "issuer/consent_record.go",
			`keyed(r, "pseudonym", string(verifier), member)`, `keyed(r, "pseudonym", member)`,
			"statement/other-sub", "BF-CONSENT-10",
		},
		{
			"statements tell exact measures", "issuer/consent_record.go",
			`m.Coarse()`, `m`,
			"statement/coarse", "BF-CONSENT-9",
		},
		{
			"statements tell what wasn't asked", "issuer/consent_record.go",
			`Kind: bonafide.Earned, AsOf:`, `Kind: bonafide.Earned, AccountSince: exact.AccountSince, AsOf:`,
			"statement/only-level", "BF-CONSENT-9",
		},
		{
			"statements are relied on beyond the consent", "issuer/consent_token.go",
			`min(bonafide.SecondsOf(t.now.Add(bonafide.MaxReliance)), c.Until)`, `bonafide.SecondsOf(t.now.Add(bonafide.MaxReliance))`,
			"time/relied-until", "BF-CONSENT-12",
		},
		{
			"one consent yields statements without end", "issuer/consent_record.go",
			`const maxStatements = 100`, `const maxStatements = 1000`,
			"limit/statements", "BF-CONSENT-15",
		},
		{
			"consent is given without its page", "issuer/consent_page.go",
			`[]byte(q.binding)) != 1 {`, `[]byte(q.binding)) > 1 {`,
			"decision/no-page", "BF-CONSENT-4",
		},
		{
			"one request is decided twice", "issuer/consent_page.go",
			`return tx.Delete(requestKey(uri))`, `return nil`,
			"decision/twice", "BF-CONSENT-4",
		},
		{
			"another's badge is told of", "issuer/consent_page.go",
			`owner == "" || owner != member`, `owner == ""`,
			"consent/wrong-account", "BF-CONSENT-5",
		},
		{
			"suspended members are told of", "issuer/consent_page.go",
			`err == nil && exact.State != bonafide.Current`, `err == nil && exact.State == ""`,
			"consent/not-current", "BF-CONSENT-6",
		},
		{
			"other sites' pages may post", "internal/web/harden.go",
			`protected := protection.Handler(next)`, `protected := next`,
			"decision/cross-origin", "BF-SITE-6",
		},
		{
			"a parameter may stand twice", "internal/web/request.go",
			`if len(v) > 1 {`, `if len(v) > 9 {`,
			"site/doubled-query", "BF-SITE-4",
		},
		{
			"refusals may be kept", "internal/web/problem.go",
			`h.Set("Cache-Control", "no-store")
	if code`, `h.Set("Cache-Control", "public, max-age=60")
	if code`,
			"site/problem", "BF-SITE-1",
		},
		{
			"shares are computed with floats", "issuer/rule.go",
			`return kb.Cmp(an) >= 0`, `due, _ := r.Float64()
	return an != nil && kb != nil && float64(float32(m.Positive)/float32(m.Total)) >= due`,
			"level/reached", "BF-ISSUER-10",
		},
		{
			"a fall isn't revoked", "issuer/rule.go",
			`if now.State != bonafide.Current {
		return true
	}`, `if now.State != "" {
		return now.State != bonafide.Current
	}`,
			"change/level-falls", "BF-ISSUER-23",
		},
		{
			"a rise is revoked", "issuer/rule.go",
			`m.LevelNumber(now) < number`, `m.LevelNumber(now) != number`,
			"change/level-rises", "BF-ISSUER-24",
		},
		{
			"a share that falls isn't revoked", "issuer/rule.go",
			`share.Cmp(shareBefore) < 0`, `share.Cmp(shareBefore) < -1`,
			"change/share-falls", "BF-ISSUER-23",
		},
		{
			"a new issue doesn't begin later than the one before", "issuer/dated.go",
			`return later(now, last.ValidFrom)`, `return last.ValidFrom`,
			"change/level-rises", "BF-ISSUER-21",
		},
		{
			"bits are set from the right", "statuslist.go",
			`b[i/8] |= 0x80 >> (i % 8)`, `b[i/8] |= 1 << (i % 8)`,
			"change/suspended", "BF-ISSUER-25",
		},
		{
			"a badge that is over has JSON", "issuer/show.go",
			`if code := i.over(s); code != "" {`, `if code := i.over(s); code == "x" {`,
			"change/suspended", "BF-ISSUER-51",
		},
		{
			"entries are given out in turn", "issuer/lists.go",
			`index := int(random.Int64())`, `index := list.Taken + int(random.Int64()-random.Int64())`,
			"list/indexes", "BF-ISSUER-30",
		},
		{
			"entries are given out again", "issuer/lists.go",
			`index := int(random.Int64())
		taken, err := tx.Get(entryKey(number, index))`, `index := int(random.Int64()) % 8
		taken, err := tx.Get(entryKey(number, -1))`,
			"list/indexes", "BF-ISSUER-32",
		},
		{
			"badges and statements share a list", "issuer/consent_token.go",
			`t.issuer.allocate(tx, statementList, c.ID)`, `t.issuer.allocate(tx, badgeList, c.ID)`,
			"list/apart", "BF-ISSUER-31",
		},
		{
			"a list is signed for too long", "issuer/lists_signed.go",
			`from.Add(bonafide.MaxListLife))
	if err`, `from.Add(2*bonafide.MaxListLife))
	if err`,
			"list/times", "BF-LIST-3",
		},
		{
			"a list without news is never signed anew", "issuer/lists_signed.go",
			`s.generation == generation && now.Before(s.at.Add(bonafide.StatusListTTL/2))`, `s.generation == generation`,
			"time/list-goes-on", "BF-ISSUER-35",
		},
		{
			"an id stands for several events", "issuer/record.go",
			`if !e.same(before) {`, `if e.ID == "" && !e.same(before) {`,
			"event/conflict", "BF-ISSUER-2",
		},
		{
			"events may be yet to come", "issuer/record.go",
			`e.At.After(latest) {`, `e.At.After(latest.AddDate(1, 0, 0)) {`,
			"event/future", "BF-ISSUER-4",
		},
		{
			"what was erased comes back", "issuer/erase.go",
			`tx.Put(eventKey(id), nil)`, `tx.Delete(eventKey(id))`,
			"member/erased-events", "BF-ISSUER-41",
		},
		{
			"the log has more keys than readers take", "internal/publiclog/log.go",
			`Keys: []string{l.key}}`, `Keys: []string{` + strings.Repeat(`l.key, `, 17) + `}}`,
			"log/named", "BF-LOG-1",
		},
		{
			"caches may keep the log's checkpoint", "internal/publiclog/serve.go",
			`web.Public(w.Header(), "no-store")`, `web.Public(w.Header(), "public, max-age=300")`,
			"log/checkpoint", "BF-LOG-2",
		},
		{
			"the log serves other entries than it signed", "internal/publiclog/serve.go",
			`first := tile.N << tileHeight`, `first := tile.N<<tileHeight + 1`,
			"log/entries", "BF-LOG-4",
		},
		{
			"the log tells when of the day a status list was signed", "internal/publiclog/log.go",
			`Entry{StatusList, address, HashOfBytes(token), day}`, `Entry{StatusList, address, HashOfBytes(token), l.Now().UTC().Truncate(time.Second)}`,
			"log/entries", "BF-LOG-5",
		},
		{
			"versions are published and not entered in the log", "site/publiclog.go",
			`return s.public.Note(tx, kind, string(s.Origin)+path, hash)`, `return nil`,
			"log/published", "BF-LOG-8",
		},
		{
			"the log tells whose badge was published", "site/log.go",
			`return tx.Delete(actKey(act.Number - maxActs))`,
			`return s.public.Note(tx, "act", string(s.Origin)+"/acts/"+act.On, "sha-256:47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU")`,
			"log/follows", "BF-LOG-5",
		},
		{
			"the log begins anew", "internal/publiclog/log.go",
			`hashes, err := tlog.StoredHashes(`, "n %= 2\n\thashes, err := tlog.StoredHashes(",
			"log/follows", "BF-LOG-6",
		},
	}
}
