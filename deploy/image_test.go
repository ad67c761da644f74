package deploy

import (
	"bufio"
	"debug/elf"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"

	"bonafide.example/internal/need"
	"github.com/stretchr/testify/require"
)

// instruction is one line of a Dockerfile.
type instruction struct{ name, is string }

// stages returns a Dockerfile's instructions, by stage.
func stages(t *testing.T) (all [][]instruction) {
	data, err := os.ReadFile("Dockerfile")
	require.NoError(t, err)
	for line := range strings.Lines(string(data)) {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		name, is, _ := strings.Cut(line, " ")
		if name == "FROM" {
			all = append(all, nil)
		}
		require.NotEmpty(t, all, "a stage begins with FROM")
		all[len(all)-1] = append(all[len(all)-1], instruction{name, is})
	}
	return all
}

// of returns what the stage's instructions of that name say.
func of(stage []instruction, name string) (all []string) {
	for _, i := range stage {
		if i.name == name {
			all = append(all, i.is)
		}
	}
	return all
}

// words reads the form of a command that needs no shell.
func words(t *testing.T, command string) (all []string) {
	require.NoError(t, json.Unmarshal([]byte(command), &all), command)
	return all
}

// environment returns the variables that the image sets.
func environment(stage []instruction) (all []string) {
	for _, line := range of(stage, "ENV") {
		all = append(all, strings.Fields(line)...)
	}
	return all
}

func TestDockerfile(t *testing.T) {
	all := stages(t)
	require.Len(t, all, 2)
	build, image := all[0], all[1]
	require.Equal(t, []string{"scratch"}, of(image, "FROM"))
	require.Empty(t, of(image, "RUN"), "there is no shell")
	require.Regexp(t, `^[1-9][0-9]*:[1-9][0-9]*$`, of(image, "USER")[0], "not root, and by number: there is no list of users")
	require.Equal(t, "/bonafide", words(t, of(image, "ENTRYPOINT")[0])[0])
	require.Equal(t, []string{"serve"}, words(t, of(image, "CMD")[0]))
	_, health, _ := strings.Cut(of(image, "HEALTHCHECK")[0], "CMD ")
	require.Equal(t, []string{"/bonafide", "health"}, words(t, health))
	require.Equal(t, []string{"/data"}, of(image, "VOLUME"))
	for _, variable := range environment(image) {
		name, value, _ := strings.Cut(variable, "=")
		require.Regexp(t, `^BONAFIDE_[A-Z]+$`, name)
		require.True(t, name == "BONAFIDE_LISTEN" || strings.HasPrefix(value, "/data/"), "what is kept lies in the volume: %s", variable)
	}
	var made []string // by the first stage
	for _, run := range of(build, "RUN") {
		made = append(made, regexp.MustCompile(`/out/[a-z]+`).FindAllString(run, -1)...)
	}
	for _, copied := range of(image, "COPY") {
		fields := strings.Fields(copied)
		require.Equal(t, "--from=build", fields[0])
		if from := fields[len(fields)-2]; strings.HasPrefix(from, "/out/") {
			require.Contains(t, made, from)
		}
	}
	version, err := os.ReadFile("../go.mod")
	require.NoError(t, err)
	require.Contains(t, string(version), "\ngo "+strings.TrimPrefix(strings.Fields(of(build, "FROM")[0])[0], "golang:"))
}

// The program that the Dockerfile builds runs with nothing but itself and a folder that is its own, as a user without a name.
// To build it takes a minute, so that it is done for whoever asks for it.
func TestImage(t *testing.T) {
	if !need.Required("image") {
		t.Skip("BONAFIDE_REQUIRE=image has the image's program built and run in an empty root; this takes root")
	}
	need.Seen(t, "..")
	all := stages(t)
	root := t.TempDir()
	i := slices.IndexFunc(all[0], func(i instruction) bool { return strings.Contains(i.is, "go build") })
	build := exec.Command("sh", "-c", strings.ReplaceAll(all[0][i].is, "/out/", root+"/"))
	build.Dir = ".."
	said, err := build.CombinedOutput()
	require.NoError(t, err, string(said))
	program, err := elf.Open(filepath.Join(root, "bonafide"))
	require.NoError(t, err)
	libraries, err := program.ImportedLibraries()
	require.NoError(t, err)
	require.Empty(t, libraries, "it needs nothing beside it")
	require.NoError(t, program.Close())
	const user = 65532
	require.NoError(t, os.Mkdir(filepath.Join(root, "data"), 0o700))
	require.NoError(t, os.Chown(filepath.Join(root, "data"), user, user))
	require.NoError(t, os.Chmod(root, 0o755))

	inside := func(args ...string) *exec.Cmd {
		cmd := exec.Command("/bonafide", args...)
		cmd.Dir, cmd.SysProcAttr = "/data", &syscall.SysProcAttr{Chroot: root, Credential: &syscall.Credential{Uid: user, Gid: user}}
		cmd.Env = append(environment(all[1]), "BONAFIDE_CONFIG=", "BONAFIDE_ORIGIN=https://shop.example", "BONAFIDE_ROLES=verifier", "BONAFIDE_LISTEN=127.0.0.1:0", "BONAFIDE_DRAIN=0s")
		return cmd
	}
	said, err = inside("keys", "new", "/data/keys").CombinedOutput()
	require.NoError(t, err, string(said))
	_, health, _ := strings.Cut(of(all[1], "HEALTHCHECK")[0], "CMD ")
	require.Error(t, inside(words(t, health)[1:]...).Run(), "before it runs")
	serve := inside(words(t, of(all[1], "CMD")[0])...)
	out, err := serve.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, serve.Start())
	t.Cleanup(func() { serve.Process.Kill() })
	line, err := bufio.NewReader(out).ReadString('\n')
	require.NoError(t, err)
	require.Contains(t, line, "https://shop.example is served on")
	said, err = inside(words(t, health)[1:]...).CombinedOutput()
	require.NoError(t, err, string(said))
	require.NoError(t, serve.Process.Signal(syscall.SIGTERM))
	require.NoError(t, serve.Wait())
}
