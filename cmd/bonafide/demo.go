package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"strings"

	"bonafide.example/internal/awkward"
	"bonafide.example/internal/demo"
	"bonafide.example/internal/web"
	"github.com/spf13/cobra"
	"golang.org/x/sync/errgroup"
)

func newDemoCommand(e *env) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "demo",
		Short: "Run two sites on this machine and try everything",
		Long: `Starts two sites with members and a history, on this machine alone, and prints what to try. What they keep is gone
when they end.`,
		Example: "  bonafide demo\n  bonafide demo --smoke",
		Args:    cobra.NoArgs,
	}
	port := cmd.Flags().Int("port", 8400, "first of the three ports to listen on, on loopback; 0 takes free ones")
	smoke := cmd.Flags().Bool("smoke", false, "do everything there is to try, and end")
	judge := cmd.Flags().String("judge", "", "folder for two files, by which bonafide-conformance judges the sites; they are gone with the demo")
	cmd.MarkFlagsMutuallyExclusive("smoke", "judge")
	awkward := cmd.Flags().Bool("awkward", false, awkwardUsage)
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		if *smoke {
			return demo.Smoke(cmd.Context(), e.stdout, demo.Config{Awkward: *awkward})
		}
		return runDemo(cmd.Context(), e, demo.Config{Port: *port, Judged: *judge != "", Awkward: *awkward}, *judge)
	}
	return cmd
}

func runDemo(ctx context.Context, e *env, config demo.Config, judge string) (err error) {
	config.Log = slog.New(slog.NewTextHandler(e.stderr, &slog.HandlerOptions{Level: slog.LevelWarn}))
	port := config.Port
	if port > 0 {
		config.Port++
	}
	world, err := demo.New(ctx, config)
	if err != nil {
		return fmt.Errorf("%w; choose other ports with --port", err)
	}
	defer func() { err = errors.Join(err, world.Close()) }()
	control, err := demo.NewControl(world, port)
	if err != nil {
		return fmt.Errorf("%w; choose other ports with --port", err)
	}
	if judge != "" {
		subjects, failed := control.WriteSubjects(judge)
		if failed != nil {
			return failed
		}
		defer func() { err = errors.Join(err, subjects.Remove()) }()
		subjects.Commands(e.stdout)
	}
	if config.Awkward {
		say(e.stdout, "Its sites are %s.\n", awkward.Warning)
	}
	group, ctx := errgroup.WithContext(ctx)
	var consoles []string
	for _, place := range []*demo.Place{world.Bazar, world.Outils} {
		gate, err := openConsole(ctx, web.AdminOf(place.Admin()), 0, config.Log)
		if err != nil {
			return err
		}
		consoles = append(consoles, gate.Address())
		group.Go(func() error { return gate.Serve(ctx, config.Log) })
	}
	world.Things(e.stdout, control.Origin, calledAs(), consoles...)
	group.Go(func() error { return world.Run(ctx) })
	group.Go(func() error { return control.Run(ctx) })
	return group.Wait()
}

// calledAs returns how this program is called again: go run builds it anew each time, out of the way.
func calledAs() string {
	if path, err := os.Executable(); err == nil && strings.Contains(path, "go-build") {
		return "go run ./cmd/bonafide"
	}
	return os.Args[0]
}
