package site

import (
	"cmp"
	"errors"
	"fmt"
	"net/url"
	"slices"

	"bonafide.example"
	"bonafide.example/complaint"
	"bonafide.example/store"
)

// newComplaints makes the desk that hears who reports a badge or contests a status, once both roles are made.
func (s *Site) newComplaints() (err error) {
	config := complaint.Config{
		Origin: s.Origin, Name: s.Name, Store: s.Store, SignIn: s.SignIn, Now: s.Now, Log: s.Log,
	}
	if config.Mechanisms, err = s.everyMechanism(); err != nil {
		return err
	}
	if s.Issuer != nil {
		config.Badge = s.badgeWithCode
	}
	if s.Court != nil {
		config.Cases = "/cases"
	}
	s.Complaints, err = complaint.New(config)
	return err
}

// everyMechanism returns those of the Config first, then those that the issuer published before and keeps.
func (s *Site) everyMechanism() (all []*bonafide.Mechanism, err error) {
	slugs := []string{}
	for n, m := range s.Mechanisms {
		slugs = append(slugs, m.Slug())
		all = append(all, &s.Mechanisms[n])
	}
	if s.Issuer == nil {
		return all, nil
	}
	for _, slug := range s.Issuer.Slugs() {
		if slices.Contains(slugs, slug) {
			continue
		}
		m, err := s.Issuer.Mechanism(slug)
		if err != nil {
			return nil, err
		}
		all = append(all, m)
	}
	return all, nil
}

func (s *Site) badgeWithCode(r store.Reader, code string) (complaint.Badge, error) {
	holder, err := s.Issuer.BadgeHolder(r, string(s.Origin)+"/b/"+code)
	return complaint.Badge(holder), err
}

// contestOf returns where a status under a mechanism is contested.
func (s *Site) contestOf(slug string) string {
	if s.Contest != "" {
		return s.Contest
	}
	return complaint.Address(s.Origin) + "?" + url.Values{"mechanism": {slug}}.Encode()
}

// CheckContest tells whether an address can be given to members, and in explanations to other programs (BF-EXPL-9), as where
// they contest a level: that of a page, as the protocol writes addresses. Under .localhost it takes local.
func CheckContest(address string, local bool) error {
	origin, err := bonafide.OriginOf(address)
	var wrong *bonafide.Error
	switch {
	case errors.As(err, &wrong):
		return fmt.Errorf("contest %q %s; give a page's whole address without #, such as https://shop.example/disputes, or nothing for the site's own page", address, wrong.Detail)
	case isLocal(origin) && !local:
		return fmt.Errorf("contest %q is for demonstrations; give a page of https", address)
	}
	return nil
}

// contest returns where a level that statuses from elsewhere count for is contested.
func (s *Site) contest() string { return cmp.Or(s.Contest, complaint.Address(s.Origin)) }
