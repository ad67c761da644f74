package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"

	"bonafide.example"
	"bonafide.example/badge"
)

// readBadge returns the token in a file, or in the picture that the file is.
func (e *env) readBadge(path string) (string, error) {
	text, err := e.read(path)
	if err != nil || !badge.IsPicture([]byte(text)) {
		return text, err
	}
	token, err := badge.Unbake([]byte(text))
	if told := new(bonafide.Error); errors.As(err, &told) {
		return "", bonafide.Errorf(told.Code, path, "%s", told.Detail)
	}
	return token, err
}

// read returns the text of a file as [env.readAll] does, without the space around it; it isn't empty.
func (e *env) read(path string) (string, error) {
	text, err := e.readAll(path)
	if text = strings.TrimSpace(text); err == nil && text == "" {
		err = bonafide.Errorf(bonafide.NotFound, path, "is empty")
	}
	return text, err
}

// readAll returns the text of a file, or of standard input for "-". One larger than a picture may be is refused.
func (e *env) readAll(path string) (string, error) {
	file := e.stdin
	if path != "-" {
		f, err := os.Open(path)
		if errors.Is(err, fs.ErrNotExist) && strings.Contains(path, "/b/") {
			err = fmt.Errorf("%w; the address of a badge begins with https://", err)
		}
		if err != nil {
			return "", err
		}
		defer f.Close()
		file = f
	}
	data, err := io.ReadAll(io.LimitReader(file, badge.MaxPicture+1))
	if err == nil && len(data) > badge.MaxPicture {
		err = bonafide.Errorf(bonafide.TooLarge, path, "has over %d bytes", badge.MaxPicture)
	}
	return string(data), err
}
