package mutants

// Verifier are the mutants of the verifier.
func Verifier() []Mutant {
	return []Mutant{
		{
			"statements are taken for any audience", "claims.go",
			`c.Audience != audience:`, `c.Audience == "":`,
			"statement/audience", "BF-IMPORT-13",
		},
		{
			"a statement answers any request", "claims.go",
			`c.Nonce == "" || c.Nonce != nonce:`, `c.Nonce == "":`,
			"statement/nonce", "BF-IMPORT-14",
		},
		{
			"the clock is ignored", "value.go",
			`!now.Add(-Leeway).Before(expires.Time()):`, `now.IsZero():`,
			"statement/expired", "BF-IMPORT-15",
		},
		{
			"a statement is taken twice", "verifier/statement.go",
			`if seen {`, `if seen && s.ID == "" {`,
			"statement/replayed", "BF-IMPORT-17",
		},
		{
			"a statement may be about something else", "verifier/statement.go",
			`consented.Status.Mechanism != asked.Mechanism {`, `consented.Status.Mechanism == "" {`,
			"statement/other-mechanism", "BF-IMPORT-16",
		},
		{
			"a statement may tell more than its holder let it", "verifier/statement.go",
			`if told && !slices.Contains(claims, claim) {`, `if told && len(claims) == 0 {`,
			"statement/tells-more", "BF-IMPORT-23",
		},
		{
			"any site signs for any other", "verifier/statement.go",
			`signer != issuer {`, `signer == "" {`,
			"signature/other-site", "BF-IMPORT-12",
		},
		{
			"signatures are unchecked", "internal/seal/token.go",
			`if !verified(key, t.message, t.signature) {`, `if !verified(key, t.message, t.signature) && t == nil {`,
			"signature/altered", "BF-TOKEN-10",
		},
		{
			"another type of token will do", "internal/seal/token.go",
			`found != string(typ):`, `found == "":`,
			"signature/other-type", "BF-TOKEN-6",
		},
		{
			"what is revoked is taken", "verifier/statement.go",
			`if set {`, `if set && len(list.Bits) == 0 {`,
			"entry/revoked", "BF-IMPORT-18",
		},
		{
			"what is revoked later still counts", "verifier/lists.go",
			`if set, err := bits.Get(position); set || err != nil {`, `if _, err := bits.Get(position); err != nil {`,
			"follow/revoked", "BF-VERIFIER-9",
		},
		{
			"what should pause counts", "verifier/input.go",
			`!now.Before(list.ValidUntil):`, `list.ValidUntil.IsZero():`,
			"follow/list-gone", "BF-VERIFIER-10",
		},
		{
			"a refresh may be about somebody else", "verifier/refresh.go",
			`s.Subject != in.Statement.Subject {`, `s.Subject == "" {`,
			"refresh/statement-other-subject", "BF-VERIFIER-13",
		},
		{
			"a consent may be granted for something else", "verifier/statement.go",
			`granted.Purpose != asked.Purpose`, `granted.Purpose.EN == ""`,
			"response/other-purpose", "BF-IMPORT-23",
		},
		{
			"an answer may be another issuer's", "verifier/flow.go",
			`issuer != string(f.Issuer):`, `f.Issuer == "":`,
			"answer/other-iss", "BF-IMPORT-9",
		},
		{
			"any browser may bring the answer", "verifier/flow.go",
			`[]byte(hashed(browser))) != 1:`, `[]byte(hashed(browser))) > 1:`,
			"answer/other-browser", "BF-IMPORT-7",
		},
		{
			"any account may bring the answer", "verifier/flow.go",
			`f.Account != account:`, `f.Account == "":`,
			"answer/other-account", "BF-IMPORT-8",
		},
		{
			"an answer counts for an hour", "verifier/flow.go",
			`const flowLife = 10 * time.Minute`, `const flowLife = 60 * time.Minute`,
			"answer/late", "BF-IMPORT-8",
		},
		{
			"an answer counts twice", "verifier/flow.go",
			`case f.Used:`, `case f.Account == "":`,
			"answer/twice", "BF-IMPORT-10",
		},
		{
			"one account at the issuer feeds two", "verifier/import.go",
			`fed.Account != f.Account {`, `fed.Account == "" {`,
			"answer/other-account-here", "BF-IMPORT-20",
		},
		{
			"scripts may read the import's cookie", "verifier/import_pages.go",
			`HttpOnly: true, Secure`, `HttpOnly: false, Secure`,
			"begin/cookie", "BF-IMPORT-7",
		},
		{
			"a mechanism that no table names is asked about", "verifier/import.go",
			`if len(naming) == 0 {
		return "", bonafide.Errorf(bonafide.NotRecognised, mechanism, "is named in no conversion table of this site")
	}
	issuer := naming[0].From.Issuer`, `issuer, err := bonafide.OriginOf(mechanism)
	if err != nil {
		return "", err
	}`,
			"begin/start-elsewhere", "BF-VERIFIER-6",
		},
		{
			"a table's version is overwritten", "internal/publish/shelf.go",
			`case version != number+1:`, `case 0 < version && version <= number:
			return store.PutJSON(tx, s.key(doc.Slug(), version), doc)
		case version != number+1:`,
			"tables/version-conflict", "BF-VERIFIER-4",
		},
		{
			"what this site observed itself counts", "conversion/weigh.go",
			`case slices.Contains(w.origins(), site):`, `case site == "" && slices.Contains(w.origins(), site):`,
			"conversion/own-source", "BF-CONV-6",
		},
		{
			"shares are computed with floats", "conversion/share.go",
			`x.holds = defined && x.left.Cmp(x.right) >= 0
		return x`, `due, _ := share.Float64()
		x.holds = defined && float64(float32(m.Positive)/float32(m.Total)) >= due
		return x`,
			"conversion/share-edge", "BF-CONV-16",
		},
		{
			"a level shown is converted", "conversion/weigh.go",
			`w.rule.From.LevelNumber(w.input.Status.EarnedLevel) >= wanted`, `w.rule.From.LevelNumber(w.input.Status.Level) >= wanted`,
			"conversion/shown-level", "BF-CONV-11",
		},
		{
			"the cap is ignored", "conversion/weigh.go",
			`return min(r.Table.Cap, len(q.To.Levels))`, `return len(q.To.Levels)`,
			"several/agreement-within-cap", "BF-CONV-20",
		},
		{
			"inputs from one source agree", "conversion/combine.go",
			`y.rule.Table.Agreement && independent(x, y)`, `y.rule.Table.Agreement`,
			"several/same-source", "BF-CONV-23",
		},
		{
			"what is old counts", "conversion/weigh.go",
			`case !w.staleFrom().IsZero() && !now.Before(w.staleFrom()):`, `case now.IsZero():`,
			"conversion/age-past-limit", "BF-CONV-9",
		},
		{
			"one's own referral is redeemed", "verifier/referral_redeem.go",
			`if voucher == account {`, `if voucher == account && account == "" {`,
			"referral/own", "BF-REDEEM-9",
		},
		{
			"a referral is redeemed by two", "verifier/referral_redeem.go",
			`!found || used.Account != account || kept.Name != name:`, `!found:`,
			"referral/other-account", "BF-REDEEM-7",
		},
		{
			"two referrals of one issuer are redeemed", "verifier/referral_redeem.go",
			`other.Referral.Issuer == referral.Issuer {`, `other.Referral.Issuer == "" {`,
			"referral/twice", "BF-REDEEM-8",
		},
		{
			"referrals are taken from anybody", "verifier/referral_redeem.go",
			`len(tables.referring().mechanisms(issuer)) == 0`, `issuer == ""`,
			"referral/unknown-issuer", "BF-REDEEM-3",
		},
		{
			"a client key stands there twice", "verifier/verifier.go",
			`JWKS:         keys,`, `JWKS:         bonafide.JWKS{Keys: append(keys.Keys, keys.Keys...)},`,
			"documents/entity-keys", "BF-KEY-2",
		},
		{
			"the log begins anew", "internal/publiclog/log.go",
			`hashes, err := tlog.StoredHashes(`, "n %= 2\n\thashes, err := tlog.StoredHashes(",
			"log/grows", "BF-LOG-6",
		},
		{
			"an issuer that is away is said to refuse", "internal/oauth/client.go",
			`body.Error == TemporarilyUnavailable {`, `body.Error == "" {`,
			"answer/away", "BF-OAUTH-33",
		},
	}
}
