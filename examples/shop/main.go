// Command shop is a shop that publishes its buyers' opinion of its sellers as trust badges: an existing
// site that mounts the issuer.
//
//	LISTEN=127.0.0.1:8080 go run ./examples/shop
//
// makes its keys and its store in the folder where it is run.
package main

import (
	"context"
	_ "embed"
	"log"
	"net/http"
	"net/url"
	"os"

	"bonafide.example"
	"bonafide.example/issuer"
	"bonafide.example/site"
	"bonafide.example/store/bolt"
)

//go:embed seller.json
var sellerJSON []byte

// rating is what the shop knows of a seller. A real shop asks its database.
func rating(_ context.Context, mechanism, member string) (issuer.Standing, error) {
	return issuer.Standing{
		Level:        "trusted",
		Measures:     []bonafide.Measure{{ID: "ratings", Positive: 98, Total: 100}},
		AccountSince: "2024-05",
	}, nil
}

// signIn is how the shop's own sessions tell who is signed in.
var signIn = bonafide.SignIn{
	Account: func(r *http.Request) (bonafide.Account, bool) {
		cookie, err := r.Cookie("session") // a real shop looks its session up
		if err != nil {
			return bonafide.Account{}, false
		}
		return bonafide.Account{ID: cookie.Value, Name: cookie.Value}, true
	},
	Address: func(returnTo string) string { return "/login?return=" + url.QueryEscape(returnTo) },
}

func main() {
	seller, err := bonafide.Parse[bonafide.Mechanism](sellerJSON)
	check(err)
	keys, err := site.OpenKeys("keys")
	check(err)
	db, err := bolt.Open("shop.db")
	check(err)
	shop, err := site.New(site.Config{
		Origin: "https://shop.example", Name: "Shop", Keys: keys, Store: db, SignIn: signIn,
		Issues: true, Mechanisms: []bonafide.Mechanism{seller}, Standing: rating,
	})
	check(err)
	go shop.Run(context.Background())

	mux := http.NewServeMux()
	mux.HandleFunc("GET /login", func(w http.ResponseWriter, r *http.Request) { w.Write([]byte("the shop's own sign-in\n")) })
	mux.Handle("/", shop.Handler())
	log.Fatal(http.ListenAndServe(os.Getenv("LISTEN"), mux))
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
