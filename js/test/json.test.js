import assert from 'node:assert/strict'
import { test } from 'node:test'
import { canonicalJSON, hashOf, parseJSON } from '../json.js'

const utf8 = (text) => new TextEncoder().encode(text)
const refuses = (text, code) => assert.throws(() => parseJSON(text), { code }, String(text))

test('reads what JSON.parse reads', () => {
  const texts = [
    '{}', '[]', '""', 'null', ' [ 1 , -2 , 0 , {"a":{"b":[]}} ]\t', '"\\u00e9\\ud83d\\ude00\\n\\/"', '"é😀"',
    '9007199254740992', '-9007199254740992', '{"a":[true,false],"b":null}', '"\\ud83d\\ude00"', '"\u007f"', '"\ufeff"',
  ]
  for (const text of texts) for (const given of [text, utf8(text)]) assert.deepEqual(JSON.stringify(parseJSON(given)), JSON.stringify(JSON.parse(text)))
  assert.ok(parseJSON('-0') == 0)
})

test('refuses what is no JSON', () => {
  const texts = [
    '', ' ', '{', '[1,]', '[,1]', '{"a"}', '{"a":1,}', '{a:1}', "'a'", '01', '-', '+1', '.5', 'nul', 'truex', '1 2', '"', '"\\x"', '"\\u12"', '"\t"',
    '\ufeff{}', '\u00a0{}', '"\\ud800"', '"\\udc00\\ud800"', '"\\ud800x"', '"\ud800"', '/**/1', 'NaN', '[1}', '"\\u{61}"', '{"a":1 "b":2}',
  ]
  for (const text of texts) refuses(text, 'bad-json')
  refuses(Uint8Array.of(0x22, 0xff, 0x22), 'bad-json')
  refuses(Uint8Array.of(0xef, 0xbb, 0xbf, 0x31), 'bad-json')
  // A surrogate's own bytes, and an overlong slash.
  refuses(Uint8Array.of(0x22, 0xed, 0xa0, 0x80, 0x22), 'bad-json')
  refuses(Uint8Array.of(0x22, 0xc0, 0xaf, 0x22), 'bad-json')
})

test('refuses numbers that doubles or readers take differently', () => {
  for (const text of ['1.0', '1e2', '0.5', '9007199254740993', '-9007199254740993', '1' + '0'.repeat(400), '-0.0']) refuses(text, 'bad-value')
})

test('refuses fields that are the same to some reader', () => {
  for (const text of ['{"a":1,"a":1}', '{"a":1,"\\u0061":2}', '{"a":1,"A":2}', '{"k":1,"\u212a":2}', '{"é":1,"É":2}', '{"__proto__":1,"__PROTO__":2}']) refuses(text, 'doubled-field')
  assert.deepEqual(Object.keys(parseJSON('{"ß":1,"ss":2}')), ['ß', 'ss'])
})

test('nests 32 deep', () => {
  const nested = (depth) => '['.repeat(depth) + ']'.repeat(depth)
  assert.ok(parseJSON(nested(32)))
  refuses(nested(33), 'bad-json')
  refuses('{"a":'.repeat(33) + '1' + '}'.repeat(33), 'bad-json')
  refuses('['.repeat(1_000_000), 'bad-json')
})

test('no name of a field means anything to JavaScript', () => {
  const read = parseJSON('{"__proto__":{"a":1},"constructor":2}')
  assert.equal(read.a, undefined)
  assert.deepEqual(Object.keys(read), ['__proto__', 'constructor'])
})

test('canonical JSON sorts fields by their UTF-16 code units', async () => {
  assert.equal(canonicalJSON(parseJSON('{"\ufb33":1,"\ud83d\ude00":2,"b":{"z":[],"a":"\\u000f\\u20ac/"},"1":null}')), '{"1":null,"b":{"a":"\\u000f€/","z":[]},"\ud83d\ude00":2,"\ufb33":1}')
  assert.match(await hashOf({}), /^sha-256:[\w-]{43}$/)
})
