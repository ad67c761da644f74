package main

import (
	"errors"
	"fmt"
	"os"
	"strings"

	"golang.org/x/term"
)

// passphraseVariable holds the passphrase of encrypted keys, for where neither a file nor a terminal is at hand.
const passphraseVariable = "BONAFIDE_PASSPHRASE"

// passphrase returns what gives the passphrase of encrypted keys: from the file, else the environment, else
// the terminal.
func (e *env) passphrase(file string) func() (string, error) {
	return func() (string, error) {
		if given, err := e.givenPassphrase(file); given != "" || err != nil {
			return given, err
		}
		terminal, ok := e.stdin.(*os.File)
		if !ok || !term.IsTerminal(int(terminal.Fd())) {
			return "", fmt.Errorf("the keys are encrypted; give the passphrase by --passphrase-file or as %s", passphraseVariable)
		}
		return e.askHidden(terminal, "Passphrase of the keys: ")
	}
}

// newPassphrase does so for a passphrase that nothing was encrypted with yet: a terminal is asked twice.
func (e *env) newPassphrase(file string) func() (string, error) {
	return func() (string, error) {
		if given, err := e.givenPassphrase(file); given != "" || err != nil {
			return given, err
		}
		terminal, ok := e.stdin.(*os.File)
		if !ok || !term.IsTerminal(int(terminal.Fd())) {
			return "", fmt.Errorf("a passphrase is needed; give one by --passphrase-file or as %s", passphraseVariable)
		}
		first, err := e.askHidden(terminal, "New passphrase of the keys: ")
		if err != nil {
			return "", err
		}
		second, err := e.askHidden(terminal, "The same again: ")
		if err == nil && first != second {
			err = errors.New("the two passphrases differ; nothing was changed")
		}
		return first, err
	}
}

func (e *env) givenPassphrase(file string) (string, error) {
	if file == "" {
		return e.getenv(passphraseVariable), nil
	}
	data, err := os.ReadFile(file)
	if err != nil {
		return "", fmt.Errorf("the passphrase of the keys can't be read: %w", err)
	}
	given := strings.TrimRight(string(data), "\r\n")
	if given == "" {
		return "", fmt.Errorf("%s is empty; it must hold the passphrase of the keys", file)
	}
	return given, nil
}

func (e *env) askHidden(terminal *os.File, question string) (string, error) {
	fmt.Fprint(e.stderr, question)
	given, err := term.ReadPassword(int(terminal.Fd()))
	fmt.Fprintln(e.stderr)
	if err == nil && len(given) == 0 {
		err = errors.New("no passphrase was typed")
	}
	return string(given), err
}
