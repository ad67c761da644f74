// Package chapters makes pages of the chapters of the spec, which are written in Markdown. Each requirement becomes an
// anchor by its id, and links from chapter to chapter lead from page to page.
package chapters

import (
	"bytes"
	"fmt"
	"html/template"
	"io/fs"
	"path"
	"regexp"
	"strings"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
)

// Chapter is one chapter.
type Chapter struct {
	Name     string // of its file, without .md
	Title    string // its first heading
	Body     template.HTML
	Markdown []byte
}

// Read returns the chapters of a folder, in the order of their names.
func Read(folder fs.FS) ([]Chapter, error) {
	names, err := fs.Glob(folder, "*.md")
	if err != nil {
		return nil, err
	}
	markdown := goldmark.New(goldmark.WithExtensions(extension.Table), goldmark.WithParserOptions(parser.WithAutoHeadingID()))
	var all []Chapter
	for _, name := range names {
		source, err := fs.ReadFile(folder, name)
		if err != nil {
			return nil, err
		}
		chapter := Chapter{Name: strings.TrimSuffix(path.Base(name), ".md"), Markdown: source}
		root := markdown.Parser().Parse(text.NewReader(source))
		if chapter.Title, err = prepare(root, source); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		var body bytes.Buffer
		if err := markdown.Renderer().Render(&body, source, root); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		chapter.Body = template.HTML(scrolling.Replace(body.String()))
		all = append(all, chapter)
	}
	return all, nil
}

// scrolling lets a table that is wider than the page scroll by itself. What the text says has no tags: they are escaped.
var scrolling = strings.NewReplacer("<table>", `<div class="wide"><table>`, "</table>", "</table></div>")

// prepare takes the title out of a chapter, and makes of the rest what stands on its page.
func prepare(root ast.Node, source []byte) (title string, err error) {
	heading, ok := root.FirstChild().(*ast.Heading)
	if !ok || heading.Level != 1 {
		return "", fmt.Errorf("doesn't begin with its title")
	}
	title = string(heading.Lines().Value(source))
	root.RemoveChild(root, heading)
	return title, ast.Walk(root, func(node ast.Node, entering bool) (ast.WalkStatus, error) {
		if !entering {
			return ast.WalkContinue, nil
		}
		switch node := node.(type) {
		case *ast.Link:
			chapter, fragment, found := strings.Cut(string(node.Destination), "#")
			if found {
				fragment = "#" + fragment
			}
			node.Destination = []byte(strings.TrimSuffix(chapter, ".md") + fragment)
		case *ast.Paragraph:
			if id := requirement.FindSubmatch(node.Lines().Value(source)); id != nil {
				node.SetAttributeString("id", id[1])
			}
		}
		return ast.WalkContinue, nil
	})
}

// requirement finds the id with which a requirement begins.
var requirement = regexp.MustCompile(`^\*\*(BF-[A-Z]+-[1-9][0-9]*)\*\* `)
