package site

import (
	"context"
	"net/http"

	"bonafide.example"
	"bonafide.example/conversion"
	"bonafide.example/internal/web"
)

// Shown is what a site shows of one of its members under one of its mechanisms: the best of what they
// earned here, of what others vouch for, and of what their statuses from elsewhere count for.
type Shown struct {
	Mechanism   string                  `json:"mechanism"`
	Name        bonafide.Text           `json:"name"`  // of the mechanism
	Level       int                     `json:"level"` // 0: none
	LevelID     string                  `json:"level_id,omitzero"`
	LevelName   bonafide.Text           `json:"level_name,omitzero"`
	Kind        bonafide.Kind           `json:"kind"`
	Own         *bonafide.Status        `json:"own,omitzero"`       // what the issuer's role says of them; absent if it knows nothing
	Explanation *conversion.Explanation `json:"converted,omitzero"` // absent if no table gives levels of the mechanism
}

// Shown returns what the site shows of a member, by mechanism in the order of the Config.
func (s *Site) Shown(ctx context.Context, member string) ([]Shown, error) {
	var explanations []*conversion.Explanation
	if s.Verifier != nil {
		var err error
		if explanations, err = s.Verifier.Converted(ctx, member); err != nil {
			return nil, err
		}
	}
	var all []Shown
	for _, m := range s.Mechanisms {
		shown := Shown{Mechanism: m.ID, Name: m.Name, Kind: bonafide.Earned}
		if s.Issuer != nil {
			own, err := s.Issuer.Status(ctx, m.Slug(), member)
			switch {
			case err == nil:
				shown.Own = &own
				shown.here(&m, own)
			case bonafide.CodeOf(err) != bonafide.NoSuchMember:
				return nil, err
			}
		}
		for _, e := range explanations {
			if e.Mechanism != m.ID {
				continue
			}
			shown.Explanation = e
			if e.Level > shown.Level {
				shown.Level, shown.Kind = e.Level, bonafide.Converted
			}
		}
		if level, ok := m.Level(shown.Level); ok {
			shown.LevelID, shown.LevelName = level.ID, level.Name
		}
		all = append(all, shown)
	}
	return all, nil
}

// here takes over the level that doesn't rest on statuses from elsewhere: whether those count for more is told
// by their explanation.
func (s *Shown) here(m *bonafide.Mechanism, own bonafide.Status) {
	s.Level = m.LevelNumber(own.EarnedLevel)
	if own.Kind == bonafide.Vouched {
		s.Level, s.Kind = m.LevelNumber(own.Level), bonafide.Vouched
	}
}

func (s *Site) me(w http.ResponseWriter, r *http.Request) {
	account, ok := s.SignIn.Account(r)
	if !ok {
		http.Redirect(w, r, s.SignIn.Address("/me"), http.StatusSeeOther)
		return
	}
	shown, err := s.Shown(r.Context(), account.ID)
	if err != nil {
		s.pages.Fail(w, r, err)
		return
	}
	waiting, err := s.waiting(r.Context(), account)
	if err != nil {
		s.pages.Fail(w, r, err)
		return
	}
	s.pages.Render(w, r, web.Page{Name: "me", Title: bonafide.ShownName(account.Name), Data: map[string]any{"Site": s, "Shown": shown, "Waiting": waiting}})
}

func (s *Site) meJSON(w http.ResponseWriter, r *http.Request) {
	account, ok := s.SignIn.Account(r)
	if !ok {
		s.pages.Fail(w, r, bonafide.Errorf(bonafide.SignInRequired, "/me.json", "speaks of whoever is signed in"))
		return
	}
	shown, err := s.Shown(r.Context(), account.ID)
	if err != nil {
		s.pages.Fail(w, r, err)
		return
	}
	web.JSON(w, http.StatusOK, shown)
}

func (s *Site) home(w http.ResponseWriter, r *http.Request) {
	account, _ := s.SignIn.Account(r)
	waiting, err := s.waiting(r.Context(), account)
	if err != nil {
		s.pages.Fail(w, r, err)
		return
	}
	s.pages.Render(w, r, web.Page{Name: "home", Title: s.Name, Data: map[string]any{"Site": s, "Account": account, "Waiting": waiting}})
}

// waiting returns how many reports wait for the account to contest or accept them: 0 for who isn't signed in.
func (s *Site) waiting(ctx context.Context, account bonafide.Account) (int, error) {
	if s.Court == nil || account.ID == "" {
		return 0, nil
	}
	return s.Court.Waiting(ctx, account.ID)
}
