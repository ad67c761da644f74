package main

import (
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"strconv"
	"time"

	"github.com/spf13/cobra"
)

// aheadVariable names the file with how far ahead the clock of the program steered is, in nanoseconds.
const aheadVariable = "BONAFIDE_TEST_AHEAD"

// steered is bonafide serve under a clock that a test moves. Its administration does at once what is due when it is asked
// for it, which the program itself only looks for every so often.
func steered() {
	file := os.Getenv(aheadVariable)
	now := func() time.Time { return time.Now().Add(aheadIn(file)).UTC() }
	e := &env{os.Stdin, os.Stdout, os.Stderr, os.Getenv, now}
	cmd := &cobra.Command{SilenceUsage: true}
	read := addFlags(e, cmd)
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		s, err := read()
		if err != nil {
			return err
		}
		service, closeStore, err := s.listen(e, slog.New(slog.NewJSONHandler(os.Stderr, nil)))
		if err != nil {
			return err
		}
		mux := http.NewServeMux()
		mux.Handle("/", service.administers)
		mux.HandleFunc("POST /due", func(w http.ResponseWriter, r *http.Request) {
			if err := service.site.RunDue(r.Context()); err != nil {
				http.Error(w, err.Error(), http.StatusInternalServerError)
			}
		})
		service.administers = mux
		return errors.Join(service.run(cmd.Context()), closeStore())
	}
	cmd.SetArgs(os.Args[2:])
	if err := cmd.Execute(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// aheadIn returns how far ahead the clock is.
func aheadIn(file string) time.Duration {
	text, err := os.ReadFile(file)
	if err != nil {
		panic(err)
	}
	ahead, err := strconv.ParseInt(string(text), 10, 64)
	if err != nil {
		panic(err)
	}
	return time.Duration(ahead)
}

// writeAhead says how far ahead the clock is, to all who look, at once.
func writeAhead(file string, ahead time.Duration) error {
	aside := file + ".new"
	if err := os.WriteFile(aside, strconv.AppendInt(nil, int64(ahead), 10), 0o600); err != nil {
		return err
	}
	return os.Rename(aside, file)
}
