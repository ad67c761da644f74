package main

import (
	"os"
	"path/filepath"
	"testing"

	"bonafide.example/site"
	"bonafide.example/store/backup"
	"bonafide.example/store/bolt"
	"github.com/stretchr/testify/require"
)

// drill is a site that loses its store some time after it was backed up, and somebody who remembers its public log.
type drill struct {
	*logged
	keys, backup, state string
}

func newDrill(t *testing.T) *drill {
	folder := t.TempDir()
	d := &drill{newLogged(t), folder, filepath.Join(folder, "backup"), filepath.Join(folder, "state")}
	d.config.Checkpoint, d.config.Erasures = filepath.Join(folder, "checkpoint"), filepath.Join(folder, "erasures.json")
	d.open()
	file, err := os.Create(d.backup)
	require.NoError(t, err)
	_, err = backup.Write(t.Context(), file, backup.Header{Origin: string(d.config.Origin), At: d.config.Now()}, d.config.Store)
	require.NoError(t, err)
	require.NoError(t, file.Close())

	d.says("later", "/later")
	require.NoError(t, d.site.Issuer.Erase(t.Context(), "ann"))
	d.looks(exitGood, "it has 5 entries")
	return d
}

// looks has who remembers the log look at it.
func (d *drill) looks(exit int, says string) {
	d.Helper()
	code, said := d.run("verify", string(d.config.Origin), "--local", "--state", d.state)
	require.Equal(d, exit, code, said)
	require.Contains(d, said, says)
}

// restores fills a new store from the backup, and returns what bonafide restore says.
func (d *drill) restores() string {
	path := filepath.Join(d.TempDir(), "restored")
	d.out.Reset()
	code := run(d.Context(), d.env, []string{"restore", "--from", d.backup, "--keys", d.keys, "--store", path})
	require.Equal(d, exitGood, code, d.out.String())
	kept, err := bolt.Open(path)
	require.NoError(d, err)
	d.Cleanup(func() { require.NoError(d, kept.Close()) })
	d.config.Store = kept
	return d.out.String()
}

// serves opens the site on the store.
func (d *drill) serves() (err error) {
	d.site, err = site.New(d.config)
	return err
}

// BF-LOG-6: a site that went on from a backup, with what stands beside its keys, goes on with its log as if nothing had happened.
func TestRestoreDrill(t *testing.T) {
	d := newDrill(t)
	said := d.restores()
	require.Contains(t, said, "erasures.json has 1 entries that the backup lacks, of who was erased and of")
	require.Contains(t, said, "The public log lacks 1 of the 5 entries that the site signed; bonafide serve enters them again")
	require.Contains(t, said, "Leave out those of members who were erased")
	require.NoError(t, d.serves())
	d.looks(exitGood, "begins with what it was")
	d.says("later", "/more")
	d.looks(exitGood, "it has 6 entries")
	require.Contains(t, d.restores(), "lacks 2 of the 6 entries")
}

// BF-LOG-7, BF-LOG-11, BF-LOG-12: without the copy of the entries the site doesn't go on until its operator says so, and who remembers the log notices,
// whether it has fewer entries or others.
func TestRestoreDrillWithoutTheCopy(t *testing.T) {
	d := newDrill(t)
	require.NoError(t, os.Remove(d.config.Checkpoint+".entries"))
	said := d.restores()
	require.Contains(t, said, "THE PUBLIC LOG lacks 1 of the 5 entries that the site signed, and "+d.config.Checkpoint+".entries, their copy, hasn't")
	require.Contains(t, said, "\n  rm "+d.config.Checkpoint+"\n")
	require.Contains(t, said, "\n  bonafide verifier approve "+string(d.config.Origin)+" --log\n")
	err := d.serves()
	require.ErrorContains(t, err, "the site signed that there are 5")
	require.ErrorContains(t, err, "rm "+d.config.Checkpoint+", and tell those who recognise this site why")

	require.NoError(t, os.Remove(d.config.Checkpoint))
	require.NoError(t, d.serves())
	d.looks(exitNotAuthentic, "log-rolled-back")
	d.says("later", "/other")
	d.says("later", "/more")
	d.looks(exitNotAuthentic, "log-forked")
}

// Without anything beside the keys restore says what nobody can know.
func TestRestoreDrillWithoutTheKeysFiles(t *testing.T) {
	d := newDrill(t)
	for _, file := range []string{d.config.Checkpoint, d.config.Erasures} {
		require.NoError(t, os.Remove(file))
	}
	said := d.restores()
	require.Contains(t, said, "ERASED MEMBERS: there is no journal of erasures at "+d.config.Erasures)
	require.Contains(t, said, "No later checkpoint is remembered")
	require.NoError(t, d.serves())
	d.looks(exitNotAuthentic, "log-rolled-back")
}

// A file beside the keys that can't be read keeps nothing else from being told: a store is restored once.
func TestRestoreDrillWithADamagedJournal(t *testing.T) {
	d := newDrill(t)
	require.NoError(t, os.WriteFile(d.config.Erasures, []byte("{"), 0o600))
	d.out.Reset()
	code := run(t.Context(), d.env, []string{"restore", "--from", d.backup, "--keys", d.keys, "--store", filepath.Join(t.TempDir(), "restored")})
	require.Equal(t, exitCouldNotRun, code)
	for _, says := range []string{"are restored.", "bonafide serve enters them again", "do again what nobody but you can know", "the journal of erasures can't be read: " + d.config.Erasures} {
		require.Contains(t, d.out.String(), says)
	}
}
