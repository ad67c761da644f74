package issuer

import (
	"context"
	"fmt"

	"bonafide.example/conformance/subject"
	"bonafide.example/conformance/wire"
)

func (w *World) wellKnown() []subject.Check {
	return []subject.Check{
		check("well-known/did", "The DID document is that of the origin.", w.didDocument, "BF-SITE-8", "BF-KEY-7"),
	}
}

func (w *World) didDocument(ctx context.Context) error {
	x, err := w.Anybody().Get(ctx, "/.well-known/did.json", "application/json")
	if err != nil {
		return err
	}
	if id := wire.Text(x.Object(), "id"); x.Status != 200 || id != wire.DID(w.Origin) {
		return &subject.Fault{Due: "200 with the id " + wire.DID(w.Origin), Came: fmt.Sprintf("%d with %q", x.Status, id)}
	}
	return nil
}
