package site_test

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"bonafide.example"
	"bonafide.example/internal/web"
	"bonafide.example/issuer"
	"bonafide.example/site"
	"bonafide.example/store/bolt"
	"bonafide.example/vouching/court"
	"bonafide.example/vouching/desk"
)

// childEnv makes the test binary a program that runs the site in the folder named there, and has its members vouch,
// be at fault and be heard until it is killed. It prints a line for each request that is answered: what was done
// and the id, or refused and the code.
const (
	childEnv = "BONAFIDE_SITE_CHILD"
	sinceEnv = "BONAFIDE_SITE_CHILD_SINCE" // when it begins, in seconds
	refused  = "refused"
)

func TestMain(m *testing.M) {
	if folder := os.Getenv(childEnv); folder != "" {
		since, err := strconv.ParseInt(os.Getenv(sinceEnv), 10, 64)
		if err == nil {
			err = workForEver(folder, since)
		}
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(m.Run())
}

// The members of the site. The first earn more and more points, most have just enough for a level, and the last have none.
const (
	population = 40
	vouchers   = 30
	slug       = "member"
)

func memberName(n int) string { return fmt.Sprintf("m%02d", n) }

// openSite opens the site in a folder. Whoever opens it closes its store.
func openSite(folder string, clock *clock) (*site.Site, error) {
	kept, err := bolt.Open(filepath.Join(folder, "store"))
	if err != nil {
		return nil, err
	}
	keys, err := site.OpenKeys(filepath.Join(folder, "keys"))
	if err != nil {
		return nil, err
	}
	const origin = "https://outils.example"
	return site.New(site.Config{
		Origin: origin, Name: "outils", Keys: keys, Store: kept, Issues: true, SignIn: signIn, Now: clock.Now,
		Mechanisms: []bonafide.Mechanism{lending(origin, slug, "theft")},
		Log:        slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelWarn})),
	})
}

// workForEver works for several members at once, so that they share commits, and works off meanwhile what follows.
func workForEver(folder string, since int64) error {
	clock := &clock{}
	clock.Store(since * int64(time.Second))
	shop, err := openSite(folder, clock)
	if err != nil {
		return err
	}
	failed := make(chan error)
	go func() { failed <- shop.Run(context.Background()) }()
	for n := range 4 {
		w := &worker{Site: shop, admin: shop.Admin(), clock: clock, name: fmt.Sprintf("%d-%d", since, n)}
		go func() {
			for {
				if err := w.work(); err != nil {
					failed <- err
				}
			}
		}()
	}
	return <-failed
}

// worker does one thing after the other, as members, arbiters and the administrator do.
type worker struct {
	*site.Site
	admin   http.Handler
	clock   *clock
	name    string
	done    int
	vouches []string // given by it, and not withdrawn
	final   []string // cases that it brought to an end, and that weren't reversed
}

func (w *worker) id() string {
	w.done++
	return fmt.Sprintf("%s-%d", w.name, w.done)
}

func (w *worker) work() error {
	switch n := rand.IntN(100); {
	case n < 50:
		return w.vouch()
	case n < 60 && len(w.vouches) > 0:
		id := takeOne(&w.vouches)
		return w.tell("withdrawal", id, w.post("/admin/vouches/"+slug+"/"+id+"/withdraw", nil))
	case n < 82:
		return w.fault()
	case n < 90 && len(w.final) > 0:
		id := takeOne(&w.final)
		_, err := w.Court.Decide(context.Background(), id, bonafide.Reverse, "", "It was another saw.")
		return w.tell("reversed", id, err)
	default:
		id := w.id()
		_, err := w.Issuer.Record(context.Background(), issuer.Event{
			ID: id, Member: memberName(rand.IntN(vouchers / 3)), Mechanism: slug, Kind: "deed", At: w.clock.Now(),
		})
		return w.tell("deed", id, err)
	}
}

func (w *worker) vouch() error {
	vouchee := memberName(rand.IntN(population))
	a := desk.Attested{
		ID: w.id(), Mechanism: slug, Voucher: memberName(rand.IntN(vouchers)), Vouchee: vouchee, AcceptedBy: vouchee,
		Level: 1 + rand.IntN(2), Stake: 10 + rand.Int64N(50),
	}
	err := w.post("/admin/vouches", a)
	if err == nil {
		w.vouches = append(w.vouches, a.ID)
	}
	return w.tell("vouch", a.ID, err)
}

// fault reports a fault, and brings it to an end or leaves it where it is.
func (w *worker) fault() error {
	ctx, id, member := context.Background(), w.id(), memberName(rand.IntN(population))
	_, err := w.Court.Report(ctx, court.Report{
		ID: id, Mechanism: slug, Member: member, Class: "theft", Words: "A saw.",
		Occurred: bonafide.SecondsOf(w.clock.Now()) - 1 - bonafide.Seconds(rand.Int64N(600)),
	})
	if told := w.tell("reported", id, err); err != nil || told != nil {
		return told
	}
	end := rand.IntN(8)
	switch end {
	case 0: // it becomes final by itself
		return nil
	case 1, 2:
		_, err := w.Court.Accept(ctx, member, id)
		if err == nil {
			w.final = append(w.final, id)
		}
		return w.tell("final", id, err)
	}
	_, err = w.Court.Appeal(ctx, member, id, "It wasn't me.")
	if told := w.tell("contested", id, err); err != nil || told != nil || end == 3 {
		return told
	}
	if end == 4 {
		_, err = w.Court.Decide(ctx, id, bonafide.Reverse, "", "It was another saw.")
		return w.tell("dismissed", id, err)
	}
	_, err = w.Court.Decide(ctx, id, bonafide.Uphold, "", "It was this saw.")
	if err == nil {
		w.final = append(w.final, id)
	}
	return w.tell("final", id, err)
}

// tell prints how a request was answered, and lets a second pass. Only what isn't an answer is an error.
func (w *worker) tell(what, id string, err error) error {
	w.clock.Move(time.Second)
	switch code := bonafide.CodeOf(err); {
	case err == nil:
		fmt.Println(what, id)
	case code == bonafide.Internal:
		return err
	default:
		fmt.Println(refused, code)
	}
	return nil
}

// post sends a request to the administration.
func (w *worker) post(path string, body any) error {
	data, err := bonafide.MarshalJSON(body)
	if err != nil {
		return err
	}
	r := httptest.NewRequest(http.MethodPost, path, bytes.NewReader(data))
	r.Header.Set("Content-Type", "application/json")
	answer := record(w.admin, r)
	if answer.Code == http.StatusOK {
		return nil
	}
	problem, err := bonafide.Parse[web.ProblemDocument](answer.Body.Bytes())
	if err != nil {
		return err
	}
	return bonafide.Errorf(problem.Code, path, "%s", answer.Body)
}

// takeOne takes any one out.
func takeOne(all *[]string) string {
	n, last := rand.IntN(len(*all)), len(*all)-1
	one := (*all)[n]
	(*all)[n], *all = (*all)[last], (*all)[:last]
	return one
}
