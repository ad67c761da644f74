package conversion

import "bonafide.example"

func ShareAtLeast(positive, total int64, atLeast bonafide.Decimal) bool      { panic("not yet") }
func WilsonAtLeast(positive, total int64, atLeast, z2 bonafide.Decimal) bool { panic("not yet") }
