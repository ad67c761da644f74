import assert from 'node:assert/strict'
import { readFileSync, readdirSync } from 'node:fs'
import { test } from 'node:test'
import { answer } from '../answer.js'

const vectors = new URL('../../testdata/v1/', import.meta.url)

// What this reader doesn't read: it stands behind nobody, rules on nothing and asks no issuer.
const others = ['authorization-details', 'ruling', 'referral', 'outcome']

for (const topic of ['token', 'key', 'statuslist', 'parse', 'share', 'conversion', 'table']) {
  test(topic, async (t) => {
    let passed = 0
    let left = 0
    for (const file of readdirSync(new URL(topic, vectors))) {
      const { description, input, expect, result } = JSON.parse(readFileSync(new URL(`${topic}/${file}`, vectors), 'utf8'))
      if (others.includes(input.object)) {
        left++
        continue
      }
      await t.test(`${file}: ${description}`, async () => {
        const given = JSON.parse(JSON.stringify(await answer({ topic, input })))
        assert.deepEqual(given, result === undefined ? { expect } : { expect, result })
        passed++
      })
    }
    assert.ok(passed > 0, 'there are vectors')
    t.diagnostic(`${topic}: ${passed} passed${left ? `, ${left} left to others: ${others.join(', ')}` : ''}`)
  })
}
