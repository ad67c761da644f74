package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"time"

	"bonafide.example"
	"bonafide.example/vouching"
	"github.com/spf13/cobra"
)

func newSimulateCommand(e *env) *cobra.Command {
	s := &simulation{env: e}
	cmd := &cobra.Command{
		Use:   "simulate EVENTS.ndjson --at INSTANT",
		Short: "Work out from a history what members' vouching for one another comes to",
		Long: `Reads the history of a site from an event file, or from standard input for -, one JSON object a line, as
the chapter on vouching of the spec describes it, and prints everyone's state at an instant (RFC 3339, or
seconds since 1970): the members, the vouches and referrals, and what faults and outcomes charge. With
--json it prints one object a line for each member. The lines' order doesn't matter, and what happened
after the instant isn't looked at.

The parameters are those of the mechanism whose file --mechanism names, with the default numbers of
supporters and least stakes if it has no terms for vouching; or those in the file that --parameters names,
with the fields levels, supporters, min_stake and classes; else the defaults, which have no class of fault.

With --otc and --truth in place of an event file it replays the ratings of the Bitcoin OTC site and
prints how many were vouched, charged and at what hop:
` + otcMapping + `
It is an illustration of how the rules run on the pattern of a real site: these people vouched for nobody,
and nothing is predicted. --parameters must then have the class fraud, which takes the place of this one.`,
		Example: "  bonafide simulate worked.ndjson --parameters parameters.json --at 2026-02-05T00:00:00Z\n" +
			"  bonafide simulate --otc otc_network.csv --truth otc_gt.csv",
		Args: cobra.MaximumNArgs(1),
		RunE: func(_ *cobra.Command, args []string) error { return s.run(args) },
	}
	cmd.Flags().StringVar(&s.at, "at", "", "the instant")
	cmd.Flags().StringVar(&s.mechanism, "mechanism", "", "file with a mechanism whose rule is points")
	cmd.Flags().StringVar(&s.parameters, "parameters", "", "file with the parameters of vouching")
	cmd.Flags().BoolVar(&s.json, "json", false, "print JSON, an object a line for each member")
	cmd.Flags().StringVar(&s.member, "member", "", "print this member only")
	cmd.Flags().StringVar(&s.otc, "otc", "", "CSV file of ratings: rater, rated, rating, time")
	cmd.Flags().StringVar(&s.truth, "truth", "", "CSV file of judgements: member, +1 or -1")
	cmd.MarkFlagsMutuallyExclusive("mechanism", "parameters")
	cmd.MarkFlagsRequiredTogether("otc", "truth")
	for _, other := range []string{"at", "json", "member", "mechanism"} {
		cmd.MarkFlagsMutuallyExclusive("otc", other)
	}
	return cmd
}

// simulation is one run of the simulate command.
type simulation struct {
	*env
	at, mechanism, parameters, member, otc, truth string
	json                                          bool
}

func (s *simulation) run(args []string) error {
	switch {
	case s.otc != "" && len(args) > 0:
		return errors.New("--otc takes the place of an event file; give one of them")
	case s.otc != "":
		return s.replay()
	case len(args) == 0:
		return errors.New("no event file is given; see: bonafide simulate --help")
	case s.at == "":
		return errors.New("no instant is given; use --at INSTANT")
	}
	at, err := parseInstant("--at", s.at)
	if err != nil {
		return err
	}
	p, err := s.readParameters()
	if err != nil {
		return err
	}
	events, err := s.readHistory(args[0], p)
	if err != nil {
		return err
	}
	state, err := vouching.Evaluate(p, events, at)
	if err != nil {
		return err
	}
	return s.tell(state)
}

// parseInstant reads an instant in either of its forms.
func parseInstant(flag, text string) (bonafide.Seconds, error) {
	if seconds, err := strconv.ParseInt(text, 10, 64); err == nil {
		return bonafide.Seconds(seconds), nil
	}
	instant, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return 0, fmt.Errorf("%s %q is neither RFC 3339 nor seconds since 1970", flag, text)
	}
	return bonafide.SecondsOf(instant), nil
}

// readParameters returns the parameters from the file that was named, else the defaults.
func (s *simulation) readParameters() (vouching.Parameters, error) {
	p := vouching.Default()
	if s.parameters != "" {
		read, err := readFiles[vouching.Parameters]([]string{s.parameters})
		if err != nil {
			return p, err
		}
		p = read[0]
	}
	if s.mechanism != "" {
		m, err := readMechanism(s.mechanism)
		if err != nil {
			return p, err
		}
		if m.Rule.Points == nil {
			return p, fmt.Errorf("%s: the rule of this mechanism isn't points; use --parameters", s.mechanism)
		}
		p.Levels, p.Classes = m.Rule.Points.Levels, vouching.ClassesOf(m.Faults)
		if m.Vouching != nil {
			p.Supporters, p.MinStake = m.Vouching.Supporters, m.Vouching.MinStake
		}
		vouched := min(len(p.Supporters), len(p.Levels)-1)
		p.Supporters, p.MinStake = p.Supporters[:vouched], p.MinStake[:vouched]
	}
	return p, p.Validate()
}

// maxLine bounds a line of an event file, in bytes.
const maxLine = 1 << 16

// readHistory reads an event file, or standard input for "-".
func (s *simulation) readHistory(path string, p vouching.Parameters) ([]vouching.Event, error) {
	if path == "-" {
		return readEvents(s.stdin, path, p)
	}
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	return readEvents(file, path, p)
}

// readEvents reads events, one a line. What is wrong names the line of what is called so.
func readEvents(from io.Reader, path string, p vouching.Parameters) (events []vouching.Event, err error) {
	lines := bufio.NewScanner(from)
	lines.Buffer(nil, maxLine)
	seen := map[string]vouching.Event{}
	number := 0
	for lines.Scan() {
		number++
		if strings.TrimSpace(lines.Text()) == "" {
			continue
		}
		event, err := bonafide.Parse[vouching.Event](lines.Bytes())
		if err == nil {
			err = p.Check(event)
		}
		if old, repeated := seen[event.ID]; err == nil && repeated && old != event {
			err = bonafide.Errorf(bonafide.EventConflict, event.ID, "another event has this id")
		}
		if err != nil {
			return nil, fmt.Errorf("%s:%d: %w", path, number, err)
		}
		seen[event.ID] = event
		events = append(events, event)
	}
	err = lines.Err()
	if errors.Is(err, bufio.ErrTooLong) {
		err = bonafide.Errorf(bonafide.TooLarge, "", "has over %d bytes", maxLine)
	}
	if err != nil {
		return nil, fmt.Errorf("%s:%d: %w", path, number+1, err)
	}
	return events, nil
}

// tell prints the state of the members asked for.
func (s *simulation) tell(state *vouching.State) error {
	var members []vouching.Member
	for _, id := range state.Members() {
		if s.member == "" || s.member == id {
			members = append(members, state.Member(id))
		}
	}
	if len(members) == 0 && s.member != "" {
		return fmt.Errorf("no event up to this instant names the member %q", s.member)
	}
	if !s.json {
		return tabulate(s.stdout, members)
	}
	for _, m := range members {
		if err := sayJSON(s.stdout, m); err != nil {
			return err
		}
	}
	return nil
}

// tabulate prints the members, the vouches and referrals that they gave, and the charges on those.
func tabulate(out io.Writer, members []vouching.Member) error {
	w := newTable(out)
	w.row("member", "level", "kind", "own", "vouched", "E", "D", "V*", "V", "S", "capacity", "lent")
	for _, m := range members {
		kind := string(m.Kind)
		if m.Suspended {
			kind = "suspended"
		}
		w.row(m.ID, m.Level, kind, m.OwnLevel, m.VouchedLevel, m.Earned, m.Lost, m.Charged, m.Borne, m.Score, m.Capacity, m.Lent)
	}
	w.gap()
	w.row("vouch", "by", "for", "level", "stake", "burned", "remaining", "state", "supports")
	for _, m := range members {
		for _, v := range m.Given {
			whom, level := v.Vouchee, strconv.Itoa(v.Level)
			if v.Site != "" {
				whom, level = string(v.Site), ""
			}
			w.row(v.ID, v.Voucher, whom, level, v.Stake, v.Burned, v.Remaining, vouchState(v), v.Supports)
		}
	}
	w.gap()
	w.row("fault", "charges", "on", "hop", "amount", "healed")
	for _, m := range members {
		for _, v := range m.Given {
			for _, c := range v.Charges {
				w.row(c.Fault, c.Member, c.Vouch, c.Hop, c.Amount, c.Healed)
			}
		}
	}
	return w.end()
}

// vouchState says in a word what a vouch is.
func vouchState(v vouching.Vouch) string {
	switch {
	case v.Void != "":
		return "void:" + string(v.Void)
	case !v.Live:
		return "over"
	case v.Covered:
		return "covered"
	default:
		return "uncovered"
	}
}
