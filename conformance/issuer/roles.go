package issuer

import (
	"context"
	"regexp"
	"slices"

	"bonafide.example/conformance/subject"
	"bonafide.example/conformance/wire"
)

var versionForm = regexp.MustCompile(`^[1-9][0-9]*$`)

func (w *World) roles(ctx context.Context) error {
	token, err := w.entity(ctx)
	if err != nil {
		return err
	}
	metadata := token.Payload["metadata"]
	for _, role := range []string{"bonafide_issuer", "bonafide_verifier"} {
		object := wire.At(metadata, role)
		if object == nil && role != "bonafide_issuer" {
			continue
		}
		versions := wire.Strings(object, "protocol_versions")
		inForm := !slices.ContainsFunc(versions, func(v string) bool { return !versionForm.MatchString(v) })
		if err := first(
			that(wire.Text(object, "name") != "", role+".name", "%v", wire.At(object, "name")),
			that(inForm && len(versions) <= 16 && slices.Contains(versions, "1"), role+".protocol_versions, of 1 to 16 numbers with 1 among them", "%v", wire.At(object, "protocol_versions")),
		); err != nil {
			return err
		}
	}
	admission := wire.Text(metadata, "bonafide_issuer", "admission")
	return that(admission == "open" || admission == "listed", "bonafide_issuer.admission open or listed", "%q", admission)
}

func (w *World) oauthValues(ctx context.Context) error {
	object, err := w.object(ctx, oauthMetadata)
	if err != nil {
		return err
	}
	for name, due := range map[string][]string{
		"response_types_supported": {"code"}, "grant_types_supported": {"authorization_code", "refresh_token"}, "code_challenge_methods_supported": {"S256"},
		"token_endpoint_auth_methods_supported":            {"private_key_jwt"},
		"token_endpoint_auth_signing_alg_values_supported": {"ES256", "EdDSA"}, "authorization_details_types_supported": {"bonafide_status"},
	} {
		came := wire.Strings(object, name)
		for _, value := range due {
			if !slices.Contains(came, value) {
				return subject.Wrong(name+" with "+value, "%v", came)
			}
		}
	}
	for _, name := range []string{"require_pushed_authorization_requests", "authorization_response_iss_parameter_supported"} {
		if err := equal(name, true, object[name]); err != nil {
			return err
		}
	}
	return nil
}
