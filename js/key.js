import { must } from './error.js'
import { fromBase64url, sha256, utf8 } from './bytes.js'
import { parseJSON } from './json.js'
import { didOf } from './origin.js'
import { list, object, published, string } from './shape.js'

const code = 'bad-key-set'
const maxKeys = 16
const maxDocument = 65536
const secrets = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k', 'priv']

/**
 * A public key.
 * @typedef {{alg: 'ES256' | 'EdDSA', jwk: {kty: string, crv: string, x: string, y?: string}}} Key
 */

/**
 * Published keys, by the kid that tokens name.
 * @typedef {Map<string, Key>} KeySet
 */

const keyFields = Object.fromEntries(['kty', 'crv', 'x', 'y', 'alg', 'kid', 'use'].map((name) => [name, string]))
const publicShape = object(keyFields)
// A secret spoils the set whatever its value: other readers take a null for one too.
const keyShape = {
  read(value, strict, path) {
    const secret = secrets.find((name) => value?.[name] !== undefined)
    must(secret === undefined, code, `has the secret field ${secret}`, path)
    return publicShape.read(value, strict, path)
  },
}

/** The shape of a JWK set. */
export const keySetShape = object({ keys: list(keyShape) })

const documentShape = object({
  '@context': list(string),
  id: string,
  verificationMethod: list(object({ id: string, type: string, controller: string, publicKeyJwk: keyShape })),
  assertionMethod: list(string),
})

/**
 * Reads a JWK set that keySetShape has read.
 * @param {{keys?: object[]} | undefined} set
 * @returns {KeySet}
 */
export function readKeySet(set) {
  return collect((set?.keys ?? []).map((jwk) => [jwk.kid, readKey(jwk)]))
}

/**
 * Reads a DID document.
 * @param {string | Uint8Array} text as it was fetched
 * @param {string} origin from which it was fetched
 * @returns {Promise<KeySet>}
 */
export async function openDIDDocument(text, origin) {
  const bytes = typeof text === 'string' ? utf8(text) : text
  must(bytes.length <= maxDocument, code, `is larger than ${maxDocument} bytes`)
  const document = published(documentShape, parseJSON(text))
  must(document.id === didOf(origin), code, `is not ${didOf(origin)}`, 'id')
  const keys = []
  for (const method of document.verificationMethod ?? []) {
    must(method.type === 'JsonWebKey2020' && method.controller === document.id, code, `${method.id} is of another type or controller`)
    must(document.assertionMethod?.includes(method.id), code, `${method.id} is not for assertions`)
    must(method.publicKeyJwk !== undefined, code, `${method.id} has no key`)
    const key = readKey(method.publicKeyJwk)
    must(method.id === `${document.id}#${await thumbprint(key)}`, code, `${method.id} is not named by its thumbprint`)
    keys.push([method.id, key])
  }
  return collect(keys)
}

function collect(keys) {
  must(keys.length >= 1 && keys.length <= maxKeys, code, `has ${keys.length} keys`)
  must(keys.every(([kid]) => kid), code, 'has a key without kid')
  const set = new Map(keys)
  must(set.size === keys.length, code, 'has two keys under one kid')
  return set
}

function readKey(jwk) {
  must(jwk.use === undefined || jwk.use === 'sig', code, `use is ${jwk.use}`)
  const { kty, crv, x, y } = jwk
  const alg = kty === 'EC' && crv === 'P-256' ? 'ES256' : kty === 'OKP' && crv === 'Ed25519' ? 'EdDSA' : undefined
  must(alg, code, `has a key of ${kty} ${crv}`)
  must(jwk.alg === undefined || jwk.alg === alg, code, `alg is ${jwk.alg}`)
  const point = [x, y].map((coordinate) => (coordinate === undefined ? undefined : fromBase64url(coordinate)))
  must(point[0]?.length === 32, code, 'x is not 32 bytes of canonical base64url')
  if (alg === 'ES256') {
    must(point[1]?.length === 32, code, 'y is not 32 bytes of canonical base64url')
    must(onCurve(number(point[0]), number(point[1])), code, 'is not a point of P-256')
    return { alg, jwk: { kty, crv, x, y } }
  }
  must(y === undefined, code, 'a key of Ed25519 has no y')
  must(!lowOrder(point[0]), code, 'is of low order')
  return { alg, jwk: { kty, crv, x } }
}

const number = (bytes) => bytes.reduce((value, byte) => (value << 8n) | BigInt(byte), 0n)

const p256 = 2n ** 256n - 2n ** 224n + 2n ** 192n + 2n ** 96n - 1n
const p256b = 0x5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604bn

function onCurve(x, y) {
  return x < p256 && y < p256 && (y * y - (x * x * x - 3n * x + p256b)) % p256 === 0n
}

const p25519 = 2n ** 255n - 19n
// The y of the eight points of low order: of order 4, 1, 2, and 8.
const eighth = 0x7a03ac9277fdc74ec6cc392cfa53202a0f67100d760b3cba4fd84d3d706a17c7n
const lowOrders = new Set([0n, 1n, p25519 - 1n, eighth, p25519 - eighth])

function lowOrder(encoded) {
  const y = number(encoded.slice().reverse()) & (2n ** 255n - 1n)
  return lowOrders.has(y % p25519)
}

/**
 * The thumbprint of a key (RFC 7638).
 * @param {Key} key
 * @returns {Promise<string>}
 */
export function thumbprint({ jwk: { kty, crv, x, y } }) {
  return sha256(utf8(JSON.stringify(y === undefined ? { crv, kty, x } : { crv, kty, x, y })))
}

const algorithms = {
  ES256: [{ name: 'ECDSA', namedCurve: 'P-256' }, { name: 'ECDSA', hash: 'SHA-256' }],
  EdDSA: [{ name: 'Ed25519' }, { name: 'Ed25519' }],
}

/**
 * @param {Key} key
 * @param {Uint8Array} signature
 * @param {Uint8Array} signed
 * @returns {Promise<boolean>}
 */
export async function verifies(key, signature, signed) {
  const [imported, used] = algorithms[key.alg]
  let held
  try {
    held = await crypto.subtle.importKey('jwk', key.jwk, imported, false, ['verify'])
  } catch (fault) {
    // An x that is on no curve verifies nothing. Where the platform doesn't know the algorithm it says so.
    if (fault.name === 'NotSupportedError') throw fault
    return false
  }
  return crypto.subtle.verify(used, held, signature, signed)
}
