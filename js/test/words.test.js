import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { listAt, makeIssuer } from '../testing/sign.js'
import { checkInWords, languageOf } from '../words.js'

const vector = JSON.parse(readFileSync(new URL('../../testdata/v1/parse/badge-good.json', import.meta.url), 'utf8')).input
const payload = JSON.parse(vector.text)
const { statusListIndex, statusListCredential } = payload.credentialStatus
const host = new URL(vector.issuer).host
const day = 86400000

// says checks the badge with what an issuer serves, each part of which may be replaced or taken away.
async function says({ badge = payload, set = [], later = 0, pages = {}, language = 'en' } = {}) {
  const now = () => Date.parse(vector.now) + later
  const issuer = await makeIssuer(vector.issuer, 'ES256')
  const served = {
    [`${payload.id}.jwt`]: [await issuer.sign(badge), 'application/vc+jwt'],
    [`${vector.issuer}/.well-known/did.json`]: [JSON.stringify(issuer.document), 'application/json'],
    [statusListCredential]: [await issuer.sign(listAt(statusListCredential, Math.floor(now() / 1000), ...set)), 'application/vc+jwt'],
    ...pages,
  }
  const fetch = async (address) => {
    const [body, type, status = 200] = served[address] ?? ['', 'text/plain', 404]
    return new Response(body, { status, headers: { 'content-type': type } })
  }
  const { state, sentence } = await checkInWords(payload.id, language, { fetch, now, lists: new Map() })
  return `${state}: ${sentence.replace(/ (Checked by your browser at|Vérifié par votre navigateur à) [0-9]{2}:[0-9]{2}\.$/, ' AT.')}`
}

const changed = (change) => {
  const badge = structuredClone(payload)
  change(badge.credentialSubject)
  return badge
}

test('what was found, in words', async () => {
  const index = Number(statusListIndex)
  const address = `${payload.id}.jwt`
  const bare = (subject) => (subject.result = subject.result.filter(({ achievedLevel }) => !achievedLevel))
  for (const [given, due] of [
    [{}, `current: Holds now: ${host} says level 3 of 3, as of 22 November 2026. AT.`],
    [{ language: 'fr' }, `current: En vigueur\u202f: ${host} indique le niveau 3 sur 3, au 22 novembre 2026. AT.`],
    [{ badge: changed(bare) }, `current: Holds now: ${host} says no level yet, as of 22 November 2026. AT.`],
    [{ badge: changed(({ achievement }) => delete achievement.resultDescription) }, `current: Holds now: ${host} says level gold, as of 22 November 2026. AT.`],
    [{ set: [index] }, `revoked: Holds no longer: ${host} has suspended or withdrawn this badge. AT.`],
    [{ later: 100 * day }, `expired: Holds no longer: this badge of ${host} has expired. AT.`],
    [{ pages: { [address]: undefined } }, `gone: Holds no longer: ${host} has no such badge. AT.`],
    [{ pages: { [address]: ['a.b.c', 'application/vc+jwt'] } }, `forged: Not authentic: this badge is not correctly signed by ${host}. Do not rely on it. AT.`],
    [{ pages: { [statusListCredential]: ['', '', 503] } }, `unknown: Signed by ${host}. Your browser could not learn whether it still holds.`],
    [{ pages: { [address]: ['', '', 503] } }, 'unknown: Your browser could not check this badge.'],
    [{ pages: { [address]: ['<p>', 'text/html'] } }, 'unknown: Your browser could not check this badge.'],
    [{ later: -100 * day }, 'unknown: Your browser could not check this badge.'],
  ]) {
    assert.equal(await says(given), due)
  }
})

test('no address at all', async () => {
  assert.deepEqual(await checkInWords('javascript:alert(1)', 'en'), { state: 'unknown', sentence: 'Your browser could not check this badge.' })
})

test('languages of pages', () => {
  assert.deepEqual(['fr', 'fr-CA', 'FR', 'en', 'frr', 'de', '', undefined].map((tag) => languageOf(tag)), ['fr', 'fr', 'fr', 'en', 'en', 'en', 'en', 'en'])
})
