import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { test } from 'node:test'
import { constants, gzipSync } from 'node:zlib'
import { gunzip } from '../gunzip.js'

const limit = 1048576
const refuses = (packed, code = 'bad-status-list') => assert.throws(() => gunzip(packed, limit), { code })

// Bits of which one in a few is set: some repeat, some don't.
function sparse(length, rarity) {
  return randomBytes(length).map((byte, i) => (i % rarity ? 0 : byte))
}

test('unpacks what zlib packed, whatever its strategy', () => {
  for (const plain of [Buffer.alloc(0), Buffer.from('a'), Buffer.alloc(70000), randomBytes(70000), sparse(100000, 3), sparse(100000, 40)]) {
    for (const strategy of [constants.Z_DEFAULT_STRATEGY, constants.Z_HUFFMAN_ONLY, constants.Z_RLE, constants.Z_FIXED]) {
      for (const level of [0, 1, 9]) assert.ok(plain.equals(gunzip(gzipSync(plain, { level, strategy }), limit)))
    }
  }
})

test('takes several members, and nothing after the last', () => {
  const [first, second] = [gzipSync('ab'), gzipSync('cd')]
  assert.equal(Buffer.from(gunzip(Buffer.concat([first, second]), limit)).toString(), 'abcd')
  refuses(Buffer.concat([first, Buffer.from([0])]))
  refuses(Buffer.concat([first, second.subarray(0, 5)]))
})

test('takes the limit and no more', () => {
  assert.equal(gunzip(gzipSync(Buffer.alloc(limit)), limit).length, limit)
  refuses(gzipSync(Buffer.alloc(limit + 1)), 'too-large')
  refuses(Buffer.concat([gzipSync(Buffer.alloc(limit)), gzipSync('a')]), 'too-large')
})

test('refuses what is cut anywhere', () => {
  const packed = gzipSync(sparse(2000, 4))
  for (let length = 0; length < packed.length; length++) refuses(packed.subarray(0, length))
})

test('never unpacks an altered stream to something else', () => {
  const plain = sparse(2000, 4)
  const packed = gzipSync(plain)
  // The first bytes after the magic ones say when, where and how it was packed.
  for (let at = 10; at < packed.length; at++) {
    for (let bit = 0; bit < 8; bit++) {
      const altered = Buffer.from(packed)
      altered[at] ^= 1 << bit
      let unpacked
      try {
        unpacked = gunzip(altered, limit)
      } catch (fault) {
        assert.match(fault.code, /^(bad-status-list|too-large)$/)
      }
      assert.ok(unpacked === undefined || plain.equals(unpacked))
    }
  }
})
