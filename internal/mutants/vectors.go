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
			` || base64.RawURLEncoding.EncodeToString(decoded[i]) != part`, ``,
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
			`seen[fragment] && fragment != "source"`, `seen[fragment] && fragment == "kind"`,
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
	}
}
