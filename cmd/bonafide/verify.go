package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

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
		Long: `Checks each badge and says in one sentence whether it is good now, then what was checked and what
wasn't. The issuer named by the badge is visited for its keys and its status list; with --did and
--status-list nothing is.

Exit codes: 0 good now · 1 could not run · 2 not authentic · 3 authentic, but expired, withdrawn or
suspended · 4 undecided · 6 nothing to verify. Of several badges the highest counts.`,
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				fmt.Fprintln(e.stderr, "bonafide: nothing to verify; name a badge's address, a file, or - for standard input")
				return exitError(exitNothing)
			}
			return v.run(cmd.Context(), args)
		},
	}
	cmd.Flags().StringVar(&v.did, "did", "", "file with the issuer's DID document")
	cmd.Flags().StringVar(&v.list, "status-list", "", "file with the badge's status list")
	cmd.Flags().BoolVar(&v.local, "local", false, "visit sites under .localhost, over http (for the demo)")
	cmd.Flags().BoolVar(&v.json, "json", false, "print one JSON object for each badge")
	cmd.MarkFlagsRequiredTogether("did", "status-list")
	return cmd
}

// verification is one run of the verify command.
type verification struct {
	*env
	did, list   string
	local, json bool
}

// report is what is known of one badge in the end.
type report struct {
	Badge      string           `json:"badge"` // as it was named
	Good       bool             `json:"good"`
	Code       bonafide.Code    `json:"code,omitzero"` // why it isn't good
	Sentence   string           `json:"sentence"`
	Checks     []check          `json:"checks"`
	NotChecked []string         `json:"not_checked"`
	Status     *bonafide.Status `json:"status,omitzero"` // what the badge says, if it is authentic
	ValidUntil time.Time        `json:"valid_until,omitzero"`
}

// check is one thing that was looked at: yes, no or "could not check".
type check struct {
	What   string `json:"what"`
	Result string `json:"result"`
	Detail string `json:"detail,omitzero"`
}

func (v *verification) run(ctx context.Context, badges []string) error {
	client, err := fetch.New(fetch.Config{Local: v.local, Now: v.now})
	if err != nil {
		return err
	}
	worst := exitGood
	for _, badge := range badges {
		r := &report{Badge: badge, Checks: []check{}, NotChecked: []string{
			"whether whoever shows the badge is the person it speaks of",
			"whether you should care: what a level means is on the mechanism's page",
		}}
		err := v.verify(ctx, client, badge, r)
		r.Code = bonafide.CodeOf(err)
		if err != nil && r.Code == bonafide.Internal {
			return err
		}
		if err != nil {
			worst = max(worst, exitCodeOf(r.Code))
		}
		r.conclude(err)
		if err := v.print(r); err != nil {
			return err
		}
	}
	if worst != exitGood {
		return exitError(worst)
	}
	return nil
}

// verify fills the report with what holds, up to the first thing that doesn't.
func (v *verification) verify(ctx context.Context, client *fetch.Client, badge string, r *report) error {
	ctx, cancel := fetch.Budget(ctx)
	defer cancel()
	credential, err := v.authentic(ctx, client, badge)
	if err = r.note("signed by the issuer it names, and in time", err); err != nil {
		return err
	}
	status, err := credential.Stated()
	if err != nil {
		return err
	}
	r.Status, r.ValidUntil = &status, credential.ValidUntil
	return r.note("not revoked", v.notRevoked(ctx, client, credential))
}

// note adds a check and its outcome, and returns what went wrong.
func (r *report) note(what string, err error) error {
	c := check{What: what, Result: "yes"}
	if err != nil {
		c.Detail = err.Error()
		c.Result = "no"
		if exitCodeOf(bonafide.CodeOf(err)) == exitUndecided {
			c.Result = "could not check"
		}
	}
	r.Checks = append(r.Checks, c)
	return err
}

// authentic returns the badge once its signature, form and dates hold.
func (v *verification) authentic(ctx context.Context, client *fetch.Client, badge string) (*bonafide.Credential, error) {
	if strings.Contains(badge, "://") {
		if v.did != "" {
			return nil, errors.New("--did and --status-list go with a badge in a file")
		}
		credential, _, err := client.Badge(ctx, badge)
		return credential, err
	}
	text, err := v.read(badge)
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

func (v *verification) keys(origin bonafide.Origin) (seal.KeySet, error) {
	data, err := os.ReadFile(v.did)
	if err != nil {
		return seal.KeySet{}, err
	}
	return seal.ParseDIDDocument(data, origin)
}

// notRevoked looks up the badge's bit.
func (v *verification) notRevoked(ctx context.Context, client *fetch.Client, credential *bonafide.Credential) error {
	bits, err := v.bits(ctx, client, credential)
	if err != nil {
		return err
	}
	position, err := credential.Status.Position()
	if err != nil {
		return err
	}
	set, err := bits.Get(position)
	if err != nil {
		return err
	}
	if set {
		return bonafide.Errorf(bonafide.Revoked, credential.ID, "is set in its status list")
	}
	return nil
}

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
	keys, err := v.keys(origin)
	if err != nil {
		return nil, err
	}
	list, err := seal.OpenAs[bonafide.StatusList](token, keys)
	if err != nil {
		return nil, err
	}
	if err := list.Check(origin, address, v.now()); err != nil {
		return nil, err
	}
	return list.Bits()
}

// read returns the text of a file, or of standard input for "-".
func (v *verification) read(path string) (string, error) {
	file := v.stdin
	if path != "-" {
		f, err := os.Open(path)
		if err != nil {
			return "", err
		}
		defer f.Close()
		file = f
	}
	data, err := io.ReadAll(io.LimitReader(file, seal.MaxStatusList+1))
	text := strings.TrimSpace(string(data))
	if err == nil && text == "" {
		return "", bonafide.Errorf(bonafide.NotFound, path, "is empty")
	}
	return text, err
}

// conclude puts the whole report into one sentence.
func (r *report) conclude(err error) {
	switch exitCodeOf(r.Code) {
	case exitNotAuthentic:
		r.Sentence = "Not authentic: " + r.Code.Meaning().Sentence.EN
	case exitNotCurrent:
		r.Sentence = "Authentic, but no longer good: " + r.Code.Meaning().Sentence.EN
	case exitUndecided:
		r.Sentence = "Undecided: " + r.Code.Meaning().Sentence.EN
	default:
		r.Sentence = r.Code.Meaning().Sentence.EN
	}
	if err == nil {
		r.Good = true
		level := r.Status.Level
		if level == "" {
			level = "no level"
		}
		r.Sentence = fmt.Sprintf("Good now: on %s %s said %q of the badge's subject (%s, under %s version %d).",
			r.Status.AsOf, r.Status.Origin().Host(), level, r.Status.Kind, r.Status.Mechanism, r.Status.Version)
	}
}

func (v *verification) print(r *report) error {
	if v.json {
		data, err := bonafide.MarshalJSON(r)
		if err == nil {
			_, err = fmt.Fprintf(v.stdout, "%s\n", data)
		}
		return err
	}
	fmt.Fprintf(v.stdout, "%s\n%s\n", r.Badge, r.Sentence)
	for _, c := range r.Checks {
		fmt.Fprintf(v.stdout, "  %s: %s\n", c.What, c.Result)
		if c.Detail != "" {
			fmt.Fprintf(v.stdout, "    %s\n", c.Detail)
		}
	}
	for _, what := range r.NotChecked {
		fmt.Fprintf(v.stdout, "  not checked: %s\n", what)
	}
	return nil
}
