package fetch

import (
	"net/http"

	"bonafide.example"
)

// outcome says in a word how a request went: answered, refused (a status of 4xx), failing (5xx), or the code of why
// there is no answer. It never tells who was asked.
func outcome(answer *Answer, err error) string {
	switch {
	case err != nil:
		return string(bonafide.CodeOf(err))
	case answer.Status >= http.StatusInternalServerError:
		return "failing"
	case answer.Status >= http.StatusBadRequest:
		return "refused"
	default:
		return "answered"
	}
}
