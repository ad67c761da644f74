// Command club is a tool club that does both: it publishes badges for lending tools, counts what members
// earned at a shop, and shows the better of the two.
//
//	LISTEN=127.0.0.1:8080 go run ./examples/club
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
	"time"

	"bonafide.example"
	"bonafide.example/issuer"
	"bonafide.example/site"
	"bonafide.example/store/bolt"
)

//go:embed lender.json
var lenderJSON []byte

//go:embed shop-table.json
var shopTableJSON []byte

// signIn is how the club's own sessions tell who is signed in.
var signIn = bonafide.SignIn{
	Account: func(r *http.Request) (bonafide.Account, bool) {
		cookie, err := r.Cookie("session") // a real club looks its session up
		if err != nil {
			return bonafide.Account{}, false
		}
		return bonafide.Account{ID: cookie.Value, Name: cookie.Value}, true
	},
	Address: func(returnTo string) string { return "/login?return=" + url.QueryEscape(returnTo) },
}

func main() {
	lender, err := bonafide.Parse[bonafide.Mechanism](lenderJSON)
	check(err)
	table, err := bonafide.Parse[bonafide.Table](shopTableJSON)
	check(err)
	keys, err := site.OpenKeys("keys")
	check(err)
	db, err := bolt.Open("club.db")
	check(err)
	club, err := site.New(site.Config{
		Origin: "https://club.example", Name: "Tool club", Keys: keys, Store: db, SignIn: signIn,
		Issues: true, Verifies: true, Mechanisms: []bonafide.Mechanism{lender}, Tables: []bonafide.Table{table},
	})
	check(err)
	go club.Run(context.Background())

	// The club tells what happened where it happens: here, when a tool comes back.
	_, err = club.Issuer.Record(context.Background(), issuer.Event{
		ID: "return-1", Member: "ada", Mechanism: "lender", Kind: "return", At: time.Date(2026, 11, 2, 10, 0, 0, 0, time.UTC),
	})
	check(err)

	mux := http.NewServeMux()
	mux.HandleFunc("GET /members/{id}", func(w http.ResponseWriter, r *http.Request) {
		shown, err := club.Shown(r.Context(), r.PathValue("id"))
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		fmt.Fprintf(w, "%s: level %d, %s\n", r.PathValue("id"), shown[0].Level, shown[0].Kind)
	})
	mux.Handle("/", club.Handler())
	log.Fatal(http.ListenAndServe(os.Getenv("LISTEN"), mux))
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
