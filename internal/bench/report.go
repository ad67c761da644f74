package bench

import (
	"fmt"
	"io"
	"os"
	"runtime"
	"runtime/debug"
	"strings"
	"time"
)

// Machine is where and of what something was measured.
type Machine struct {
	Date      time.Time `json:"date"`
	Processor string    `json:"processor"`
	Cores     int       `json:"cores"`
	System    string    `json:"system"`
	Go        string    `json:"go"`
	Program   string    `json:"program,omitzero"` // its revision
	Load      string    `json:"load,omitzero"`    // how many processes wanted a processor at the start: in the last 1, 5 and 15 minutes
}

// Describe describes this machine. What can't be told is left out.
func Describe() Machine {
	m := Machine{
		Date: time.Now().UTC().Truncate(time.Second), Cores: runtime.GOMAXPROCS(0), System: runtime.GOOS + "/" + runtime.GOARCH,
		Go: runtime.Version(), Processor: lineOf("/proc/cpuinfo", "model name"),
	}
	if load, err := os.ReadFile("/proc/loadavg"); err == nil {
		m.Load = strings.Join(strings.Fields(string(load))[:3], " ")
	}
	if release, err := os.ReadFile("/proc/sys/kernel/osrelease"); err == nil {
		m.System += " " + strings.TrimSpace(string(release))
	}
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, s := range info.Settings {
			if s.Key == "vcs.revision" {
				m.Program = s.Value[:12]
			}
		}
	}
	return m
}

// lineOf returns what a file such as /proc/cpuinfo says of a name first.
func lineOf(path, name string) string {
	text, err := os.ReadFile(path)
	if err != nil {
		return ""
	}
	for line := range strings.Lines(string(text)) {
		if before, value, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(before) == name {
			return strings.TrimSpace(value)
		}
	}
	return ""
}

// Cells returns the row as text: what, took, against, base, ratio, aim, and whether it is met. What doesn't apply
// is empty.
func (r Row) Cells() []string {
	ratio, met := "", ""
	if r.Ratio > 0 {
		ratio = short(r.Ratio) + " ×"
	}
	if is, ok := r.Met(); ok {
		met = map[bool]string{true: "yes", false: "no"}[is]
	}
	return []string{r.What, r.Took.String(), r.Against, r.Base.String(), ratio, r.Aim.String(), met}
}

// Heads returns what stands above the [Row.Cells].
func Heads() []string {
	return []string{"what", "takes", "against", "which takes", "ratio", "aim", "met"}
}

// Markdown writes a report, for a file that is kept.
func Markdown(out io.Writer, m Machine, rows []Row) error {
	var text strings.Builder
	revision := ""
	if m.Program != "" {
		revision = ", program " + m.Program
	}
	fmt.Fprintf(&text, "# Measured on %s\n\n", m.Date.Format(time.DateOnly))
	fmt.Fprintf(&text, "By `bonafide bench`, on %d cores of %s, %s, %s%s. Load average at the start: %s.\n", m.Cores, m.Processor, m.System, m.Go, revision, m.Load)
	topic := ""
	for _, r := range rows {
		if r.Topic != topic {
			topic = r.Topic
			fmt.Fprintf(&text, "\n## %s\n\n", topic)
			cells(&text, Heads())
			cells(&text, []string{"---", "--:", "---", "--:", "--:", "--:", "---"})
		}
		cells(&text, r.Cells())
	}
	_, err := io.WriteString(out, text.String())
	return err
}

func cells(out io.Writer, texts []string) { fmt.Fprintf(out, "| %s |\n", strings.Join(texts, " | ")) }
