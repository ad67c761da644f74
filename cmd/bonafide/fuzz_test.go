package main

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"bonafide.example"
	"bonafide.example/vouching"
	"github.com/stretchr/testify/require"
)

// FuzzHistory looks for an event file that is read otherwise once it is written again, or that is refused without a
// word about where.
func FuzzHistory(f *testing.F) {
	history, err := os.ReadFile("../../examples/vouching/worked.ndjson")
	require.NoError(f, err)
	f.Add(string(history))
	for line := range strings.Lines(string(history)) {
		f.Add(line)
	}
	f.Add("\n{\"kind\":\"earn\",\"id\":\"1\",\"at\":1,\"member\":\"ann\",\"points\":1}\n{\"kind\":\"earn\",\"id\":\"1\",\"at\":1,\"member\":\"ann\",\"points\":2}\n")
	f.Add(`{"kind":"vouch","id":"1","at":1,"voucher":"ann","vouchee":"bob","accepted_by":"bob","level":1,"stake":1}`)
	f.Add(strings.Repeat("a", maxLine))
	parameters, err := readFiles[vouching.Parameters]([]string{"../../examples/vouching/parameters.json"})
	require.NoError(f, err)
	f.Fuzz(func(t *testing.T, text string) {
		events, err := readEvents(strings.NewReader(text), "file", parameters[0])
		if err != nil {
			require.Contains(t, bonafide.Codes(), bonafide.CodeOf(err))
			require.NotEqual(t, bonafide.Internal, bonafide.CodeOf(err))
			require.Regexp(t, `^file:[0-9]+: `, err.Error())
			return
		}
		var written bytes.Buffer
		for _, e := range events {
			require.NoError(t, parameters[0].Check(e))
			line, err := bonafide.MarshalJSON(e)
			require.NoError(t, err)
			written.Write(append(line, '\n'))
		}
		again, err := readEvents(&written, "file", parameters[0])
		require.NoError(t, err)
		require.Equal(t, events, again)
	})
}

// FuzzSettings looks for a settings file on which the program panics, whose paths depend on where it is started, or
// that believes a header of anybody.
func FuzzSettings(f *testing.F) {
	site, err := os.ReadFile("../../examples/ratings/site.json")
	require.NoError(f, err)
	f.Add(site)
	f.Add([]byte(`{"origin":"https://shop.example","roles":["issuer","verifier"],"keys":"keys","store":"/srv/store","sign_in_header":"X-User","sign_in_name_header":"X-User-Name","sign_in_page":"/in","proxies":["127.0.0.1/32"],"admitted":["https://bazar.example"]}`))
	f.Add([]byte(`{"origin":"http://shop.localhost:8080","proxies":["::1"],"sign_in_header":"X-User","sign_in_page":"/in"}`))
	f.Add([]byte(`{"origin":"https://shop.example","roles":["issuer"],"keys":"keys","store":"store","sign_in_name_header":"X-User-Name"}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		s, err := bonafide.Parse[settings](text)
		if err != nil {
			require.Contains(t, bonafide.Codes(), bonafide.CodeOf(err))
			require.NotEqual(t, bonafide.Internal, bonafide.CodeOf(err))
			return
		}
		written, err := bonafide.MarshalJSON(s)
		require.NoError(t, err)
		again, err := bonafide.Parse[settings](written)
		require.NoError(t, err)
		twice, err := bonafide.MarshalJSON(again)
		require.NoError(t, err)
		require.Equal(t, string(written), string(twice))

		s.folder = "/nowhere"
		s.resolve()
		for _, path := range append([]string{s.Keys, s.Store}, append(s.Mechanisms, s.Tables...)...) {
			require.True(t, path == "" || filepath.IsAbs(path), path)
		}
		if s.complete() != nil {
			return
		}
		require.NotEmpty(t, s.Roles)
		s.Keys = s.folder // where there are none
		_, err = s.config(&env{}, nil, openKeys)
		require.Error(t, err)
		if proxies, err := s.proxies(); err == nil {
			_, err = s.signIn(proxies)
			misnamed := slices.ContainsFunc([]string{s.Header, s.NameHeader}, func(h string) bool { return h != "" && !headerName.MatchString(h) })
			believed := s.Header != "" && (s.SignInPage == "" || len(s.Proxies) == 0) // of anybody
			require.Equal(t, misnamed || believed || s.Header == "" && s.NameHeader != "", err != nil)
		}
	})
}
