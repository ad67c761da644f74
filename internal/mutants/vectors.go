package mutants

// Vectors are the mutants of the rules, which the test vectors find.
func Vectors() []Mutant {
	return []Mutant{
		{
			"a header may lead to keys", "internal/seal/token.go",
			`name != "alg" &&`, `name != "alg" && name != "jku" &&`,
			"token/header-jku", "BF-TOKEN-4",
		},
		{
			"base64url has several spellings", "internal/seal/token.go",
			`base64.RawURLEncoding.Strict()`, `base64.RawURLEncoding`,
			"token/form-trailing-bits", "BF-TOKEN-2",
		},
		{
			"an entity configuration needn't be signed by its own key", "internal/seal/token.go",
			"if _, err := t.Open(keys); err != nil {\n\t\treturn nil, err\n\t}", "_ = keys",
			"token/entity-of-another-key", "BF-META-1",
		},
		{
			"keys needn't be for assertions", "internal/seal/keyset.go",
			` || !slices.Contains(document.AssertionMethod, method.ID)`, ` || len(slices.Clone(document.AssertionMethod)) > 99`,
			"key/did-not-for-assertions", "BF-KEY-9",
		},
		{
			"names may differ in case alone", "json.go",
			`strings.Map(oneCase, token.String())`, `strings.Clone(token.String())`,
			"token/payload-two-cases", "BF-JSON-3",
		},
		{
			"addresses may walk up", "origin.go",
			`u.String() == address && !dotted &&`, `u.String() == address && (!dotted || dotted) &&`,
			"parse/address-encoded-dots", "BF-ORIGIN-5",
		},
		{
			"bits are counted from the right", "statuslist.go",
			`b[i/8]&(0x80>>(i%8)) != 0`, `b[i/8]&(1<<(i%8)) != 0`,
			"statuslist/good-not-from-right", "BF-LIST-8",
		},
		{
			"an entry beyond the list ends the program", "statuslist.go",
			`if i < 0 || i >= len(b)*8 {`, `if i < 0 {`,
			"statuslist/index-beyond", "BF-LIST-9",
		},
		{
			"a badge may say two things", "credential.go",
			`fragment != "source" && slices.Contains(seen, fragment)`, `fragment == "kind" && slices.Contains(seen, fragment)`,
			"parse/badge-stated-twice", "BF-BADGE-7",
		},
		{
			"a statement answers any request", "claims.go",
			`c.Nonce == "" || c.Nonce != nonce`, `c.Nonce == ""`,
			"parse/consented-status-nonce", "BF-STATUS-2",
		},
		{
			"a server may be another site", "metadata.go",
			`if m.Issuer != origin {`, `if m.Issuer == "" {`,
			"parse/entity-configuration-server-of-another", "BF-META-4",
		},
		{
			"what is upheld may change its class", "ruling.go",
			`case Uphold, Reverse:`, `case Uphold:
		case Reverse:`,
			"parse/ruling-uphold-with-class", "BF-RULING-3",
		},
		{
			"the middle of the interval counts", "conversion/share.go",
			`product(x.c, n, x.a, rest)`, `product(x.c, n, x.a, rest, new(big.Int))`,
			"share/wilson-99-of-100-above", "BF-CONV-17",
		},
		{
			"a table ends a day early", "conversion/weigh.go",
			`today <= t.ValidUntil`, `today < t.ValidUntil`,
			"conversion/table-on-last-day", "BF-CONV-8",
		},
		{
			"a row may give what isn't there", "conversion/check.go",
			`rate.Gives > len(to.Levels)`, `rate.Gives > len(to.Levels)+9`,
			"table/gives-above-levels", "BF-CONV-28",
		},
		{
			"a hundredth is rounded down", "vouching/charge.go",
			`up.Add(up, new(big.Int).Sub(severity.Denom(), big.NewInt(1)))`, ``,
			"vouching/charge-rounded-up", "BF-VOUCH-22",
		},
		{
			"a withdrawal always protects", "vouching/charge.go",
			`f.attested || !v.leftBefore`, `!v.leftBefore`,
			"vouching/reach-left-but-attested", "BF-VOUCH-27",
		},
		{
			"all that was earned can be lost", "vouching/account.go",
			`min(a.charged, a.earned/2)`, `a.charged`,
			"vouching/charge-ceiling", "BF-VOUCH-15",
		},
		{
			"a header may have crit", "internal/seal/token.go",
			`bonafide.Parse[map[string]*string](data)`,
			`bonafide.Parse[map[string]*string]([]byte(strings.Replace(string(data), ",\"crit\":[]", "", 1)))`,
			"token/header-crit", "BF-TOKEN-4",
		},
		{
			"shares are computed with floats", "conversion/share.go",
			`x.holds = defined && x.left.Cmp(x.right) >= 0
		return x`, `due, _ := share.Float64()
		x.holds = defined && float64(float32(m.Positive)/float32(m.Total)) >= due
		return x`,
			"share/plain-one-of-2-to-53-missing", "BF-CONV-16",
		},
		{
			"what a site observed itself counts", "conversion/weigh.go",
			`case slices.Contains(w.origins(), site):`, `case site == "" && slices.Contains(w.origins(), site):`,
			"conversion/own-source", "BF-CONV-6",
		},
		{
			"the cap is ignored", "conversion/weigh.go",
			`return min(r.Table.Cap, len(q.To.Levels))`, `return len(q.To.Levels)`,
			"conversion/agreement-within-cap", "BF-CONV-20",
		},
		{
			"inputs from one source agree", "conversion/combine.go",
			`y.rule.Table.Agreement && independent(x, y)`, `y.rule.Table.Agreement`,
			"conversion/same-source", "BF-CONV-23",
		},
		{
			"one fault charges a person twice", "vouching/charge.go",
			`case c.outweighs(charges[i]):
			charges[i] = c`, `case i >= 0:
			charges = append(charges, c)`,
			"vouching/charge-once", "BF-VOUCH-25",
		},
		{
			"the second hop is charged as the first", "vouching/charge.go",
			`quarter := amount / 4`, `quarter := amount`,
			"vouching/charge-two-hops", "BF-VOUCH-24",
		},
		{
			"nothing ever heals", "vouching/heal.go",
			`return amount * int64(periods) / Periods`, `return amount * int64(periods) / Periods / bonafide.MaxPoints`,
			"vouching/heal-first-period", "BF-VOUCH-14",
		},
		{
			"people stake more than they have", "vouching/refuse.go",
			`case a.lent+e.Stake > a.capacity:`, `case a.lent+e.Stake > bonafide.MaxPoints:`,
			"vouching/refuse-beyond-capacity", "BF-VOUCH-11",
		},
		{
			"a site may charge without bound", "vouching/referral.go",
			`s.leftToSite(v.voucher, v.site))`, `v.stake)`,
			"vouching/tenth-exceeded", "BF-VOUCH-43",
		},
		{
			"one supporter is enough", "vouching/account.go",
			`here+elsewhere >= needed`, `here+elsewhere >= min(needed, 1)`,
			"vouching/attack-ring-with-one-outside", "BF-VOUCH-20",
		},
		{
			"a stolen key still counts", "internal/seal/history.go",
			`if trusted = h.follow(pins, compromised); trusted[h.Signer] {`, `if trusted = h.follow(pins, nil); trusted[h.Signer] {`,
			"history/good-compromised", "BF-PIN-3",
		},
		{
			"whoever signs a key history is believed", "internal/seal/history.go",
			`if trusted = h.follow(pins, compromised); trusted[h.Signer] {`, `if trusted = h.follow(pins, compromised); trusted != nil {`,
			"history/good-compromised-not-believed", "BF-PIN-3",
		},
		{
			"a client key vouches for any other", "key_history.go",
			`return signer == u || signer == UseFederation`, `return signer == u || signer != UseCredential`,
			"history/succession-by-client-key", "BF-KEY-13",
		},
	}
}
