package main

import "time"

// goodEntity is bazar's configuration as an issuer and a verifier; k signs it and is in it.
func goodEntity(k, client key) object {
	return object{
		"iss": bazar, "sub": bazar, "iat": issued.Unix(), "exp": now.Add(24 * time.Hour).Unix(),
		"jwks": jwks(k.jwk()),
		"metadata": object{
			"bonafide_issuer": object{"name": "Bazar", "protocol_versions": []any{"1"}, "mechanisms": []any{bazar + "/mechanisms/seller"}, "admission": "open",
				"outcome_endpoint": bazar + "/outcomes", "ruling_endpoint": bazar + "/rulings"},
			"bonafide_verifier": object{"name": "Bazar", "protocol_versions": []any{"1"}, "conversions": []any{bazar + "/conversions/outils-member"},
				"initiate_import_uri": bazar + "/import", "redeem_referral_uri": bazar + "/referrals"},
			"oauth_authorization_server": object{
				"issuer": bazar, "authorization_endpoint": bazar + "/oauth/authorize", "token_endpoint": bazar + "/oauth/token",
				"pushed_authorization_request_endpoint": bazar + "/oauth/par", "require_pushed_authorization_requests": true,
				"response_types_supported": []any{"code"}, "grant_types_supported": []any{"authorization_code", "refresh_token"},
				"code_challenge_methods_supported": []any{"S256"}, "token_endpoint_auth_methods_supported": []any{"private_key_jwt"},
				"token_endpoint_auth_signing_alg_values_supported": []any{"ES256", "EdDSA"},
				"authorization_response_iss_parameter_supported":   true,
				"authorization_details_types_supported":            []any{"bonafide_status"},
			},
			"oauth_client": object{"client_name": "Bazar", "redirect_uris": []any{bazar + "/import/back"}, "token_endpoint_auth_method": "private_key_jwt",
				"grant_types": []any{"authorization_code", "refresh_token"}, "jwks": jwks(client.jwk())},
		},
	}
}

// tokenEntity returns the cases of entity configurations, which their own keys sign.
func tokenEntity() []Case {
	k, client, stranger := es256("bazar entity"), es256("bazar client"), es256("stranger")
	good := goodEntity(k, client)
	header := func(k key) object {
		return object{"alg": "ES256", "kid": k.thumbprint(), "typ": "entity-statement+jwt"}
	}
	c := func(name, requirement, description, token, expect string) Case {
		return Case{name, []string{requirement}, description,
			TokenInput{Type: "entity-statement+jwt", Token: token, Origin: bazar, SelfSigned: true, Now: instant(now)}, expect, nil}
	}
	of := func(name, requirement, description, path string, value any, expect string) Case {
		return c(name, requirement, description, k.signed(text(header(k)), text(edit(good, path, value))), expect)
	}
	return []Case{
		c("entity-good", "BF-META-1", "An entity configuration signed by its own key.", k.signed(text(header(k)), text(good)), "ok"),
		of("entity-good-two-keys", "BF-META-1", "One that announces the next key too.", "jwks", jwks(stranger.jwk(), k.jwk()), "ok"),
		c("entity-of-another-key", "BF-META-1", "Signed by a key that is not in it.", stranger.signed(text(header(stranger)), text(good)), "unknown-key"),
		c("entity-of-the-client-key", "BF-META-1", "Signed by its OAuth client key, which is for nothing else.", client.signed(text(header(client)), text(good)), "unknown-key"),
		c("entity-of-a-kid-borrowed", "BF-META-1", "Signed by another key under the kid of its own.", stranger.signed(text(header(k)), text(good)), "bad-signature"),
		of("entity-of-another-site", "BF-META-2", "It is another site's.", "iss", outils, "wrong-issuer"),
		of("entity-private-key", "BF-KEY-3", "Its key has its private part.", "jwks.keys.0.d", encode(seed("bazar entity")), "bad-key-set"),
		of("entity-client-private-key", "BF-KEY-3", "Its OAuth client key has its private part.", "metadata.oauth_client.jwks.keys.0.d", encode(seed("bazar client")), "bad-key-set"),
		of("entity-expired", "BF-TOKEN-14", "It has expired.", "exp", now.Add(-30*time.Minute).Unix(), "expired"),
		of("entity-without-end", "BF-TOKEN-14", "It has no exp.", "exp", absent{}, "bad-credential"),
	}
}
