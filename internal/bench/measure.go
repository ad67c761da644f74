package bench

import (
	"fmt"
	"slices"
	"syscall"
	"time"
)

// meter tells how much of something was spent so far.
type meter func() (time.Duration, error)

func clock() (time.Duration, error) { return time.Duration(time.Now().UnixNano()), nil }

// processor returns for how long this process has had a processor: its own work, the system's for it, and that of
// collecting its garbage.
func processor() (time.Duration, error) {
	var usage syscall.Rusage
	err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage)
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano()), err
}

// side is one of the two things that are compared.
type side struct {
	meter meter
	do    func(times int) error
	ready func(times int) error // what must be there before, and isn't measured; nil: nothing
}

// spend returns how much doing it so often takes for each time.
func (s side) spend(times int) (float64, error) {
	if err := s.prepare(times); err != nil {
		return 0, err
	}
	before, err := s.meter()
	if err != nil {
		return 0, err
	}
	if err := s.do(times); err != nil {
		return 0, err
	}
	after, err := s.meter()
	return float64(after-before) / float64(times), err
}

func (s side) prepare(times int) error {
	if s.ready == nil {
		return nil
	}
	return s.ready(times)
}

// often returns how often it is to be done for one round to last as long as it should. The first time counts for nothing:
// it connects, fills memories and takes long.
func (s side) often(round time.Duration) (int, error) {
	if _, err := s.spend(1); err != nil {
		return 0, err
	}
	for times := 1; ; times *= 2 {
		if err := s.prepare(times); err != nil {
			return 0, err
		}
		start := time.Now()
		if err := s.do(times); err != nil {
			return 0, err
		}
		if took := time.Since(start); took >= round/4 {
			return max(1, int(float64(times)*float64(round)/float64(took))), nil
		}
	}
}

// compared is what came of a comparison: the medians of both sides, in nanoseconds, and of their ratios.
type compared struct {
	ours, base, ratio float64
}

// compare lets both sides take turns.
func (b *bench) compare(ours, base side) (compared, error) {
	sides := [2]side{ours, base}
	var times [2]int
	for k, s := range sides {
		var err error
		if times[k], err = s.often(b.Round); err != nil {
			return compared{}, err
		}
	}
	return b.rounds(func() (spent [2]float64, err error) {
		for k, s := range sides {
			if spent[k], err = s.spend(times[k]); err != nil {
				return spent, err
			}
		}
		return spent, nil
	})
}

// rounds takes the medians of what each round spent for our side and for the other.
func (b *bench) rounds(round func() (spent [2]float64, err error)) (compared, error) {
	var spent [2][]float64
	var ratios []float64
	for range b.Rounds {
		once, err := round()
		if err != nil {
			return compared{}, err
		}
		if once[0] <= 0 || once[1] <= 0 {
			continue // shorter than the meter can tell
		}
		spent[0], spent[1] = append(spent[0], once[0]), append(spent[1], once[1])
		ratios = append(ratios, once[0]/once[1])
	}
	if len(ratios) == 0 {
		return compared{}, fmt.Errorf("rounds of %s are too short to be measured", b.Round)
	}
	return compared{median(spent[0]), median(spent[1]), median(ratios)}, nil
}

// alone measures what is compared to nothing, in nanoseconds.
func (b *bench) alone(s side) (float64, error) {
	times, err := s.often(b.Round)
	if err != nil {
		return 0, err
	}
	var spent []float64
	for range b.Rounds {
		once, err := s.spend(times)
		if err != nil {
			return 0, err
		}
		spent = append(spent, once)
	}
	return median(spent), nil
}

func median(values []float64) float64 {
	slices.Sort(values)
	return values[len(values)/2]
}

// row fills a row in with what came of a comparison of times.
func (c compared) row(what, against string, aim Aim) Row {
	r := Row{What: what, Took: nanoseconds(c.ours), Against: against, Base: nanoseconds(c.base), Ratio: c.ratio, Aim: aim}
	if aim.AtLeast {
		r.Ratio = 1 / c.ratio
	}
	return r
}

// repeat makes what is done so many times of what is done once.
func repeat(once func() error) func(times int) error {
	return func(times int) error {
		for range times {
			if err := once(); err != nil {
				return err
			}
		}
		return nil
	}
}
