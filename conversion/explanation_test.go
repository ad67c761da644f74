package conversion_test

import (
	"strings"
	"testing"
	"time"

	"bonafide.example"
	"bonafide.example/conversion"
	"github.com/stretchr/testify/require"
)

// BF-EXPL-6, BF-EXPL-7, BF-EXPL-9
func TestLines(t *testing.T) {
	checked := rated(bazar, 412, 417)
	checked.CheckedAt = noon().Add(-time.Hour)
	full := ask([]conversion.Rule{shares(bazar), levels(depot)}, checked, rated(depot, 1, 1), rated("https://inconnu.example", 3, 3))
	full.Contest = "https://outils.example/contest"

	few := rated(bazar, 5, 8)
	few.Status.Sources = []bonafide.Origin{bazar, "https://marche.example"}
	sample := ask([]conversion.Rule{shares(bazar)}, few)

	agree := ask([]conversion.Rule{agreeing(plainly(shares(bazar))), agreeing(plainly(shares(depot)))}, rated(bazar, 95, 100), rated(depot, 96, 100))

	for name, c := range map[string]struct {
		question conversion.Question
		en, fr   string
	}{
		"full": {full, `
At outils.example this counts as level 2: “Regular”.
412 of 417 ratings at bazar.example are positive.
With 95 % confidence that is at least 0.95, so row 2 of the table gives 2: “Regular”.
For 3 it would take 749 more positive ratings in a row.
This was stated on 2026-11-20, and last checked on 2026-11-22 11:00 UTC.
The table is https://outils.example/conversions/bazar, version 4.
The level earned at depot.example is “Gold”.
So row 1 of the table gives 2: “Regular”.
Another site's statement already gives as much.
This was stated on 2026-11-20.
The table is https://outils.example/conversions/depot, version 4.
What inconnu.example says is passed over.
No conversion table of this site names that issuer and mechanism.
Ask this site to recognise it, or choose an issuer that it recognises.
This was stated on 2026-11-20.
A converted level falls with what it comes from, and converts nowhere else.
This may change by itself on 2027-02-19 00:00 UTC.
To contest this: https://outils.example/contest`, `
Chez outils.example, ceci compte comme le niveau 2 : « Habitué ».
412 évaluations sur 417 chez bazar.example sont positives.
Avec une confiance de 95 %, cela fait au moins 0,95 : la ligne 2 de la table donne donc 2 : « Habitué ».
Pour 3, il faudrait encore 749 évaluations positives d'affilée.
Cela a été attesté le 2026-11-20, et vérifié la dernière fois le 2026-11-22 11:00 UTC.
La table est https://outils.example/conversions/bazar, version 4.
Le niveau gagné chez depot.example est « Or ».
La ligne 1 de la table donne donc 2 : « Habitué ».
Ce que dit un autre site donne déjà autant.
Cela a été attesté le 2026-11-20.
La table est https://outils.example/conversions/depot, version 4.
Ce que dit inconnu.example n'est pas retenu.
Aucune table de conversion de ce site ne nomme cet émetteur et ce mécanisme.
Demandez à ce site de le reconnaître, ou choisissez un émetteur qu'il reconnaît.
Cela a été attesté le 2026-11-20.
Un niveau converti tombe avec ce dont il provient, et ne se convertit nulle part ailleurs.
Ceci peut changer de lui-même le 2027-02-19 00:00 UTC.
Pour contester : https://outils.example/contest`},
		"sample too small": {sample, `
At outils.example this counts for nothing at present.
What bazar.example says is passed over.
Too few ratings stand behind the status.
12 more ratings are needed before any count.
This was stated on 2026-11-20.
It rests on what was observed at marche.example.
The table is https://outils.example/conversions/bazar, version 4.`, `
Chez outils.example, ceci ne compte pour rien à présent.
Ce que dit bazar.example n'est pas retenu.
Trop peu d'évaluations soutiennent le statut.
Il manque 12 évaluations pour que cela compte.
Cela a été attesté le 2026-11-20.
Cela repose sur ce qui a été observé chez marche.example.
La table est https://outils.example/conversions/bazar, version 4.`},
		"agreement": {agree, `
At outils.example this counts as level 3: “Pillar”.
95 of 100 ratings at bazar.example are positive.
That is a share of at least 0.95, so row 2 of the table gives 2: “Regular”.
For 3 it would take 400 more positive ratings in a row.
This was stated on 2026-11-20.
The table is https://outils.example/conversions/bazar, version 4.
96 of 100 ratings at depot.example are positive.
That is a share of at least 0.95, so row 2 of the table gives 2: “Regular”.
For 3 it would take 300 more positive ratings in a row.
This was stated on 2026-11-20.
The table is https://outils.example/conversions/depot, version 4.
A converted level falls with what it comes from, and converts nowhere else.
Two sites that don't rest on one another agree: that gives one level more.
What is earned at bazar.example gives no more than 3 here.
This may change by itself on 2027-02-19 00:00 UTC.`, `
Chez outils.example, ceci compte comme le niveau 3 : « Pilier ».
95 évaluations sur 100 chez bazar.example sont positives.
Cela fait une part d'au moins 0,95 : la ligne 2 de la table donne donc 2 : « Habitué ».
Pour 3, il faudrait encore 400 évaluations positives d'affilée.
Cela a été attesté le 2026-11-20.
La table est https://outils.example/conversions/bazar, version 4.
96 évaluations sur 100 chez depot.example sont positives.
Cela fait une part d'au moins 0,95 : la ligne 2 de la table donne donc 2 : « Habitué ».
Pour 3, il faudrait encore 300 évaluations positives d'affilée.
Cela a été attesté le 2026-11-20.
La table est https://outils.example/conversions/depot, version 4.
Un niveau converti tombe avec ce dont il provient, et ne se convertit nulle part ailleurs.
Deux sites qui ne reposent pas l'un sur l'autre s'accordent : cela donne un niveau de plus.
Ce qui est gagné chez bazar.example ne donne pas plus que 3 ici.
Ceci peut changer de lui-même le 2027-02-19 00:00 UTC.`},
	} {
		t.Run(name, func(t *testing.T) {
			e := conversion.Convert(c.question)
			require.Equal(t, c.en, "\n"+strings.Join(e.Lines(bonafide.English), "\n"))
			require.Equal(t, c.fr, "\n"+strings.Join(e.Lines(bonafide.French), "\n"))
		})
	}
}

// An explanation can be read back by whoever is sent it, and says the same.
func TestExplanationTravels(t *testing.T) {
	e := conversion.Convert(ask([]conversion.Rule{shares(bazar)}, rated(bazar, 412, 417)))
	data, err := bonafide.MarshalJSON(e)
	require.NoError(t, err)
	read, err := bonafide.ParsePeer[conversion.Explanation](data)
	require.NoError(t, err)
	require.Equal(t, *e, read)
}

// Where the site's mechanism isn't at hand, levels have numbers alone.
func TestConvertByTableAlone(t *testing.T) {
	q := ask([]conversion.Rule{shares(bazar)}, rated(bazar, 412, 417))
	q.To, q.Rules[0].From = nil, nil
	e := conversion.Convert(q)
	require.Equal(t, 2, e.Level)
	require.Empty(t, e.LevelID)
	require.Equal(t, "https://outils.example/mechanisms/member", e.Mechanism)
	require.Equal(t, "At outils.example this counts as level 2.", e.Sentence.EN)
}
