package faults

import (
	"bytes"
	"fmt"
	"net/http"
	"slices"
	"time"

	"bonafide.example"
	"bonafide.example/internal/fetch"
	"bonafide.example/internal/web"
	"bonafide.example/issuer"
	"bonafide.example/verifier"
	"bonafide.example/vouching"
	"bonafide.example/vouching/court"
)

// consent is what a member's export tells of one.
type consent struct {
	Verifier bonafide.Origin `json:"verifier"`
	Subject  string          `json:"subject"`
}

// held is all that both sites hold, as their administrators and members are told.
type held struct {
	members  map[string]issuer.Holding
	consents map[string][]consent
	imports  map[string]verifier.Held
	history  []vouching.Event
	cases    map[string]court.Case
	vouches  map[string]vouching.Vouch
	whole    *vouching.State // what follows from the history
}

// look reads all that is held.
func (w *world) look() (h *held, err error) {
	h = &held{members: map[string]issuer.Holding{}, consents: map[string][]consent{}, imports: map[string]verifier.Held{}, cases: map[string]court.Case{}, vouches: map[string]vouching.Vouch{}}
	admin, there := w.bazar.admin()
	if !there {
		return nil, fmt.Errorf("bazar's administration doesn't answer")
	}
	if err := w.lookAtMembers(admin, h); err != nil {
		return nil, err
	}
	cases, err := web.CallAdmin[[]court.Case](w.t.Context(), admin, http.MethodGet, web.AdminPath("cases"), nil)
	if err != nil {
		return nil, err
	}
	for _, c := range cases {
		h.cases[c.ID] = c
	}
	data, err := admin.Send(w.t.Context(), http.MethodGet, web.AdminPath("ledgers", slug, "events"), nil)
	if err != nil {
		return nil, err
	}
	for line := range bytes.Lines(data) {
		e, err := bonafide.Parse[vouching.Event](bytes.TrimSpace(line))
		if err != nil {
			return nil, err
		}
		h.history = append(h.history, e)
		if e.Kind != vouching.KindVouch {
			continue
		}
		if h.vouches[e.ID], err = web.CallAdmin[vouching.Vouch](w.t.Context(), admin, http.MethodGet, web.AdminPath("vouches", slug, e.ID), nil); err != nil {
			return nil, err
		}
	}
	parameters, err := vouching.Of(&w.mechanism)
	if err != nil {
		return nil, err
	}
	now := bonafide.SecondsOf(time.Now())
	for _, e := range h.history { // a ledger's clock never goes back, though the site's may
		now = max(now, e.At)
	}
	h.whole, err = vouching.Evaluate(parameters, h.history, now)
	return h, err
}

// lookAtMembers reads what is held on each member, at both sites.
func (w *world) lookAtMembers(admin *web.AdminClient, h *held) error {
	page, err := web.CallAdmin[issuer.MemberPage](w.t.Context(), admin, http.MethodGet, web.AdminPath("members"), nil)
	for ; err == nil; page, err = web.CallAdmin[issuer.MemberPage](w.t.Context(), admin, http.MethodGet, web.AdminPath("members")+"?after="+page.Next, nil) {
		for _, m := range page.Members {
			data, err := admin.Send(w.t.Context(), http.MethodGet, web.AdminPath("members", m.Member, "export"), nil)
			if err != nil {
				return err
			}
			if h.members[m.Member], err = bonafide.ParsePeer[issuer.Holding](data); err != nil {
				return err
			}
			told, err := bonafide.ParsePeer[struct {
				Consents []consent `json:"consents"`
			}](data)
			if err != nil {
				return err
			}
			h.consents[m.Member] = told.Consents
			_, exported, err := newPerson(m.Member).send(w.outils.origin+"/standing/export", nil)
			if err != nil {
				return err
			}
			if h.imports[m.Member], err = bonafide.ParsePeer[verifier.Held]([]byte(exported)); err != nil {
				return err
			}
		}
		if page.Next == "" {
			return nil
		}
	}
	return err
}

// lost returns what was acknowledged and isn't kept.
func (h *held) lost(promises []promise) (lost []string) {
	come := map[court.State]int{court.StateReported: 1, court.StateContested: 2, court.StateFinal: 3, court.StateDismissed: 3, court.StateVoid: 3, court.StateReversed: 4}
	deeds, given, withdrawn := map[string]bool{}, map[string]bool{}, map[string]bool{}
	for _, m := range h.members {
		for _, e := range m.Events {
			deeds[e.ID] = true
		}
	}
	for _, e := range h.history {
		given[e.ID] = true
		withdrawn[e.Vouch] = true
	}
	for _, p := range promises {
		var kept bool
		switch p.what {
		case "deed":
			kept = deeds[p.id]
		case "badge":
			kept = len(h.members[p.member].Badges) == 1
		case "vouch":
			kept = given[p.id]
		case "withdrawal":
			kept = withdrawn[p.id]
		case "import":
			kept = len(h.imports[p.member].Imports)+len(h.imports[p.member].Endings) > 0
		default:
			kept = come[h.cases[p.id].State] >= come[court.State(p.what)]
		}
		if !kept {
			lost = append(lost, fmt.Sprintf("%s %s%s was acknowledged, and isn't kept", p.what, p.member, p.id))
		}
	}
	return lost
}

// torn returns what is half applied by what the sites hold.
func (w *world) torn(h *held) (torn []string) {
	say := func(format string, args ...any) { torn = append(torn, fmt.Sprintf(format, args...)) }
	for id, v := range h.vouches {
		whole, _ := h.whole.Vouch(id)
		if !slices.EqualFunc(v.Charges, whole.Charges, sameCharge) || v.Stake != v.Burned+v.Remaining {
			say("vouch %s is charged %v, and %v follows", id, v.Charges, whole.Charges)
		}
	}
	entered := map[string]bool{}
	for _, e := range h.history {
		if e.Kind == vouching.KindFault {
			if entered[e.ID] {
				say("the fault of case %s counts twice", e.ID)
			}
			entered[e.ID] = true
		}
	}
	told := map[string]bool{} // a ledger tells only of those whom vouches or faults are about
	for _, e := range h.history {
		told[e.Member], told[e.Voucher], told[e.Vouchee] = true, true, true
	}
	for id, c := range h.cases {
		if counted := c.State == court.StateFinal || c.State == court.StateReversed; counted != entered[id] {
			say("case %s is %s, and its fault counts: %v", id, c.State, entered[id])
		}
		if f, _ := h.whole.Fault(id); f.Reversed != (c.State == court.StateReversed) {
			say("case %s is %s, and its fault isn't", id, c.State)
		}
	}
	for name, m := range h.members {
		follows := h.whole.Member(name)
		if points := w.points(m.Events); told[name] && points != follows.Earned {
			say("%s earned %d points, and %d count", name, points, follows.Earned)
		}
		for _, in := range h.imports[name].Imports {
			if !slices.ContainsFunc(h.consents[name], func(c consent) bool { return c.Subject == in.Subject && string(c.Verifier) == w.outils.origin }) {
				say("outils holds an import of %s to which nobody consented", name)
			}
		}
	}
	return append(torn, w.wrongBadges(h)...)
}

func sameCharge(a, b vouching.Charge) bool {
	return a.Fault == b.Fault && a.Vouch == b.Vouch && a.Member == b.Member && a.Hop == b.Hop && a.Amount == b.Amount
}

func (w *world) points(events []issuer.Event) (sum int64) {
	for _, e := range events {
		sum += w.mechanism.Rule.Points.Kinds[e.Kind]
	}
	return sum
}

// wrongBadges returns which badges don't say what holds, don't verify, or share an entry of a status list.
func (w *world) wrongBadges(h *held) (wrong []string) {
	peers, err := fetch.New(fetch.Config{Local: true}) // knows nothing yet
	if err != nil {
		return []string{err.Error()}
	}
	entries := map[bonafide.StatusEntry]string{}
	for name, m := range h.members {
		for _, b := range m.Badges {
			said, err := w.said(peers, b.Address)
			if err != nil {
				wrong = append(wrong, fmt.Sprintf("the badge of %s: %v", name, err))
				continue
			}
			level := w.mechanism.LevelNumber(said.status.Level)
			if follows := h.whole.Member(name); level != follows.Level || level > 0 && said.status.Kind != follows.Kind {
				wrong = append(wrong, fmt.Sprintf("the badge of %s says level %d, %s, and %d, %s, follows", name, level, said.status.Kind, follows.Level, follows.Kind))
			}
			if said.revoked {
				wrong = append(wrong, "the badge of "+name+" is revoked")
			}
			if other := entries[said.entry]; other != "" {
				wrong = append(wrong, "the badges of "+name+" and "+other+" have one entry")
			}
			entries[said.entry] = name
		}
	}
	return wrong
}

// stated is what a badge says.
type stated struct {
	status  bonafide.Status
	entry   bonafide.StatusEntry
	revoked bool
}

// said fetches a badge and its status list as any verifier does.
func (w *world) said(peers *fetch.Client, address string) (s stated, err error) {
	badge, _, err := peers.Badge(w.t.Context(), address)
	if err != nil {
		return s, err
	}
	if s.status, err = badge.Stated(); err != nil {
		return s, err
	}
	s.entry = badge.Status
	s.revoked, err = w.revoked(peers, s.entry)
	return s, err
}

// revoked tells whether an entry's bit is set.
func (w *world) revoked(peers *fetch.Client, entry bonafide.StatusEntry) (bool, error) {
	list, err := peers.StatusList(w.t.Context(), bonafide.Origin(w.bazar.origin), entry.Credential)
	if err != nil {
		return false, err
	}
	index, err := entry.Position()
	if err != nil {
		return false, err
	}
	return list.Bits.Get(index)
}
