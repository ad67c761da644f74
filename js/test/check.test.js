import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { check } from '../bonafide.js'
import { listAt, makeIssuer } from '../testing/sign.js'

const vector = JSON.parse(readFileSync(new URL('../../testdata/v1/parse/badge-good.json', import.meta.url), 'utf8')).input
const payload = JSON.parse(vector.text)
const { statusListIndex, statusListCredential } = payload.credentialStatus
const index = Number(statusListIndex)
const now = () => Date.parse(vector.now)

// serve answers as the badge's issuer does; pages replace or remove what it serves.
async function serve({ alg = 'ES256', badge = payload, list, pages = {} } = {}) {
  const issuer = await makeIssuer(vector.issuer, alg)
  const served = {
    [`${payload.id}.jwt`]: [await issuer.sign(badge), 'application/vc+jwt'],
    [`${vector.issuer}/.well-known/did.json`]: [JSON.stringify(issuer.document), 'application/json; charset=utf-8'],
    [statusListCredential]: [await issuer.sign(list ?? listAt(statusListCredential, now() / 1000)), 'application/vc+jwt'],
    ...pages,
  }
  return async (address) => {
    const [body, type, status = 200] = served[address] ?? ['', 'text/plain', 404]
    return new Response(body, { status, headers: { 'content-type': type } })
  }
}

const checked = async (served, address = payload.id) => check(address, { fetch: await serve(served), now })
const refuses = (code, served, address) => assert.rejects(checked(served, address), { code })

test('a badge that holds, whichever key signed it', async () => {
  for (const alg of ['ES256', 'EdDSA']) {
    const { badge, revoked } = await checked({ alg })
    assert.equal(revoked, false)
    assert.equal(badge.id, payload.id)
    assert.equal(badge.issuer, vector.issuer)
    assert.deepEqual(badge.status.sources, [vector.issuer])
  }
})

test('a badge that no longer holds', async () => {
  const set = (...entries) => ({ list: listAt(statusListCredential, now() / 1000, ...entries) })
  assert.equal((await checked(set(index))).revoked, true)
  assert.equal((await checked(set(index - 1, index + 1))).revoked, false)
})

test('a list that goes back tells nothing', async () => {
  const lists = new Map()
  const at = async (seconds) => check(payload.id, { fetch: await serve({ list: listAt(statusListCredential, now() / 1000 - seconds, index) }), now, lists })
  assert.equal((await at(10)).revoked, true)
  assert.equal((await at(10)).revoked, true)
  assert.equal((await at(5)).revoked, true)
  await assert.rejects(at(6), { code: 'status-unknown' })
})

test('a list that nothing older than is in force is forgotten', async () => {
  const then = now() / 1000 - 72 * 3600 - 60
  const lists = new Map([['https://bazar.example/status/98', then - 1], ['https://bazar.example/status/99', then]])
  await check(payload.id, { fetch: await serve(), now, lists })
  assert.deepEqual([...lists.keys()], ['https://bazar.example/status/99', statusListCredential])
})

test('the address may name the signed form', async () => {
  assert.equal((await checked({}, `${payload.id}.jwt`)).badge.id, payload.id)
})

test('another badge at the address asked', async () => {
  const other = `${vector.issuer}/b/OTHER`
  await refuses('bad-credential', { badge: { ...payload, id: other, jti: other } })
})

test('unknown is never valid', async () => {
  const at = (page) => ({ pages: { [statusListCredential]: page } })
  await refuses('status-unknown', at(['', 'text/plain', 404]))
  await refuses('status-unknown', at(['', 'text/plain', 503]))
  await refuses('status-unknown', at(['no token', 'application/vc+jwt']))
  await refuses('status-unknown', { list: listAt(statusListCredential, now() / 1000 - 73 * 3600) })
  await refuses('status-list-foreign', { list: listAt(`${vector.issuer}/status/99`, now() / 1000) })
})

test('limits of what is fetched', async () => {
  const at = (...page) => ({ pages: { [`${payload.id}.jwt`]: page } })
  await refuses('not-found', at('', 'text/plain', 404))
  await refuses('not-found', at('', 'text/plain', 410))
  await refuses('unreachable', at('', 'text/plain', 500))
  await refuses('unreachable', at('', 'text/plain', 429))
  await refuses('bad-answer', at('', 'text/plain', 403))
  await refuses('bad-answer', at('', 'text/html'))
  await refuses('bad-answer', at('x'.repeat(1048577), 'application/vc+jwt'))
  await refuses('bad-token', at('x'.repeat(1048576), 'application/vc+jwt'))
  await refuses('bad-redirect', at(null, 'application/vc+jwt', 302))
  await assert.rejects(check(payload.id, { now, fetch: () => Promise.reject(new TypeError('no network')) }), { code: 'unreachable' })
})

test('gives up after five seconds', async ({ mock }) => {
  const timer = mock.method(globalThis, 'setTimeout', (giveUp) => setImmediate(giveUp))
  const fetch = (_, { signal }) => new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)))
  await assert.rejects(check(payload.id, { now, fetch }), { code: 'unreachable' })
  assert.deepEqual(timer.mock.calls.map((call) => call.arguments[1]), [5000])
})

test('where it goes', async () => {
  const asked = []
  const fetch = (address, options) => {
    asked.push([address, options.credentials, options.redirect])
    return Promise.reject(new TypeError('no network'))
  }
  const refusesAt = (address, code, given) => assert.rejects(check(address, { now, fetch, ...given }), { code })
  for (const address of ['bazar.example/b/X', 'https://127.0.0.1/b/X', 'https://bazar.example/b/X#y', 'https://bazar.example/b/X?y', 'javascript:alert(1)']) {
    await refusesAt(address, 'bad-origin')
  }
  await refusesAt('https://bazar.example:22/b/X', 'address-refused')
  await refusesAt('http://bazar.localhost:8001/b/X', 'address-refused')
  assert.deepEqual(asked, [])
  await refusesAt('http://bazar.localhost:8001/b/X', 'unreachable', { local: true })
  assert.deepEqual(asked, [['http://bazar.localhost:8001/b/X.jwt', 'omit', 'manual']])
})
