import { must } from './error.js'
import { sha256, utf8 } from './bytes.js'

const maxDepth = 32
const greatest = 2 ** 53

/**
 * Parses a JSON text as every reader must understand it alike (01, JSON). Objects have no prototype, so that
 * no name of a field means anything to JavaScript.
 * @param {string | Uint8Array} text
 * @returns {any}
 */
export function parseJSON(text) {
  const parser = new Parser(typeof text === 'string' ? text : decode(text))
  return parser.whole()
}

function decode(bytes) {
  try {
    // ignoreBOM keeps a byte order mark in the text, where it is no white space.
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    must(false, 'bad-json', 'is not UTF-8')
  }
}

const numberForm = /-?(?:0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?/y
const plainForm = /[^"\\\u0000-\u001f]*/y
const escapes = { '"': '"', '\\': '\\', '/': '/', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' }
const half = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/

class Parser {
  constructor(text) {
    this.text = text
    this.at = 0
    // A string of JavaScript may hold half a pair, which no UTF-8 does.
    must(!half.test(text), 'bad-json', 'has half a surrogate pair')
  }

  whole() {
    const value = this.value(0)
    this.space()
    must(this.at === this.text.length, 'bad-json', `something follows the value at ${this.at}`)
    return value
  }

  fail(detail) {
    must(false, 'bad-json', `${detail} at ${this.at}`)
  }

  space() {
    while (' \t\n\r'.includes(this.text.charAt(this.at) || '-')) this.at++
  }

  take(character) {
    this.space()
    if (this.text[this.at] !== character) return false
    this.at++
    return true
  }

  value(depth) {
    this.space()
    switch (this.text[this.at]) {
      case '{':
        return this.object(depth + 1)
      case '[':
        return this.array(depth + 1)
      case '"':
        return this.string()
    }
    for (const [word, value] of [['true', true], ['false', false], ['null', null]]) {
      if (this.text.startsWith(word, this.at)) {
        this.at += word.length
        return value
      }
    }
    return this.number()
  }

  enter(depth) {
    must(depth <= maxDepth, 'bad-json', `is nested deeper than ${maxDepth}`)
    this.at++
  }

  object(depth) {
    this.enter(depth)
    const object = Object.create(null)
    const names = new Set()
    if (this.take('}')) return object
    do {
      this.space()
      if (this.text[this.at] !== '"') this.fail('no field')
      const name = this.string()
      const folded = fold(name)
      must(!names.has(folded), 'doubled-field', 'stands twice', name)
      names.add(folded)
      if (!this.take(':')) this.fail('no colon')
      object[name] = this.value(depth)
    } while (this.take(','))
    if (!this.take('}')) this.fail('the object does not end')
    return object
  }

  array(depth) {
    this.enter(depth)
    const array = []
    if (this.take(']')) return array
    do {
      const element = this.value(depth)
      must(element !== null, 'bad-value', `a null in an array at ${this.at}`)
      array.push(element)
    } while (this.take(','))
    if (!this.take(']')) this.fail('the array does not end')
    return array
  }

  string() {
    this.at++
    let value = ''
    for (;;) {
      plainForm.lastIndex = this.at
      value += plainForm.exec(this.text)[0]
      this.at = plainForm.lastIndex
      const character = this.text[this.at++]
      if (character === '"') break
      if (character !== '\\') this.fail('a string is cut or holds a control character')
      value += this.escape()
    }
    // A half written plainly was refused before, so that one here was escaped; of two escapes that
    // make a pair neither is a half.
    must(!half.test(value), 'bad-json', 'escapes half a surrogate pair')
    return value
  }

  escape() {
    const letter = this.text[this.at++]
    if (letter !== 'u') return escapes[letter] ?? this.fail('an unknown escape')
    const digits = this.text.slice(this.at, this.at + 4)
    if (!/^[0-9a-fA-F]{4}$/.test(digits)) this.fail('an unknown escape')
    this.at += 4
    return String.fromCharCode(parseInt(digits, 16))
  }

  number() {
    numberForm.lastIndex = this.at
    const found = numberForm.exec(this.text)
    if (!found) this.fail('no value')
    this.at = numberForm.lastIndex
    const [written, fraction, exponent] = found
    must(!fraction && !exponent, 'bad-value', `${written} is not written as an integer`)
    // Beyond 2^53 doubles have gaps: only the digits tell 2^53 from 2^53 + 1.
    const exact = written.length <= 17 ? BigInt(written) : undefined
    must(exact !== undefined && exact <= greatest && exact >= -greatest, 'bad-value', `${written} is not within ±2^53`)
    return Number(exact)
  }
}

// fold raises, then lowers each character by itself (BF-JSON-3). A case of several characters isn't the simple one:
// there is none then, but for İ, which lowers to i.
function fold(name) {
  const simple = (character, cased) => (cased.length === character.length ? cased : character)
  return Array.from(name, (character) => {
    const raised = simple(character, character.toUpperCase())
    return raised === 'İ' ? 'i' : simple(raised, raised.toLowerCase())
  }).join('')
}

/**
 * The canonical JSON of a value (RFC 8785), which holds no number but integers.
 * @param {any} value
 * @returns {string}
 */
export function canonicalJSON(value) {
  if (Array.isArray(value)) return `[${value.map(canonicalJSON).join(',')}]`
  if (value === null || typeof value !== 'object') return JSON.stringify(value)
  const fields = Object.keys(value).sort()
  return `{${fields.map((name) => `${JSON.stringify(name)}:${canonicalJSON(value[name])}`).join(',')}}`
}

/**
 * The hash by which the next version of a mechanism or table names this one.
 * @param {any} value
 * @returns {Promise<string>}
 */
export async function hashOf(value) {
  return 'sha-256:' + (await sha256(utf8(canonicalJSON(value))))
}
