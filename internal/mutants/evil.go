package mutants

// Evil are the mutants of how badges are fetched and read, which the issuer that misbehaves finds.
func Evil() []Mutant {
	return []Mutant{
		{
			"redirects lead anywhere", "internal/fetch/dial.go",
			`case err != nil || !origin.Owns(address):`, `case err != nil && !origin.Owns(address):`,
			"evil/redirect-other-origin", "BF-FETCH-3",
		},
		{
			"redirects go on", "internal/fetch/dial.go",
			`len(before) > MaxRedirects`, `len(before) > 9*MaxRedirects`,
			"evil/redirect-four", "BF-FETCH-3",
		},
		{
			"bodies are read to their end", "internal/fetch/fetch.go",
			`io.LimitReader(response.Body, MaxBody+1)`, `io.LimitReader(response.Body, 200*MaxBody)`,
			"evil/endless-body", "BF-FETCH-5",
		},
		{
			"lists are unpacked to their end", "statuslist.go",
			`io.LimitReader(zip, MaxListSize/8+1)`, `io.LimitReader(zip, 1<<40)`,
			"evil/list-bomb", "BF-LIST-7",
		},
		{
			"a fetch takes its time", "internal/fetch/fetch.go",
			`DefaultTimeout = 5 * time.Second`, `DefaultTimeout = 50 * time.Second`,
			"evil/answers-late", "BF-FETCH-4",
		},
		{
			"a verification takes its time", "internal/fetch/budget.go",
			`BudgetTime    = 10 * time.Second`, `BudgetTime    = 100 * time.Second`,
			"evil/budget-of-time", "BF-FETCH-7",
		},
		{
			"media types don't matter", "internal/fetch/fetch.go",
			`err != nil || !slices.Contains(accept, media)`, `err != nil && !slices.Contains(accept, media)`,
			"evil/type-html", "BF-FETCH-6",
		},
		{
			"the first of two media types counts", "internal/fetch/fetch.go",
			`strings.Join(header.Values("Content-Type"), ", ")`, `header.Get("Content-Type")`,
			"evil/type-doubled", "BF-FETCH-6",
		},
		{
			"the status doesn't matter", "internal/fetch/fetch.go",
			`answer.Status != http.StatusOK`, `answer.Status >= http.StatusMultipleChoices`,
			"evil/status-206", "BF-FETCH-6",
		},
		{
			"what is compressed is read as it is", "internal/fetch/fetch.go",
			`encoding != "" && encoding != "identity"`, `encoding == "br"`,
			"evil/encoding-false", "BF-FETCH-5",
		},
		{
			"a key may have any name", "internal/seal/keyset.go",
			`err != nil || method.ID != id`, `err != nil && method.ID != id`,
			"evil/keys-not-thumbprint", "BF-KEY-10",
		},
		{
			"DID documents may be large", "internal/seal/keyset.go",
			`len(data) > maxKeyDocument`, `len(data) > 16*maxKeyDocument`,
			"evil/keys-too-large", "BF-KEY-1",
		},
		{
			"lists go back", "internal/fetch/list.go",
			`ok && list.ValidFrom.Before(last.ValidFrom)`, `ok && list.ValidFrom.IsZero() && !last.ValidFrom.IsZero()`,
			"evil/change-list-goes-back", "BF-VERIFIER-11",
		},
		{
			"names may lead inside", "internal/fetch/dial.go",
			`net.Dialer{Control: c.guard.Safe}`, `net.Dialer{}`,
			"evil/name-of-loopback", "BF-FETCH-2",
		},
	}
}
