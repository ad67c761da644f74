import assert from 'node:assert/strict'
import { readFileSync, readdirSync } from 'node:fs'
import { test } from 'node:test'
import { convert } from '../bonafide.js'
import { compareShare, missingPositive } from '../share.js'
import { mustBeInTime } from '../time.js'

const folder = new URL('../../testdata/v1/conversion/', import.meta.url)
const question = (file) => JSON.parse(readFileSync(new URL(file, folder), 'utf8')).input

test('the order of inputs and tables changes nothing', () => {
  for (const file of readdirSync(folder)) {
    const asked = question(file)
    const { inputs, rules } = asked
    const turned = { ...asked, inputs: [...inputs].reverse(), rules: [...rules].reverse() }
    assert.deepEqual(convert(turned), convert(asked), file)
  }
})

test('the order changes nothing between two inputs of one mechanism', () => {
  const asked = question('good-first-row.json')
  const [input] = asked.inputs
  const other = { ...input, checked_at: '2026-11-22T11:00:00Z' }
  const [given, turned] = [[input, other], [other, input]].map((inputs) => convert({ ...asked, inputs }))
  assert.deepEqual(given, turned)
  assert.deepEqual(given.inputs.map(({ reason }) => reason).sort(), ['same-source', undefined])
})

test('of several tables the one in force goes first, then the one whose address sorts first', () => {
  const asked = question('good-first-row.json')
  const [rule] = asked.rules
  const named = (name, days) => ({ ...rule, table: { ...rule.table, ...days, id: `${asked.site}/conversions/${name}` } })
  const past = { valid_from: '2025-01-01', valid_until: '2025-12-31' }
  const chosen = (...rules) => convert({ ...asked, rules }).inputs[0].table.id.split('/').at(-1)
  assert.equal(chosen(named('c'), named('b'), named('a', past)), 'b')
  assert.equal(chosen(named('b', past), named('a', past)), 'a')
})

test('what is missing is the least that reaches the row', () => {
  for (let total = 0n; total <= 12n; total++) {
    for (let positive = 0n; positive <= total; positive++) {
      for (const [at_least, z2] of [['0.5'], ['0.9'], ['0.5', '3.8416'], ['0.8', '3.8416'], ['0.2', '4']]) {
        const asked = { positive, total, at_least, z2 }
        if (compareShare(asked).holds) continue
        let more = 1n
        while (!compareShare({ ...asked, positive: positive + more, total: total + more }).holds) more++
        assert.equal(missingPositive(asked), Number(more), JSON.stringify([Number(positive), Number(total), at_least, z2]))
      }
    }
  }
  assert.equal(missingPositive({ positive: 9n, total: 10n, at_least: '1' }), undefined)
})

test('clocks may differ by a minute', () => {
  assert.doesNotThrow(() => mustBeInTime(1000, 2000, 940))
  assert.throws(() => mustBeInTime(1000, 2000, 939), { code: 'not-yet-valid' })
  assert.doesNotThrow(() => mustBeInTime(1000, 2000, 2059))
  assert.throws(() => mustBeInTime(1000, 2000, 2060), { code: 'expired' })
  assert.throws(() => mustBeInTime(1000, 1000, 1000), { code: 'bad-credential' })
})
