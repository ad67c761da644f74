package badge

// colours are those of one state on one kind of page. Text has a contrast of 4.5 and more to what is
// behind it, and signs and borders 3 and more (WCAG 2.2, 1.4.3 and 1.4.11).
type colours struct {
	side   rgb // behind the host
	ground rgb // behind the words
	border rgb
	ink    rgb // the host and the notes
	accent rgb // the mark, the pips and the signs
	words  rgb // the level or the state
}

func (p Picture) colours() colours {
	c := colours{side: 0xeaeef4, ground: 0xffffff, border: 0x7d899c, ink: 0x27303f, accent: 0x1f5fbf, words: 0x1b2330}
	if p.Dark {
		c = colours{side: 0x2a3342, ground: 0x161b24, border: 0x6f7c91, ink: 0xdfe5ee, accent: 0x86b6ff, words: 0xf2f5f9}
	}
	switch p.State {
	case Suspended:
		if p.Dark {
			c.ground, c.accent, c.words = 0x2b210c, 0xf0b94a, 0xf7cf80
		} else {
			c.ground, c.accent, c.words = 0xfff4dc, 0x8a5200, 0x6e4200
		}
	case Withdrawn:
		if p.Dark {
			c.ground, c.accent, c.words = 0x2c171b, 0xff9aa5, 0xffb9c0
		} else {
			c.ground, c.accent, c.words = 0xfdecee, 0xa4243b, 0x861b2f
		}
	case Old, Unknown:
		if p.Dark {
			c.accent, c.words = 0xa3aebf, 0xc3ccd9
		} else {
			c.accent, c.words = 0x5a6576, 0x4a5465
		}
	}
	return c
}
