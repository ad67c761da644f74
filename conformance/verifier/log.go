package verifier

import (
	"context"

	"bonafide.example/conformance/subject"
)

// publicLog are the cases of a log; a site that names none has none.
func (w *World) publicLog() []subject.Check {
	if w == nil {
		w = &World{log: &subject.PublicLog{}} // to list them
	}
	return w.log.Checks(check, w.logPublished,
		check("log/grows", "A table that is published is added to the log, which begins with what it was.", w.logGrows, "BF-LOG-4", "BF-LOG-6", "BF-LOG-8"))
}

func (w *World) logPublished(ctx context.Context) error {
	return w.log.Published(ctx, w.entity, "metadata", "bonafide_verifier", "conversions")
}

func (w *World) logGrows(ctx context.Context) error {
	if err := w.log.Remember(ctx); err != nil {
		return err
	}
	i, err := w.issuer()
	if err != nil {
		return err
	}
	if err := w.publish(ctx, w.table(nameOf(i), i)); err != nil {
		return err
	}
	if err := w.log.Follows(ctx); err != nil {
		return err
	}
	return w.logPublished(ctx)
}
