package bonafide

import (
	"errors"
	"fmt"
)

// Code names one way in which something can be refused or passed over. The list is closed: codes.go
// holds it whole, the spec publishes it, and vectors, problem documents (RFC 9457), the program and the
// pages all use it.
type Code string

// Error is an error that a person or a peer may see.
type Error struct {
	Code    Code
	Subject string // the thing at fault: an address, a field, a row; may be empty
	Detail  string // what is wrong with it: a clause in English, without capital and full stop
	Err     error  // the cause, for logs; neither printed nor sent
}

// Errorf makes an [*Error] about subject; format and args say what is wrong with it.
func Errorf(code Code, subject, format string, args ...any) *Error {
	return &Error{Code: code, Subject: subject, Detail: fmt.Sprintf(format, args...)}
}

// Because returns e with its cause.
func (e *Error) Because(err error) *Error {
	e.Err = err
	return e
}

func (e *Error) Error() string {
	if e.Subject == "" {
		return fmt.Sprintf("%s: %s", e.Code, e.Detail)
	}
	return fmt.Sprintf("%s: %s: %s", e.Code, e.Subject, e.Detail)
}

func (e *Error) Unwrap() error { return e.Err }

// Is makes errors.Is(err, bonafide.Errorf(code, …)) compare by code alone.
func (e *Error) Is(target error) bool {
	other, ok := target.(*Error)
	return ok && other.Code == e.Code
}

// CodeOf returns the code of the [*Error] within err: "" for nil, [Internal] for any other error.
func CodeOf(err error) Code {
	if err == nil {
		return ""
	}
	var e *Error
	if errors.As(err, &e) {
		return e.Code
	}
	return Internal
}

// within puts a prefix before the subject of err, so that a fault names its whole path.
func within(prefix string, err error) error {
	var e *Error
	if err == nil || !errors.As(err, &e) {
		return err
	}
	named := *e
	if e.Subject == "" {
		named.Subject = prefix
	} else {
		named.Subject = prefix + "." + e.Subject
	}
	return &named
}
