package static

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"

	"bonafide.example"
	"bonafide.example/internal/web"
)

// copy saves what the site answers for a path.
func (x *Export) copy(from, to string) error {
	answer, err := x.ask(from, "")
	if err != nil {
		return err
	}
	return x.save(to, answer)
}

// plain writes the unsigned form of a badge, while it holds.
func (x *Export) plain(path string, view *badgeView) error {
	data, err := x.ask(path, "")
	switch bonafide.CodeOf(err) {
	case "":
		view.Plain = true
		return x.save(path, data)
	case bonafide.Revoked, bonafide.Expired, bonafide.NotFound:
		return x.remove(path)
	default:
		return err
	}
}

// ask returns what the site answers for a path. What it refuses with a code fails with that code.
func (x *Export) ask(path, accept string) ([]byte, error) {
	address, err := url.Parse(path)
	if err != nil {
		return nil, err
	}
	request := &http.Request{Method: http.MethodGet, URL: address, RequestURI: path, Host: x.Origin.Host(), Header: http.Header{}, Body: http.NoBody, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1}
	if accept != "" {
		request.Header.Set("Accept", accept)
	}
	answer := web.Ask(x.Handler, request)
	if answer.Status == http.StatusOK {
		return answer.Body.Bytes(), nil
	}
	problem, err := bonafide.ParsePeer[web.ProblemDocument](answer.Body.Bytes())
	if err != nil || problem.Code == "" {
		return nil, fmt.Errorf("%s: the site answers %d: %.200s", path, answer.Status, answer.Body.String())
	}
	return nil, bonafide.Errorf(problem.Code, path, "%s", problem.Detail)
}

// save puts a file in its place, whole.
func (x *Export) save(path string, data []byte) error {
	name := filepath.Join(x.out, filepath.FromSlash(path))
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		return err
	}
	if err := os.WriteFile(name+".new", data, 0o644); err != nil {
		return err
	}
	return os.Rename(name+".new", name)
}

func (x *Export) remove(paths ...string) error {
	for _, path := range paths {
		if err := os.Remove(filepath.Join(x.out, filepath.FromSlash(path))); err != nil && !errors.Is(err, os.ErrNotExist) {
			return err
		}
	}
	return nil
}
