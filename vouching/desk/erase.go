package desk

import "bonafide.example/store"

// Erase forgets a member: their asks and offers, and those to them, are gone, and so is what they were called.
// Their vouches run on; the issuer renames them in the ledger, where pseudonym is what they are called from now
// on. It fits issuer.Config.Erasing.
func (d *Desk) Erase(tx store.Tx, member, pseudonym string) error {
	asked, err := of[ask](tx, member, asks)
	if err != nil {
		return err
	}
	for _, a := range asked {
		if err := drop(tx, asks, a.ID, a.Asker.Member, a.Asked.Member); err != nil {
			return err
		}
	}
	offered, err := of[offer](tx, member, offers)
	if err != nil {
		return err
	}
	for _, o := range offered {
		if err := drop(tx, offers, o.ID, member); err != nil {
			return err
		}
	}
	given, err := of[vouch](tx, member, vouches)
	if err != nil {
		return err
	}
	for _, v := range given {
		for _, p := range []*party{&v.Voucher, &v.Vouchee} {
			if p.Member == member {
				*p = party{}
			}
		}
		if err := store.PutJSON(tx, recordKey(vouches, v.ID), v); err != nil {
			return err
		}
		if err := tx.Delete(ofKey(member, vouches, v.ID)); err != nil {
			return err
		}
	}
	return nil
}
