package verifier

import "bonafide.example/conformance/subject"

func (w *World) following() []subject.Check  { return nil }
func (w *World) refreshing() []subject.Check { return nil }
func (w *World) keeping() []subject.Check    { return nil }
func (w *World) redeeming() []subject.Check  { return nil }
