import { must, within } from './error.js'
import { fromBase64url, utf8 } from './bytes.js'
import { parseJSON } from './json.js'
import { originOfDID } from './origin.js'
import { verifies } from './key.js'

/** The bytes that a token and a status list may have. */
export const maxToken = 16384
export const maxList = 1048576

/** The typ of each kind of object. */
export const types = {
  credential: 'vc+jwt',
  mechanism: 'bonafide-mechanism+jwt',
  conversion: 'bonafide-conversion+jwt',
  status: 'bonafide-status+jwt',
  entity: 'entity-statement+jwt',
  assertion: 'JWT',
}

/**
 * A token whose signature nobody has looked at yet.
 * @typedef {{alg: string, kid: string, payload: any, signed: Uint8Array, signature: Uint8Array}} ParsedToken
 */

/**
 * Parses a token under the strict profile (02).
 * @param {string} token
 * @param {string} typ of the kind of object expected
 * @param {number} [limit]
 * @returns {ParsedToken}
 */
export function parseToken(token, typ, limit = maxToken) {
  // What is longer in characters is longer in bytes; what isn't ASCII is refused below.
  must(token.length <= limit, 'bad-token', `is longer than ${limit} bytes`)
  const parts = token.split('.')
  must(parts.length === 3, 'bad-token', `has ${parts.length} parts`)
  const [header, payload, signature] = parts.map((part) => {
    const bytes = fromBase64url(part)
    must(bytes, 'bad-token', 'is not canonical base64url')
    return bytes
  })
  const { alg, kid } = readHeader(header, typ)
  const value = parseJSON(payload)
  must(value !== null && typeof value === 'object' && !Array.isArray(value), 'bad-json', 'the payload is no object')
  return { alg, kid, payload: value, signed: utf8(`${parts[0]}.${parts[1]}`), signature }
}

function readHeader(bytes, typ) {
  const header = within('bad-header', () => parseJSON(bytes))
  must(header !== null && typeof header === 'object' && !Array.isArray(header), 'bad-header', 'is no object')
  const expected = typ === types.assertion && header.typ === undefined ? ['alg', 'kid'] : ['alg', 'kid', 'typ']
  must(Object.keys(header).sort().join() === expected.join(), 'bad-header', 'has other fields than alg, kid and typ')
  must(expected.every((name) => typeof header[name] === 'string'), 'bad-header', 'has a field that is no string')
  must(header.alg === 'ES256' || header.alg === 'EdDSA', 'bad-header', `alg is ${header.alg}`)
  must(header.kid !== '', 'bad-header', 'kid is empty')
  if (typ !== types.entity && typ !== types.assertion) {
    must(header.kid.includes('#'), 'bad-header', 'kid has no thumbprint')
    must(originOfDID(header.kid.slice(0, header.kid.indexOf('#'))), 'bad-origin', 'kid is under the DID of no origin')
  }
  must(expected.length === 2 || header.typ === typ, 'wrong-type', `typ is ${header.typ} and not ${typ}`)
  return header
}

/**
 * Verifies a parsed token with the keys that its signer publishes.
 * @param {ParsedToken} token
 * @param {import('./key.js').KeySet} keys
 */
export async function verify(token, keys) {
  const key = keys.get(token.kid)
  must(key, 'unknown-key', `${token.kid} is not published`)
  must(key.alg === token.alg, 'bad-header', `alg is ${token.alg}, the key is for ${key.alg}`)
  const holds = token.signature.length === 64 && (await verifies(key, token.signature, token.signed))
  must(holds, 'bad-signature', 'the signature does not verify')
}

/**
 * Parses and verifies a token.
 * @param {string} token
 * @param {string} typ
 * @param {import('./key.js').KeySet} keys
 * @param {number} [limit]
 * @returns {Promise<any>} its payload
 */
export async function openToken(token, typ, keys, limit) {
  const parsed = parseToken(token, typ, limit)
  await verify(parsed, keys)
  return parsed.payload
}
