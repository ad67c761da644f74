package main

import (
	"context"
	"errors"
	"os"
	"strings"

	"bonafide.example"
	"bonafide.example/internal/fetch"
	"bonafide.example/internal/seal"
	"github.com/spf13/cobra"
)

func newVerifyCommand(e *env) *cobra.Command {
	v := &verification{env: e}
	cmd := &cobra.Command{
		Use:   "verify BADGE...",
		Short: "Check badges: by their addresses, in files, or - for standard input",
		Long: `Checks each badge and says in one sentence whether it is good now, then what was checked and what wasn't. A file
holds the badge itself, or is a baked picture, PNG or SVG, which has the badge in it. The issuer that the badge names is
visited for its keys and for its status list, which tells whether the badge was withdrawn or suspended; with --did and
--status-list nobody is.

Exit codes: 0 good now · 1 could not run · 2 not authentic · 3 authentic, but expired, withdrawn or
suspended · 4 undecided · 6 nothing to verify. Of several badges the highest counts.`,
		Example: "  bonafide verify https://shop.example/b/K7QXM2VTP4WN9RFA\n  bonafide verify badge.png badge.jwt",
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return &exitError{exitNothing, errors.New("nothing to verify; name a badge's address, a file, or - for standard input")}
			}
			return v.run(cmd.Context(), args)
		},
	}
	v.addFlags(cmd)
	cmd.Flags().BoolVar(&v.json, "json", false, "print one JSON object for each badge")
	return cmd
}

// verification is one run of the verify command.
type verification struct {
	*env
	did, list   string
	local, json bool
}

// addFlags gives the command the flags that say where a badge's keys and status list come from.
func (v *verification) addFlags(cmd *cobra.Command) {
	cmd.Flags().StringVar(&v.did, "did", "", "file with the issuer's DID document")
	cmd.Flags().StringVar(&v.list, "status-list", "", "file with the badge's status list")
	cmd.Flags().BoolVar(&v.local, "local", false, "visit sites under .localhost, over http (for the demo)")
	cmd.MarkFlagsRequiredTogether("did", "status-list")
}

func (v *verification) run(ctx context.Context, badges []string) error {
	client, err := fetch.New(fetch.Config{Local: v.local, Now: v.now})
	if err != nil {
		return err
	}
	worst := exitGood
	for _, badge := range badges {
		r, err := v.report(ctx, client, badge)
		if err != nil {
			return err
		}
		worst = max(worst, r.exit)
		if err := v.print(r); err != nil {
			return err
		}
	}
	if worst != exitGood {
		return &exitError{code: worst}
	}
	return nil
}

// report verifies one badge. An error means that it couldn't even be looked at.
func (v *verification) report(ctx context.Context, client *fetch.Client, badge string) (*report, error) {
	r := &report{Badge: badge, Checks: []check{}, NotChecked: []string{
		"whether whoever shows the badge is the person it speaks of",
		"whether you should care: what a level means is on the mechanism's page",
	}}
	err := v.verify(ctx, client, badge, r)
	r.Code = bonafide.CodeOf(err)
	if r.Code == bonafide.Internal {
		return nil, err
	}
	r.Good = err == nil
	r.Sentence = r.conclusion()
	if !r.Good {
		r.Mend = r.Code.Meaning().Mend.EN
	}
	return r, nil
}

// verify fills the report with what holds, up to the first thing that doesn't.
func (v *verification) verify(ctx context.Context, client *fetch.Client, badge string, r *report) error {
	ctx, cancel := fetch.Budget(ctx)
	defer cancel()
	credential, err := v.authentic(ctx, client, badge)
	if err = r.note("signed by the issuer it names, and in time", err, exitCodeOf(bonafide.CodeOf(err))); err != nil {
		return err
	}
	status, err := credential.Stated()
	if err != nil {
		return r.note("says what a badge must", err, exitNotAuthentic)
	}
	r.Status, r.ValidUntil = &status, credential.ValidUntil
	if page, ok := credential.PublishedOn(); ok {
		r.Page = &page
	}
	err = v.notRevoked(ctx, client, credential)
	exit := exitUndecided // a list that is wrong or missing says nothing against an authentic badge
	if bonafide.CodeOf(err) == bonafide.Revoked {
		exit = exitNotCurrent
	}
	return r.note("not revoked", err, exit)
}

// authentic returns the badge once its signature, form and dates hold.
func (v *verification) authentic(ctx context.Context, client *fetch.Client, badge string) (*bonafide.Credential, error) {
	if strings.Contains(badge, "://") {
		if v.did != "" {
			return nil, errors.New("--did and --status-list go with a badge in a file")
		}
		if site, err := bonafide.ParseOrigin(strings.TrimSuffix(badge, "/")); err == nil {
			return nil, bonafide.Errorf(bonafide.NotFound, string(site), "is a site and no badge; bonafide doctor looks at sites")
		}
		credential, _, err := client.Badge(ctx, badge)
		return credential, err
	}
	text, err := v.readBadge(badge)
	if err != nil {
		return nil, err
	}
	if v.did == "" {
		return client.OpenBadge(ctx, text)
	}
	token, err := seal.Parse(text, bonafide.TypeCredential)
	if err != nil {
		return nil, err
	}
	origin, err := token.Issuer()
	if err != nil {
		return nil, err
	}
	keys, err := v.keys(origin)
	if err != nil {
		return nil, err
	}
	credential, err := seal.OpenAs[bonafide.Credential](token, keys)
	if err != nil {
		return nil, err
	}
	return &credential, credential.Check(origin, v.now())
}

// keys reads the keys of the issuer from the file given.
func (v *verification) keys(origin bonafide.Origin) (seal.KeySet, error) {
	data, err := os.ReadFile(v.did)
	if err != nil {
		return seal.KeySet{}, err
	}
	keys, err := seal.ParseDIDDocument(data, origin)
	if err != nil {
		return keys, bonafide.Errorf(bonafide.BadKeySet, v.did, "is not the DID document of %s (%v)", origin, err).Because(err)
	}
	return keys, nil
}

// notRevoked looks up the badge's bit.
func (v *verification) notRevoked(ctx context.Context, client *fetch.Client, credential *bonafide.Credential) error {
	bits, err := v.bits(ctx, client, credential)
	if err != nil {
		return err
	}
	set, err := credential.Status.IsSet(bits)
	if err != nil {
		return err
	}
	if set {
		return bonafide.Errorf(bonafide.Revoked, credential.ID, "is set in its status list")
	}
	return nil
}

// bits returns the badge's status list, unpacked.
func (v *verification) bits(ctx context.Context, client *fetch.Client, credential *bonafide.Credential) (bonafide.Bits, error) {
	origin, err := bonafide.OriginOf(credential.ID)
	if err != nil {
		return nil, err
	}
	address := credential.Status.Credential
	if v.list == "" {
		list, err := client.StatusList(ctx, origin, address)
		if err != nil {
			return nil, err
		}
		return list.Bits, nil
	}
	text, err := v.read(v.list)
	if err != nil {
		return nil, err
	}
	token, err := seal.ParseStatusList(text)
	if err != nil {
		return nil, err
	}
	if signer, err := token.Issuer(); err != nil || signer != origin {
		return nil, bonafide.Errorf(bonafide.StatusListOther, v.list, "isn't signed by %s", origin).Because(err)
	}
	keys, err := v.keys(origin)
	if err != nil {
		return nil, err
	}
	list, err := seal.OpenAs[bonafide.StatusList](token, keys)
	if err != nil {
		return nil, err
	}
	err = list.Check(origin, address, v.now())
	if code := bonafide.CodeOf(err); code == bonafide.Expired || code == bonafide.NotYetValid {
		return nil, bonafide.Errorf(bonafide.StatusUnknown, v.list, "is not in force (%v)", err).Because(err)
	}
	if err != nil {
		return nil, err
	}
	return list.Bits()
}
