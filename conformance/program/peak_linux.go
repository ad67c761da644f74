package program

import (
	"fmt"
	"os"
	"strconv"
	"strings"
)

// Measures tells whether memory can be measured here.
const Measures = true

// Peak returns the most memory that the program had resident so far, in bytes. What it was started by doesn't count in it,
// as it does in what the system says of a program that has ended (getrusage), and neither do its children.
func (p *Program) Peak() (bytes int64, measured bool) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", p.cmd.Process.Pid))
	if err != nil {
		return 0, false // it has ended
	}
	for line := range strings.Lines(string(text)) {
		if rest, ok := strings.CutPrefix(line, "VmHWM:"); ok {
			kib, err := strconv.ParseInt(strings.TrimSuffix(strings.TrimSpace(rest), " kB"), 10, 64)
			return kib << 10, err == nil
		}
	}
	return 0, false
}
