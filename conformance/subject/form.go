package subject

import (
	"bytes"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"golang.org/x/net/html"
)

// Form is a form of a page.
type Form struct {
	Method  string     // GET or POST
	Action  string     // absolute
	Fields  url.Values // what it sends by itself: hidden fields and values given
	Buttons []Field    // what one may press
}

// Field is a name and a value.
type Field struct{ Name, Value string }

// Forms returns the forms of the page that came.
func (x *Exchange) Forms() ([]Form, error) {
	page, err := html.Parse(bytes.NewReader(x.Body))
	if err != nil {
		return nil, err
	}
	base, err := url.Parse(x.Request.Address)
	if err != nil {
		return nil, err
	}
	var forms []Form
	for node := range page.Descendants() {
		if node.Type != html.ElementNode || node.Data != "form" {
			continue
		}
		action, err := base.Parse(attribute(node, "action"))
		if err != nil {
			return nil, err
		}
		form := Form{Method: strings.ToUpper(attribute(node, "method")), Action: action.String(), Fields: url.Values{}}
		form.read(node)
		forms = append(forms, form)
	}
	return forms, nil
}

func (f *Form) read(node *html.Node) {
	for field := range node.Descendants() {
		name, value := attribute(field, "name"), attribute(field, "value")
		switch {
		case field.Data == "button", field.Data == "input" && attribute(field, "type") == "submit":
			f.Buttons = append(f.Buttons, Field{name, value})
		case field.Data == "input" && name != "" && !slices.Contains([]string{"checkbox", "radio"}, attribute(field, "type")):
			f.Fields.Add(name, value)
		case field.Data == "textarea" && name != "" && field.FirstChild != nil:
			f.Fields.Add(name, field.FirstChild.Data)
		case field.Data == "textarea" && name != "":
			f.Fields.Add(name, "")
		}
	}
}

// FormAt returns the first form whose action is this address or path.
func (x *Exchange) FormAt(site, action string) (*Form, error) {
	if strings.HasPrefix(action, "/") {
		action = site + action
	}
	forms, err := x.Forms()
	if err != nil {
		return nil, err
	}
	for i := range forms {
		if forms[i].Action == action {
			return &forms[i], nil
		}
	}
	return nil, fmt.Errorf("the page at %s has no form with the action %s", x.Request.Address, action)
}

// FormWith returns the first form that has a button of this name and value, and its fields with that pressed.
func (x *Exchange) FormWith(button map[string]string) (*Form, error) {
	forms, err := x.Forms()
	if err != nil {
		return nil, err
	}
	for i := range forms {
		for _, b := range forms[i].Buttons {
			if value, ok := button[b.Name]; ok && value == b.Value {
				forms[i].Fields.Set(b.Name, b.Value)
				return &forms[i], nil
			}
		}
	}
	return nil, fmt.Errorf("the page at %s has no form with the button %v", x.Request.Address, button)
}

// Says returns what the page that came says, in lower case and with single spaces.
func (x *Exchange) Says() (string, error) {
	root, err := html.Parse(bytes.NewReader(x.Body))
	if err != nil {
		return "", err
	}
	var words []string
	for node := range root.Descendants() {
		if node.Type == html.TextNode && !slices.Contains([]string{"style", "title"}, node.Parent.Data) {
			words = append(words, strings.Fields(node.Data)...)
		}
	}
	return strings.ToLower(strings.Join(words, " ")), nil
}

func attribute(node *html.Node, name string) string {
	for _, a := range node.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}
