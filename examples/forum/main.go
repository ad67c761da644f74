// Command forum is a forum where sellers from a shop start with a star: an existing site that mounts the
// verifier.
//
//	LISTEN=127.0.0.1:8080 go run ./examples/forum
//
// makes its keys and its store in the folder where it is run.
package main

import (
	"context"
	_ "embed"
	"fmt"
	"log"
	"net/http"
	"net/url"
	"os"

	"bonafide.example"
	"bonafide.example/site"
	"bonafide.example/store/bolt"
)

//go:embed poster.json
var posterJSON []byte

//go:embed shop-table.json
var shopTableJSON []byte

// signIn is how the forum's own sessions tell who is signed in.
var signIn = bonafide.SignIn{
	Account: func(r *http.Request) (bonafide.Account, bool) {
		cookie, err := r.Cookie("session") // a real forum looks its session up
		if err != nil {
			return bonafide.Account{}, false
		}
		return bonafide.Account{ID: cookie.Value, Name: cookie.Value}, true
	},
	Address: func(returnTo string) string { return "/login?return=" + url.QueryEscape(returnTo) },
}

func main() {
	poster, err := bonafide.Parse[bonafide.Mechanism](posterJSON)
	check(err)
	table, err := bonafide.Parse[bonafide.Table](shopTableJSON)
	check(err)
	keys, err := site.OpenKeys("keys")
	check(err)
	db, err := bolt.Open("forum.db")
	check(err)
	forum, err := site.New(site.Config{
		Origin: "https://forum.example", Name: "Forum", Keys: keys, Store: db, SignIn: signIn,
		Verifies: true, Mechanisms: []bonafide.Mechanism{poster}, Tables: []bonafide.Table{table},
	})
	check(err)
	go forum.Run(context.Background())

	mux := http.NewServeMux()
	mux.HandleFunc("GET /members/{id}", func(w http.ResponseWriter, r *http.Request) {
		shown, err := forum.Shown(r.Context(), r.PathValue("id"))
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		fmt.Fprintf(w, "%s has %d stars here\n", r.PathValue("id"), shown[0].Level)
	})
	mux.Handle("/", forum.Handler())
	log.Fatal(http.ListenAndServe(os.Getenv("LISTEN"), mux))
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
