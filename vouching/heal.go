package vouching

import "bonafide.example"

// healed returns how much of an amount has healed at an instant: ⌊amount·k/12⌋, k being the whole
// periods since the fault became final, at most 12.
func healed(amount int64, final, at bonafide.Seconds) int64 {
	return healedAfter(amount, min(max((at-final)/Period, 0), Periods))
}

func healedAfter(amount int64, periods bonafide.Seconds) int64 {
	return amount * int64(periods) / Periods
}

// healsNext returns the first instant after at from which more of the amount has healed; 0 if all has.
func healsNext(amount int64, final, at bonafide.Seconds) bonafide.Seconds {
	now := healed(amount, final, at)
	for k := max((at-final)/Period, 0) + 1; k <= Periods; k++ {
		if healedAfter(amount, k) > now {
			return final + k*Period
		}
	}
	return 0
}

// healedBy returns when nothing of a charge or loss is left.
func healedBy(final bonafide.Seconds) bonafide.Seconds { return final + Periods*Period }

// sooner returns the earlier of two instants, of which 0 stands for never.
func sooner(x, y bonafide.Seconds) bonafide.Seconds {
	if x == 0 || y != 0 && y < x {
		return y
	}
	return x
}
