package recipes

import (
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"bonafide.example/internal/need"
	"github.com/stretchr/testify/require"
)

// exported is a folder as bonafide export writes it, with the media type that each file is due.
func exported(t *testing.T) (folder string, due map[string]string) {
	folder = filepath.Join(t.TempDir(), "public")
	due = map[string]string{
		"/": "text/html", "/b/K7QXM2VTP4WN9RFA": "text/html", "/b/K7QXM2VTP4WN9RFA.fr.html": "text/html",
		"/b/K7QXM2VTP4WN9RFA.jwt": "application/vc+jwt", "/b/K7QXM2VTP4WN9RFA.json": "application/json",
		"/b/K7QXM2VTP4WN9RFA.card.dark.fr.svg": "image/svg+xml", "/b/K7QXM2VTP4WN9RFA.png": "image/png", "/status/1": "application/vc+jwt",
		"/.well-known/did.json": "application/did+json", "/mechanisms/seller": "text/html",
		"/mechanisms/seller.jwt": "application/bonafide-mechanism+jwt", "/mechanisms/seller/v/1.jwt": "application/bonafide-mechanism+jwt",
	}
	for path, kind := range due {
		if path == "/" {
			path = "/index"
		}
		if kind == "text/html" && !strings.HasSuffix(path, ".html") {
			path += ".html"
		}
		name := filepath.Join(folder, filepath.FromSlash(path))
		require.NoError(t, os.MkdirAll(filepath.Dir(name), 0o755))
		require.NoError(t, os.WriteFile(name, []byte("something"), 0o644))
	}
	return folder, due
}

// sends returns what the front doesn't send as it is due.
func (f *front) sends(due map[string]string) (found []string) {
	for path, kind := range due {
		answer, _ := f.ask("https://" + host + path)
		got, _, _ := strings.Cut(answer.Header.Get("Content-Type"), ";")
		policy := map[string]string{"image/svg+xml": "default-src 'none'", "image/png": "default-src 'none'; style-src 'unsafe-inline'"}[kind]
		if sent := answer.Header.Get("Content-Security-Policy"); sent != policy {
			found = append(found, path+" has the policy "+sent)
		}
		if answer.StatusCode != http.StatusOK || got != kind || answer.Header.Get("Access-Control-Allow-Origin") != "*" {
			found = append(found, answer.Status+" "+path+" "+got)
		}
	}
	if answer, _ := f.ask("https://" + host + "/b/0000000000000000"); answer.StatusCode != http.StatusNotFound {
		found = append(found, answer.Status+" for what isn't there")
	}
	return found
}

// What bonafide export wrote is sent as readers take it, and not without the line that says so.
func TestStatic(t *testing.T) {
	for program, c := range map[string]struct {
		recipe, line string
		run          func(file string) []string
	}{
		"nginx": {"static.nginx.conf", "	location /status/ { types {} default_type application/vc+jwt; }\n", func(file string) []string { return []string{"-c", file} }},
		"caddy": {"static.Caddyfile", "	header /status/* Content-Type application/vc+jwt\n", func(file string) []string { return []string{"run", "--config", file, "--adapter", "caddyfile"} }},
	} {
		for _, spoilt := range []bool{false, true} {
			t.Run(program, func(t *testing.T) {
				need.Program(t, program)
				folder, due := exported(t)
				f, here := newFront(t)
				text := recipe(t, c.recipe)
				require.Contains(t, text, c.line)
				if spoilt {
					text = strings.Replace(text, c.line, "", 1)
				}
				text = strings.ReplaceAll(here.Replace(text), "/srv/badges/public", folder)
				if program == "nginx" {
					text = "daemon off;\nmaster_process off;\nerror_log stderr;\npid " + f.folder + "/pid;\nevents {}\nhttp {\naccess_log off;\ninclude /etc/nginx/mime.types;\n" + text + "}\n"
					for _, kept := range []string{"client_body", "proxy", "fastcgi", "uwsgi", "scgi"} {
						text = strings.Replace(text, "http {\n", "http {\n"+kept+"_temp_path "+filepath.Join(f.folder, kept)+";\n", 1)
					}
				}
				file := filepath.Join(f.folder, "front")
				require.NoError(t, os.WriteFile(file, []byte(text), 0o600))
				if program == "nginx" {
					said, err := exec.Command("nginx", "-t", "-c", file).CombinedOutput()
					require.NoError(t, err, string(said))
				}
				f.start(program, c.run(file)...)
				if spoilt {
					require.Len(t, f.sends(due), 1)
					return
				}
				require.Empty(t, f.sends(due))
			})
		}
	}
}
