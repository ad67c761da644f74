import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { test } from 'node:test'

test('answers a line with a line, in order', () => {
  const questions = [
    { case: 'share/good', topic: 'share', input: { positive: '20', total: '20', at_least: '0.838869', z2: '3.8416' } },
    { case: 'parse/bad', topic: 'parse', input: { object: 'json', text: '{"a":1,"A":1}' } },
    { case: 'parse/other', topic: 'parse', input: { object: 'ruling', text: '{}' } },
    { case: 'parse/named-like-a-method', topic: 'parse', input: { object: 'toString', text: '{}' } },
    { case: 'vouching/any', topic: 'vouching', input: {} },
  ]
  const { stdout, status } = spawnSync(process.execPath, [fileURLToPath(new URL('../subject.js', import.meta.url))], {
    input: questions.map((question) => JSON.stringify(question)).join('\n'),
    encoding: 'utf8',
  })
  assert.equal(status, 0)
  assert.deepEqual(stdout.trim().split('\n').map((line) => JSON.parse(line)), [
    { case: 'share/good', expect: 'ok', result: { holds: true } },
    { case: 'parse/bad', expect: 'doubled-field' },
    { case: 'parse/other', unsupported: true },
    { case: 'parse/named-like-a-method', unsupported: true },
    { case: 'vouching/any', unsupported: true },
  ])
})
