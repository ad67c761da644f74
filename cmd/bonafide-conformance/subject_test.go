package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
	"strings"
	"testing"

	v1 "bonafide.example/testdata/v1"
)

// The programs that are judged here are this test itself: BINARY subject HABIT CASE.
func TestMain(m *testing.M) {
	if len(os.Args) == 4 && os.Args[1] == "subject" {
		os.Exit(playSubject(os.Args[2], os.Args[3]))
	}
	os.Exit(m.Run())
}

// fake returns the command of a program that knows every answer, and has one bad habit that it shows at one case.
func fake(habit, at string) []string { return []string{os.Args[0], "subject", habit, at} }

// habits are what a program does in place of answering the case. It goes on unless it has an exit code.
func habits() map[string]func(right string) (exit int) {
	stay := func(say func(right string)) func(string) int {
		return func(right string) int { say(right); return -1 }
	}
	return map[string]func(string) int{
		"lies":     stay(func(right string) { fmt.Println(strings.Replace(right, `"expect":"`, `"expect":"not-`, 1)) }),
		"alters":   stay(func(right string) { fmt.Println(strings.Replace(right, "true", "false", 1)) }),
		"omits":    stay(func(right string) { fmt.Println(right[:strings.Index(right, `,"result"`)] + "}") }),
		"chatters": stay(func(right string) { fmt.Println("\x1b[31mone moment"); fmt.Println(right) }),
		"twice":    stay(func(right string) { fmt.Println(right); fmt.Println(right) }),
		"invents":  stay(func(string) { fmt.Println(`{"case":"token/no-such-case","expect":"ok"}`) }),
		"bare":     stay(func(right string) { fmt.Println(right[:strings.Index(right, `,"expect"`)] + "}") }),
		"declines": stay(func(right string) { fmt.Println(right[:strings.Index(right, `,"expect"`)] + `,"unsupported":true}`) }),
		"floods":   stay(func(string) { fmt.Println(strings.Repeat("x", 16<<20+1)) }),
		"hangs":    func(string) int { select {} },
		"dies":     func(string) int { fmt.Fprintln(os.Stderr, "something broke"); return 3 },
	}
}

func playSubject(habit, at string) int {
	switch habit {
	case "absent":
		return 1
	case "deaf":
		select {}
	case "backwards":
		return playBackwards()
	case "weak": // ends once, where a file says that it didn't yet
		if os.Remove(at) == nil {
			return 1
		}
	}
	lines := bufio.NewReader(os.Stdin)
	for {
		line, err := lines.ReadString('\n')
		if err != nil {
			return 0
		}
		name := caseOf(line)
		show := habits()[habit]
		if name != at || show == nil {
			fmt.Println(rightAnswer(name))
		} else if exit := show(rightAnswer(name)); exit >= 0 {
			return exit
		}
	}
}

// playBackwards answers all, the last first.
func playBackwards() int {
	all, err := io.ReadAll(os.Stdin)
	if err != nil {
		panic(err)
	}
	lines := strings.Split(strings.TrimSpace(string(all)), "\n")
	slices.Reverse(lines)
	for _, line := range lines {
		fmt.Println(rightAnswer(caseOf(line)))
	}
	return 0
}

func caseOf(question string) string {
	var q struct {
		Case string `json:"case"`
	}
	if err := json.Unmarshal([]byte(question), &q); err != nil {
		panic(err)
	}
	return q.Case
}

// rightAnswer returns what is due, with the fields of a result in another order than the vector's.
func rightAnswer(name string) string {
	data, err := fs.ReadFile(v1.FS, name+".json")
	if err != nil {
		panic(err)
	}
	var due map[string]any
	if err := json.Unmarshal(data, &due); err != nil {
		panic(err)
	}
	answer := map[string]any{"expect": due["expect"]}
	if due["result"] != nil {
		answer["result"] = due["result"]
	}
	rest, err := json.Marshal(answer)
	if err != nil {
		panic(err)
	}
	return fmt.Sprintf(`{"case":%q,%s`, name, rest[1:])
}
