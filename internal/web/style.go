package web

import "html/template"

// Style returns the style sheet of all pages, for a page that is written to a file.
func Style() (template.CSS, error) {
	style, err := files.ReadFile("style.css")
	return template.CSS(style), err
}
