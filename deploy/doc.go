// Package deploy holds what runs a site in earnest: a Dockerfile, a systemd unit and alerts. Its tests check them as
// far as can be done without a container engine or a running systemd.
package deploy
