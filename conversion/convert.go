package conversion

func Convert(q Question) *Explanation { panic("not yet") }
