// Package static writes what a site publishes as files, for a host that only sends files: badges with their pictures,
// mechanisms, status lists and keys, as the site's own handler answers at this moment. The pages of badges are written
// anew, since a file can't check anything: they say of when they are and until when they may be read.
package static

import (
	"bytes"
	"embed"
	"errors"
	"fmt"
	"html/template"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"bonafide.example"
	"bonafide.example/badge"
	"bonafide.example/internal/text"
	"bonafide.example/internal/web"
)

//go:embed *.html _headers messages.*.json
var files embed.FS

// Badge is a badge to write, with the status that it has.
type Badge struct {
	Address string
	Status  bonafide.Status
}

// Export is what is written.
type Export struct {
	Origin     bonafide.Origin
	Name       string       // what people call the site
	Handler    http.Handler // answers what is public of it
	Mechanisms []bonafide.Mechanism
	Badges     []Badge
	Now        time.Time

	out   string
	until time.Time
	lists map[string]bool // addresses, once written
	pages map[bonafide.Lang]*template.Template
}

// Write writes the files into a folder, which may hold an earlier export: badges that are gone are then written as
// withdrawn. Each file is put in its place whole. It returns until when readers take what was written: the earliest
// end of a status list or a signed mechanism.
func (x *Export) Write(out string) (until time.Time, err error) {
	x.out, x.until, x.lists = out, x.Now.Add(365*24*time.Hour), map[string]bool{}
	if err := x.readTemplates(); err != nil {
		return until, err
	}
	if err := errors.Join(x.headers(), x.copy("/.well-known/did.json", ".well-known/did.json"), x.render("index.html", "index", bonafide.English, x)); err != nil {
		return until, err
	}
	for n := range x.Mechanisms {
		if err := x.mechanism(&x.Mechanisms[n]); err != nil {
			return until, err
		}
	}
	current := map[string]bool{}
	for _, b := range x.Badges {
		code := b.Address[strings.LastIndexByte(b.Address, '/')+1:]
		current[code] = true
		if err := x.badge(code, b); err != nil {
			return until, err
		}
	}
	return x.until, x.withdraw(current)
}

func (x *Export) readTemplates() error {
	catalog, err := text.New(files)
	if err != nil {
		return err
	}
	style, err := web.Style()
	if err != nil {
		return err
	}
	x.pages = map[bonafide.Lang]*template.Template{}
	for _, lang := range []bonafide.Lang{bonafide.English, bonafide.French} {
		x.pages[lang], err = template.New("").Funcs(template.FuncMap{
			"t":     func(id string, fields ...any) string { return catalog.Say(lang, id, fields...) },
			"in":    func(t bonafide.Text) string { return t.In(lang) },
			"lang":  func() bonafide.Lang { return lang },
			"day":   func(t time.Time) string { return t.UTC().Format("2006-01-02 15:04 UTC") },
			"style": func() template.CSS { return style },
		}).ParseFS(files, "*.html")
		if err != nil {
			return fmt.Errorf("reading the pages' templates: %w", err)
		}
	}
	return nil
}

// headers writes what a host is to say of the files. Hosts differ in where a star stands for, so that of signed
// mechanisms each is named.
func (x *Export) headers() error {
	headers, err := files.ReadFile("_headers")
	if err != nil {
		return err
	}
	for n := range x.Mechanisms {
		for _, path := range editions(&x.Mechanisms[n]) {
			headers = fmt.Appendf(headers, "%s.jwt\n  Content-Type: %s\n", path, bonafide.TypeMechanism.MediaType())
		}
	}
	return x.save("_headers", headers)
}

// editions returns the paths of a mechanism: of the newest, and of each version.
func editions(m *bonafide.Mechanism) []string {
	paths := []string{"/mechanisms/" + m.Slug()}
	for version := range m.Version {
		paths = append(paths, fmt.Sprintf("/mechanisms/%s/v/%d", m.Slug(), version+1))
	}
	return paths
}

// mechanism writes a mechanism with its versions.
func (x *Export) mechanism(m *bonafide.Mechanism) error {
	for _, path := range editions(m) {
		if err := errors.Join(x.copy(path+".json", path+".json"), x.signed(path+".jwt"), x.page(path)); err != nil {
			return err
		}
	}
	return nil
}

// page writes a page of the site in both languages, whose links to one another lead to files.
func (x *Export) page(path string) error {
	for lang, other := range map[bonafide.Lang]string{bonafide.English: path + ".fr.html", bonafide.French: path + ".html"} {
		answer, err := x.ask(path+"?lang="+string(lang), "text/html")
		if err != nil {
			return err
		}
		for _, link := range []string{"?lang=fr", "?lang=en"} {
			answer = bytes.ReplaceAll(answer, []byte(`href="`+link+`"`), []byte(`href="`+other+`"`))
		}
		name := path + ".html"
		if lang == bonafide.French {
			name = path + ".fr.html"
		}
		if err := x.save(name, answer); err != nil {
			return err
		}
	}
	return nil
}

// signed writes a signed object and notes until when it is taken.
func (x *Export) signed(path string) error {
	token, err := x.ask(path, "")
	if err != nil {
		return err
	}
	if end, ok := endOf(token); ok && end.Before(x.until) {
		x.until = end
	}
	return x.save(path, token)
}

// pictures are the pictures of a badge that are written: those that its holder can paste.
func pictures(each func(suffix string) error) error {
	for _, size := range []badge.Size{badge.Chip, badge.Card} {
		for _, lang := range []bonafide.Lang{bonafide.English, bonafide.French} {
			for _, dark := range []bool{false, true} {
				for _, format := range []badge.Format{badge.FormatSVG, badge.FormatPNG} {
					if err := each(badge.Suffix(badge.Picture{Size: size, Lang: lang, Dark: dark}, format)); err != nil {
						return err
					}
				}
			}
		}
	}
	return nil
}

// badge writes everything of a badge.
func (x *Export) badge(code string, b Badge) error {
	path := "/b/" + code
	view := badgeView{Export: x, Address: b.Address, Path: path, Status: b.Status, State: b.Status.State}
	for n := range x.Mechanisms {
		if x.Mechanisms[n].ID == b.Status.Mechanism {
			view.Mechanism = &x.Mechanisms[n]
			view.Number = view.Mechanism.LevelNumber(b.Status.Level)
			view.Level, _ = view.Mechanism.Level(view.Number)
		}
	}
	if err := x.credential(path, &view); err != nil {
		return err
	}
	return errors.Join(x.badgePages(&view), pictures(func(suffix string) error { return x.copy(path+suffix, path+suffix) }))
}

// credential writes the signed form, the unsigned one while it holds, and the list that it is in. A badge that has none
// is as good as suspended.
func (x *Export) credential(path string, view *badgeView) error {
	token, err := x.ask(path+".jwt", "")
	if bonafide.CodeOf(err) == bonafide.NotFound {
		return x.remove(path+".json", path+".jwt")
	}
	if err != nil {
		return err
	}
	c, err := said[bonafide.Credential](token)
	if err != nil {
		return err
	}
	view.Until, view.Signed = c.ValidUntil, true
	if err := x.save(path+".jwt", token); err != nil {
		return err
	}
	if err := x.plain(path+".json", view); err != nil {
		return err
	}
	list := c.Status.Credential
	if x.lists[list] {
		return nil
	}
	x.lists[list] = true
	return x.signed(strings.TrimPrefix(list, string(x.Origin)))
}

// badgeView is what the page of a badge shows.
type badgeView struct {
	*Export
	Address, Path string
	State         bonafide.State
	Status        bonafide.Status
	Mechanism     *bonafide.Mechanism // nil for a badge that is withdrawn
	Level         bonafide.Level
	Number        int // of the level, 0 for none
	Until         time.Time
	Signed, Plain bool // whether there is a signed form, and an unsigned one
}

func (x *Export) badgePages(view *badgeView) error {
	return errors.Join(x.render(view.Path+".html", "badge", bonafide.English, view), x.render(view.Path+".fr.html", "badge", bonafide.French, view))
}

// withdraw writes what is left in the folder of badges that aren't any more.
func (x *Export) withdraw(current map[string]bool) error {
	left, err := os.ReadDir(filepath.Join(x.out, "b"))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	for _, file := range left {
		code, page := strings.CutSuffix(file.Name(), ".fr.html")
		if !page || current[code] {
			continue
		}
		path := "/b/" + code
		view := &badgeView{Export: x, Address: string(x.Origin) + path, Path: path, State: bonafide.Withdrawn}
		err := errors.Join(x.badgePages(view), x.remove(path+".json", path+".jwt"),
			pictures(func(suffix string) error { return x.copy(path+suffix, path+suffix) }))
		if err != nil {
			return err
		}
	}
	return nil
}

// Host returns the site's host.
func (x *Export) Host() string { return x.Origin.Host() }

// End returns until when the export is taken, so far.
func (x *Export) End() time.Time { return x.until }

func (x *Export) render(path, name string, lang bonafide.Lang, data any) error {
	var page bytes.Buffer
	if err := x.pages[lang].ExecuteTemplate(&page, name, data); err != nil {
		return fmt.Errorf("writing %s: %w", path, err)
	}
	return x.save(path, page.Bytes())
}
