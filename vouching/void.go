package vouching

import (
	"slices"

	"bonafide.example"
)

// judge returns why a vouch is void, "" if it isn't. It looks only at vouches before it in the order of
// (accepted, id), which must have been judged already, as they stood when it was accepted: so what a
// site refused in good time and what it ought to have refused come to the same.
func (v *vouch) judge() bonafide.Code {
	return v.judgeAmong(v.before(v.vouchee.received), v.before(v.voucher.given))
}

// judgeAmong judges v by the vouches that the vouchee received and the voucher gave, as far as they are
// live when v is accepted.
func (v *vouch) judgeAmong(received, given []*vouch) bonafide.Code {
	received, given = v.standing(received), v.standing(given)
	switch {
	case v.voucher.suspendedAt(v.accepted):
		return bonafide.MemberSuspended
	case slices.ContainsFunc(received, func(w *vouch) bool { return w.voucher == v.voucher }):
		return bonafide.VouchTwice
	case len(received) >= MaxReceived:
		return bonafide.VoucheeFull
	case len(given) >= MaxGiven:
		return bonafide.VoucherFull
	}
	return ""
}

// before returns the part of the list, which is in order, that comes before v.
func (v *vouch) before(list []*vouch) []*vouch {
	i, _ := slices.BinarySearchFunc(list, v, (*vouch).compare)
	return list[:i]
}

// standing returns those of the list that v finds live when it is accepted.
func (v *vouch) standing(list []*vouch) (standing []*vouch) {
	for _, w := range list {
		if w.liveAt(v.accepted) {
			standing = append(standing, w)
		}
	}
	return standing
}

// later returns the vouches whose judgement may depend on v.
func (v *vouch) later() (later []*vouch) {
	for _, list := range [][]*vouch{v.voucher.given, v.vouchee.received} {
		i, _ := slices.BinarySearchFunc(list, v, (*vouch).compare)
		for _, w := range list[i:] {
			if w != v {
				later = append(later, w)
			}
		}
	}
	return later
}

// judgeAgain judges the vouches anew, and after each whose judgement changed those that may depend on
// it. It returns those that changed.
func judgeAgain(queue []*vouch) (changed []*vouch) {
	for len(queue) > 0 {
		slices.SortFunc(queue, (*vouch).compare)
		v := queue[0]
		queue = slices.Compact(queue)[1:]
		if void := v.judge(); void != v.void {
			v.void = void
			changed = append(changed, v)
			queue = append(queue, v.later()...)
		}
	}
	return changed
}
