package issuer

import (
	"context"
	"time"

	"bonafide.example/conformance/subject"
)

// publicLog are the cases of a log; a site that names none has none.
func (w *World) publicLog() []subject.Check {
	if w == nil {
		w = &World{log: &subject.PublicLog{}} // to list them
	}
	return w.log.Checks(check, w.logPublished,
		check("log/follows", "The log begins with what it was a day ago, and tells nothing of whoever got a badge since.", w.logFollows, "BF-LOG-4", "BF-LOG-5", "BF-LOG-6"))
}

// openLog finds the site's log, if it names one. What is wrong with it cases of their own judge.
func (w *World) openLog(ctx context.Context) {
	if token, err := w.entity(ctx); err == nil {
		w.log = w.PublicLog(token.Payload)
	}
}

func (w *World) logPublished(ctx context.Context) error {
	return w.log.Published(ctx, w.entity, "metadata", "bonafide_issuer", "mechanisms")
}

func (w *World) logFollows(ctx context.Context) error {
	if err := w.log.Remember(ctx); err != nil {
		return err
	}
	if _, _, err := w.shown(ctx); err != nil {
		return err
	}
	if err := w.Advance(ctx, 24*time.Hour); err != nil { // the lists of another day are entered
		return err
	}
	if err := w.log.Follows(ctx); err != nil {
		return err
	}
	return w.log.Entered(ctx)
}
