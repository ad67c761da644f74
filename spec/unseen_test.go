package spec_test

import (
	"slices"
	"strings"
)

// unseen lists, by why, the failing cases of the vectors whose fault no schema can see.
var unseen = map[string]string{
	"Whom it is for, when it is read and where it was found: only its reader knows.": `
		parse/consented-status-audience parse/consented-status-expired parse/consented-status-nonce
		parse/entity-configuration-expired parse/entity-configuration-iss parse/badge-early parse/badge-elsewhere
		parse/badge-expired parse/badge-issuer parse/badge-mechanism-elsewhere parse/outcome-audience parse/outcome-early
		parse/outcome-expired parse/referral-audience parse/referral-early parse/referral-expired parse/ruling-audience
		parse/ruling-early parse/ruling-expired parse/signed-mechanism-early parse/signed-mechanism-expired
		parse/signed-table-expired key/did-of-another statuslist/at-another-address statuslist/expired
		statuslist/foreign-issuer statuslist/not-yet-valid statuslist/on-another-site parse/badge-at-another-address
		parse/badge-at-its-address-with-query
		parse/badge-start-61 parse/badge-end-60 parse/badge-end-61 parse/consented-status-start-61
		parse/consented-status-end-60 parse/consented-status-end-61 parse/entity-configuration-start-61
		parse/entity-configuration-end-60 parse/entity-configuration-end-61 parse/outcome-start-61 parse/outcome-end-60
		parse/outcome-end-61 parse/referral-start-61 parse/referral-end-60 parse/referral-end-61 parse/ruling-start-61
		parse/ruling-end-60 parse/ruling-end-61 parse/signed-mechanism-start-61 parse/signed-mechanism-end-60
		parse/signed-mechanism-end-61 statuslist/start-61 statuslist/end-60 statuslist/end-61`,
	"One field must equal another, or be on the origin that another names.": `
		parse/authorization-details-badge-elsewhere parse/badge-exp parse/badge-iss parse/badge-jti
		parse/badge-level-of-another parse/badge-list-elsewhere parse/badge-nbf parse/badge-sub
		parse/consented-status-list-elsewhere parse/consented-status-mechanism-elsewhere
		parse/entity-configuration-conversion-elsewhere parse/entity-configuration-endpoint-elsewhere
		parse/entity-configuration-import-elsewhere parse/entity-configuration-mechanism-elsewhere
		parse/entity-configuration-outcomes-elsewhere parse/entity-configuration-redirect-elsewhere
		parse/entity-configuration-redirect-suffix parse/entity-configuration-referrals-elsewhere
		parse/entity-configuration-rulings-elsewhere parse/entity-configuration-server-of-another
		parse/entity-configuration-sub parse/entity-configuration-client-key-of-the-site parse/mechanism-share-of-nothing parse/referral-level-shown
		parse/referral-list-elsewhere parse/referral-mechanism-elsewhere parse/referral-to-itself
		parse/signed-mechanism-of-another parse/signed-table-of-another parse/table-from-elsewhere parse/table-from-itself
		parse/table-to-elsewhere key/did-controlled-by-another statuslist/exp-differs statuslist/other-address
		statuslist/other-jti statuslist/nbf-differs key/did-id-of-another`,
	"One number, day or length is bounded by another.": `
		parse/badge-more-than-all parse/badge-too-long parse/consented-status-acceptance-too-long
		parse/consented-status-more-than-all parse/consented-status-reliance-too-long parse/mechanism-share-levels-fall
		parse/mechanism-share-levels-few parse/mechanism-vouching-stakes-fall parse/mechanism-vouching-stakes-few
		parse/mechanism-vouching-top-level parse/outcome-reported-after parse/outcome-reported-before parse/outcome-too-long
		parse/outcome-too-short parse/referral-too-long parse/ruling-too-long parse/table-rates-above-cap
		parse/table-rates-gives-rise parse/table-rates-share-equal parse/table-until-before-from statuslist/too-long-validity
		statuslist/end-before-start parse/signed-mechanism-end-before-start parse/mechanism-points-levels-equal
		parse/mechanism-points-levels-many`,
	"A pattern counts digits, no more: the number in a string is beyond 2^53.": `
		parse/entity-configuration-versions-huge`,
	"Ids must differ, while the rest of what they name differs too.": `
		parse/consented-status-measure-twice parse/mechanism-level-like-measure parse/mechanism-level-twice key/did-key-twice
		key/jwks-kid-twice`,
	"What the results of a badge mean depends on its mechanism's address.": `
		parse/badge-score-fraction parse/badge-stated-twice parse/badge-half-a-measure parse/badge-score-great
		parse/badge-score-leading-zero parse/badge-score-signed parse/badge-account-since parse/badge-since
		parse/badge-level-name parse/badge-earned-level-name parse/badge-measures-many parse/badge-sources-many
		parse/badge-unknown-twice`,
	"The JSON text itself: doubled fields, size.": `
		parse/mechanism-doubled parse/table-doubled key/did-too-large statuslist/too-long`,
	"Points of curves, hashes, gzip, the last bits of base64url.": `
		key/did-fragment-not-thumbprint key/did-off-curve key/jwks-ed25519-low-order key/jwks-ed25519-order-8 key/jwks-off-curve statuslist/bomb
		statuslist/encoded-trailing-bits
		statuslist/gzip-cut statuslist/gzip-member-cut statuslist/gzip-tail statuslist/gzip-tail-text statuslist/not-gzip statuslist/too-short`,
	"The fault isn't in the list, but in its signature or in what points into it.": `
		statuslist/index-beyond statuslist/index-leading-zero statuslist/index-negative statuslist/index-not-a-number
		statuslist/signature-altered`,
}

// allUnseen returns the cases of the list.
func allUnseen() (names []string) {
	for _, list := range unseen {
		names = append(names, strings.Fields(list)...)
	}
	slices.Sort(names)
	return names
}
