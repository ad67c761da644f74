// Package vouching computes what follows when people stand behind people.
//
// A member may put up to half of what they earned behind people they know. When enough members of a
// higher level stand behind somebody, that person gets the level just below at once, marked vouched. If
// that person is later found at fault, each voucher loses part of what they put up, and those who stood
// behind the vouchers at most a quarter of that: nobody further back, nobody twice for one fault. It
// heals within a year, and a reversal undoes it.
//
// [Evaluate] is a pure function of a set of [Event] values and an instant: neither their order nor
// repetition matters. There are integers only, no clock and no floats. A [Ledger] is the same for servers,
// kept up to date event by event. What a server may add to the history is told by [State.Refuse]. One that keeps
// the history in a store puts together of it what a question needs, by [Assemble].
//
// A member may also refer somebody to another site, and puts up a stake as with a vouch. What becomes of it
// comes back as an outcome, which costs that member alone. Here a referral is a vouch for an outsider, who never has
// a level; the supporter that it makes at the other site is counted there ([State.Member]). A site can cost a
// member a tenth of what they earned in a year: that depends on what came before, so it is held when an outcome is
// entered, and the event carries its points ([State.OutcomePoints]). The state stays a function of the set of events.
//
// What is worked out from the whole history, in this order:
//
//   - Which vouches and referrals are void (void.go): the second live one for the same person, the 33rd received,
//     the 65th given, one given while suspended. A site refuses these; a history that holds them nevertheless
//     is read as if it didn't. The capacity and the brake bound only what is accepted, and void nothing.
//   - What each fault charges (charge.go), by the vouches that were live when it occurred.
//   - Each member's account at the instant (account.go): what is earned, lost, charged and healed, hence
//     the own level, the capacity, and how far down the list of vouches it reaches.
//   - The vouched level, from the accounts of those who stand behind.
//
// An account never depends on another's, so a level rests on the accounts of at most 32 others.
//
// Where one could doubt:
//
//   - A vouch begins when the vouchee accepts it, and its event is dated so; a fault's event is dated
//     when it becomes final. From its reporting to the ruling pass at most 14 + 60 days.
//   - The order of (accepted, id) compares ids byte by byte.
//   - What uses up the capacity is the whole stake of each live vouch, burned or not: otherwise a fault
//     would make room for those further down the list, and so raise somebody. The first that doesn't fit
//     ends the list.
//   - A vouch accepted at the very instant of a fault answers for it.
//   - A withdrawal protects from a fault that occurred while the vouch was live if it took effect before
//     the instant of the report, not at it, and if it, rather than old age, ended the vouch.
//   - What goes on to hop 2 is a quarter of the charge of hop 1, even if its bearer is charged more as
//     somebody else's voucher at hop 2.
//   - An outcome whose points are above the stake costs the whole stake; one of 0 points charges nobody. One
//     that occurred outside the time for which its referral answers is taken, and charges nobody.
//   - Of several suspensions and restorations the latest holds; at one instant, the suspension.
//   - A suspended member goes on to be charged, and can be vouched for, but shows no level.
//   - A vouchee speaks for a voucher (see [State.Brake]) after 90 days in one live vouch, covered or
//     not, if no vouch of that voucher for them bears a charge and their own level is 1 or more now.
//   - Where the own and the vouched level are equal, the level shown is earned.
package vouching
