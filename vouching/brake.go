package vouching

// Brake returns the record of a member that bounds new vouches. Good are those vouchees behind whom the
// member stood for 90 days at least, in one vouch that wasn't void, with no charge on any vouch for them,
// and who now have an own level. So a clean record can't be bought with many small vouches for one friend, nor
// with friends who never earned anything. Whoever was referred to another site earned nothing here.
func (s *State) Brake(id string) Brake {
	p := s.look(id)
	a := s.account(p, s.at)
	var brake Brake
	proven, charged := map[*person]bool{}, map[*person]bool{}
	for _, v := range p.given {
		if v.void == "" && v.stood(s.at) >= ProvenAfter {
			proven[v.vouchee] = true
		}
		if len(v.charges) > 0 {
			charged[v.vouchee] = true
		}
		for _, c := range v.charges {
			if c.hop == 1 && healed(c.amount, c.fault.final, s.at) < c.amount {
				brake.Bad++
				break
			}
		}
	}
	for vouchee := range proven {
		if theirs := s.account(vouchee, s.at); !charged[vouchee] && theirs.ownLevel > 0 {
			brake.Good++
		}
	}
	good, all := int64(brake.Good+Benefit), int64(brake.Good+brake.Bad+Benefit)
	brake.Room = max(0, a.capacity*good/all-a.lent)
	return brake
}

// Risk returns the most that a new vouch of that stake can cost the member.
func (s *State) Risk(id string, stake int64) Risk {
	p := s.look(id)
	a := s.account(p, s.at)
	worst := a.charged + stake
	for _, v := range p.given {
		if v.liveAt(s.at) {
			worst += v.stake - v.unhealed(s.at)
		}
	}
	after := max(0, a.earned-a.lost-min(worst, a.earned/2))
	risk := Risk{Points: min(a.charged+stake, a.earned/2) - a.borne, OwnLevel: a.ownLevel}
	if !a.suspended {
		risk.OwnLevelAfter = s.ownLevel(a.earned-a.lost, after)
	}
	return risk
}
