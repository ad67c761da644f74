// The examples of the spec, read as what they are examples of.
import assert from 'node:assert/strict'
import { readFileSync, readdirSync } from 'node:fs'
import { test } from 'node:test'
import { convert, hashOf, openDIDDocument, openStatement, parseJSON, readMechanism, readTable } from '../bonafide.js'
import { checkBadge } from '../badge.js'
import { checkEntity } from '../entity.js'
import { openStatusList } from '../list.js'
import { checkSignedMechanism } from '../mechanism.js'
import { makeIssuer } from '../testing/sign.js'

const folder = new URL('../../spec/v1/', import.meta.url)
const chapters = readdirSync(folder).filter((file) => file.endsWith('.md')).map((file) => readFileSync(new URL(file, folder), 'utf8')).join('\n')
const examples = new Map([...chapters.matchAll(/^```json (\S+)\n([^]*?)^```$/gm)].map(([, name, text]) => [name, text]))

const example = (name) => {
  assert.ok(examples.has(name), `the spec has the example ${name}`)
  return examples.get(name)
}
const now = '2026-11-22T12:00:00Z'
const issuer = 'https://bazar.example'

test('every example is JSON that every reader understands alike', () => {
  for (const [name, text] of examples) assert.doesNotThrow(() => parseJSON(text), name)
})

test('a badge', () => {
  const { status } = checkBadge(parseJSON(example('badge')), { issuer, now })
  const said = JSON.parse(example('status'))
  // A badge's measures aren't made coarse.
  assert.deepEqual(status, { ...said, measures: [{ id: 'ratings', positive: 412, total: 417 }] })
})

test('a status list', async () => {
  const { document, sign } = await makeIssuer(issuer, 'EdDSA')
  const keys = await openDIDDocument(JSON.stringify(document), issuer)
  const token = await sign(JSON.parse(example('status-list')))
  const list = await openStatusList(token, { keys, issuer, address: `${issuer}/status/1`, now })
  assert.equal(list.ttl, 300000)
  assert.equal(list.isSet('0'), false)
  assert.equal(list.isSet('131071'), false)
  assert.throws(() => list.isSet('131072'), { code: 'index-out-of-range' })
  assert.throws(() => list.isSet('9'.repeat(400)), { code: 'index-out-of-range' })
})

test('a consented status, as a token endpoint tells it', async () => {
  const keys = await openDIDDocument(example('did-document'), issuer)
  const { bonafide_status: token } = JSON.parse(example('token-response'))
  const said = JSON.parse(example('consented-status'))
  const opened = await openStatement(token, { keys, audience: said.aud, nonce: said.nonce, now })
  assert.deepEqual(opened, said)
})

test('an entity configuration', () => {
  assert.ok(checkEntity(parseJSON(example('entity-configuration')), { issuer: 'https://outils.example', now }))
})

test('a signed mechanism', () => {
  assert.deepEqual(JSON.parse(JSON.stringify(checkSignedMechanism(parseJSON(example('signed-mechanism')), now))), JSON.parse(example('mechanism')))
})

test('the explanation', async () => {
  const table = readTable(example('table'))
  const level = (id, en, fr) => ({ id, name: { en, fr } })
  const to = {
    id: 'https://outils.example/mechanisms/member',
    levels: [level('known', 'Known', 'Connu'), level('regular', 'Regular', 'Habitué'), level('pillar', 'Pillar', 'Pilier')],
  }
  const status = JSON.parse(example('status'))
  const given = convert({
    site: 'https://outils.example',
    to,
    rules: [{ table, hash: await hashOf(table), from: readMechanism(example('mechanism')) }],
    inputs: [{ status, condition: 'good', checked_at: now, relied_until: '2026-12-22T12:00:00Z' }],
    now,
    contest: 'https://outils.example/contest',
  })
  const { sentence, notes, ...expected } = JSON.parse(example('explanation'))
  for (const input of expected.inputs) delete input.sentences
  assert.deepEqual(given, expected)
})
