// Gzip (RFC 1952, RFC 1951), since the platforms' own DecompressionStream doesn't do here: browsers refuse a
// second member, node passes over what follows the last one, and the spec says otherwise of both.
import { must } from './error.js'

const code = 'bad-status-list'

/**
 * Unpacks a whole gzip stream.
 * @param {Uint8Array} packed
 * @param {number} limit in bytes; whatever is larger is refused while it is unpacked
 * @returns {Uint8Array}
 */
export function gunzip(packed, limit) {
  const input = new Bits(packed)
  const output = new Output(limit)
  do member(input, output)
  while (input.at < packed.length)
  return output.whole()
}

function member(input, output) {
  const flags = head(input)
  if (flags & 4) input.skip(input.byte() | (input.byte() << 8))
  if (flags & 8) while (input.byte() !== 0);
  if (flags & 16) while (input.byte() !== 0);
  if (flags & 2) input.skip(2)
  output.begin()
  inflate(input, output)
  input.align()
  must(input.word() === output.checksum(), code, 'has another checksum than its gzip stream says')
  must(input.word() === output.length - output.start, code, 'has another length than its gzip stream says')
}

function head(input) {
  const [first, second, method, flags] = [input.byte(), input.byte(), input.byte(), input.byte()]
  must(first === 0x1f && second === 0x8b && method === 8 && flags < 32, code, 'is no gzip stream')
  input.skip(6)
  return flags
}

class Bits {
  constructor(bytes) {
    this.bytes = bytes
    this.at = 0
    this.held = 0
    this.count = 0
  }

  byte() {
    must(this.at < this.bytes.length, code, 'is cut')
    return this.bytes[this.at++]
  }

  skip(count) {
    this.at += count
    must(this.at <= this.bytes.length, code, 'is cut')
  }

  word() {
    return (this.byte() | (this.byte() << 8) | (this.byte() << 16) | (this.byte() << 24)) >>> 0
  }

  // bits takes the next few, at most 16, the first as the least.
  bits(count) {
    while (this.count < count) {
      this.held |= this.byte() << this.count
      this.count += 8
    }
    const value = this.held & ((1 << count) - 1)
    this.held >>>= count
    this.count -= count
    return value
  }

  align() {
    this.held = 0
    this.count = 0
  }
}

class Output {
  constructor(limit) {
    this.limit = limit
    this.bytes = new Uint8Array(Math.min(limit, 1 << 15))
    this.length = 0
    this.start = 0
  }

  // begin starts a member: nothing in it refers to what came before.
  begin() {
    this.start = this.length
  }

  put(byte) {
    if (this.length === this.bytes.length) this.grow()
    this.bytes[this.length++] = byte
  }

  grow() {
    must(this.length < this.limit, 'too-large', `is larger than ${this.limit} bytes unpacked`)
    const larger = new Uint8Array(Math.min(this.limit, this.length * 2))
    larger.set(this.bytes)
    this.bytes = larger
  }

  copy(distance, length) {
    must(distance <= this.length - this.start, code, 'refers to what came before its start')
    for (let i = 0; i < length; i++) this.put(this.bytes[this.length - distance])
  }

  checksum() {
    let sum = 0xffffffff
    for (let i = this.start; i < this.length; i++) sum = (sum >>> 8) ^ checksums[(sum ^ this.bytes[i]) & 255]
    return ~sum >>> 0
  }

  whole() {
    return this.bytes.subarray(0, this.length)
  }
}

const checksums = Uint32Array.from({ length: 256 }, (_, sum) => {
  for (let i = 0; i < 8; i++) sum = sum & 1 ? (sum >>> 1) ^ 0xedb88320 : sum >>> 1
  return sum
})

function inflate(input, output) {
  let last
  do {
    last = input.bits(1)
    switch (input.bits(2)) {
      case 0:
        stored(input, output)
        break
      case 1:
        coded(input, output, fixedLengths, fixedDistances)
        break
      case 2:
        coded(input, output, ...tables(input))
        break
      default:
        must(false, code, 'has a block of an unknown kind')
    }
  } while (!last)
}

function stored(input, output) {
  input.align()
  const length = input.byte() | (input.byte() << 8)
  const inverse = input.byte() | (input.byte() << 8)
  must((length ^ inverse) === 0xffff, code, 'has a block of uncertain length')
  for (let i = 0; i < length; i++) output.put(input.byte())
}

// A Huffman code is kept as how many symbols have each length and the symbols in the order of their codes.
function huffman(lengths) {
  const counts = new Uint16Array(16)
  for (const length of lengths) counts[length]++
  counts[0] = 0
  const offsets = new Uint16Array(17)
  let free = 1
  for (let length = 1; length < 16; length++) {
    offsets[length + 1] = offsets[length] + counts[length]
    free = free * 2 - counts[length]
    must(free >= 0, code, 'has too many codes')
  }
  const symbols = new Uint16Array(offsets[16])
  lengths.forEach((length, symbol) => {
    if (length) symbols[offsets[length]++] = symbol
  })
  // A code of one symbol leaves half of its codes unused; any other is complete.
  must(free === 0 || symbols.length === counts[1], code, 'has too few codes')
  return { counts, symbols }
}

function symbol(input, { counts, symbols }) {
  let value = 0
  let first = 0
  let index = 0
  for (let length = 1; length < 16; length++) {
    value |= input.bits(1)
    if (value - first < counts[length]) return symbols[index + value - first]
    index += counts[length]
    first = (first + counts[length]) << 1
    value <<= 1
  }
  must(false, code, 'has an unknown code')
}

const fixedLengths = huffman(Uint8Array.from({ length: 288 }, (_, i) => (i < 144 ? 8 : i < 256 ? 9 : i < 280 ? 7 : 8)))
const fixedDistances = huffman(new Uint8Array(32).fill(5))

const order = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15]

function tables(input) {
  const [literals, distances, described] = [input.bits(5) + 257, input.bits(5) + 1, input.bits(4) + 4]
  must(literals <= 286, code, 'has too many codes')
  const outer = new Uint8Array(19)
  for (const place of order.slice(0, described)) outer[place] = input.bits(3)
  const lengthCode = huffman(outer)
  const lengths = new Uint8Array(literals + distances)
  for (let at = 0; at < lengths.length; ) {
    const read = symbol(input, lengthCode)
    if (read < 16) {
      lengths[at++] = read
      continue
    }
    must(read !== 16 || at > 0, code, 'repeats nothing')
    const repeated = read === 16 ? lengths[at - 1] : 0
    const times = read === 16 ? 3 + input.bits(2) : read === 17 ? 3 + input.bits(3) : 11 + input.bits(7)
    must(at + times <= lengths.length, code, 'has too many codes')
    lengths.fill(repeated, at, at + times)
    at += times
  }
  must(lengths[256] > 0, code, 'has a block without end')
  return [huffman(lengths.subarray(0, literals)), huffman(lengths.subarray(literals))]
}

const lengthBase = [3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227, 258]
const lengthExtra = [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0]
const distanceBase = [1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513, 769, 1025, 1537, 2049, 3073, 4097, 6145, 8193, 12289, 16385, 24577]

function coded(input, output, lengths, distances) {
  for (;;) {
    const read = symbol(input, lengths)
    if (read === 256) return
    if (read < 256) {
      output.put(read)
      continue
    }
    must(read < 286, code, 'has an unknown length')
    const length = lengthBase[read - 257] + input.bits(lengthExtra[read - 257])
    const far = symbol(input, distances)
    must(far < 30, code, 'has an unknown distance')
    output.copy(distanceBase[far] + input.bits(far < 2 ? 0 : (far >> 1) - 1), length)
  }
}
