package subject

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestSays(t *testing.T) {
	x := &Exchange{Body: []byte("<title>No</title><style>p{}</style><p>405 <b>of\n410</b></p>")}
	text, err := x.Says()
	require.NoError(t, err)
	require.Equal(t, "405 of 410", text)
}

func TestFormWith(t *testing.T) {
	x := &Exchange{Request: Request{Address: "https://a.example/consent?x=1"}, Body: []byte(`
		<form method="post" action="/decide"><input type="hidden" name="binding" value="b"><input type="checkbox" name="more" value="1"><textarea name="note">as it is</textarea>
		<button name="decision" value="allow">Yes</button><input type="submit" name="decision" value="decline"></form>`)}
	form, err := x.FormWith(map[string]string{"decision": "decline"})
	require.NoError(t, err)
	require.Equal(t, "POST https://a.example/decide binding=b&decision=decline&note=as+it+is", form.Method+" "+form.Action+" "+form.Fields.Encode())
	_, err = x.FormWith(map[string]string{"decision": "maybe"})
	require.ErrorContains(t, err, "no form with the button")
}
