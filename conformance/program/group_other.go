//go:build !unix

package program

import "os/exec"

// ownGroup does nothing: only the program itself can be ended here, not its children.
func ownGroup(*exec.Cmd) {}

func killGroup(cmd *exec.Cmd) error { return cmd.Process.Kill() }
