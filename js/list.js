import { must } from './error.js'
import { fromBase64url } from './bytes.js'
import { gunzip } from './gunzip.js'
import { didOf, isUUID, originOf } from './origin.js'
import { integer, list, object, published, string } from './shape.js'
import { mustBeInTime, readValidity, secondAt } from './time.js'
import { maxList, openToken, types } from './token.js'

const leastEntries = 131072
const mostBytes = 1048576
const longest = 72 * 3600
const usualTTL = 300000
const indexForm = /^(?:0|[1-9][0-9]*)$/

const listShape = object({
  '@context': list(string),
  id: string,
  type: list(string),
  issuer: string,
  validFrom: string,
  validUntil: string,
  credentialSubject: object({ id: string, type: string, statusPurpose: string, encodedList: string, ttl: integer }),
  iss: string,
  jti: string,
  nbf: integer,
  exp: integer,
})

const entryFields = ['id', 'type', 'statusPurpose', 'statusListIndex', 'statusListCredential']

/** The shape of an entry, a credentialStatus. */
export const entryShape = object(Object.fromEntries(entryFields.map((name) => [name, string])))

/**
 * Checks an entry (BF-BADGE-6).
 * @param {any} entry
 * @param {string} issuer
 */
export function checkEntry(entry, issuer) {
  const subject = 'credentialStatus'
  must(entry?.type === 'BitstringStatusListEntry' && entry.statusPurpose === 'revocation', 'bad-credential', 'is no entry for revocation', subject)
  must(isUUID(entry.id), 'bad-credential', 'is no urn:uuid', `${subject}.id`)
  must(originOf(entry.statusListCredential) === issuer, 'status-list-foreign', `is not on ${issuer}`, `${subject}.statusListCredential`)
  must(indexForm.test(entry.statusListIndex ?? ''), 'index-out-of-range', 'is no index', `${subject}.statusListIndex`)
}

/** A status list that was verified and is in force. */
export class StatusList {
  #bits

  /** @param {Uint8Array} bits */
  constructor(bits, { validFrom, validUntil, ttl }) {
    this.#bits = bits
    /** Seconds since 1970. No list with an earlier one may take this one's place (BF-VERIFIER-11). */
    this.validFrom = validFrom
    /** Seconds since 1970, after which the list tells nothing. */
    this.validUntil = validUntil
    /** Milliseconds for which the list may be used without asking again. */
    this.ttl = ttl
  }

  /**
   * Tells whether an entry is set, that is, whether what points to it no longer holds.
   * @param {string} index
   * @returns {boolean}
   */
  isSet(index) {
    must(indexForm.test(index), 'index-out-of-range', `${index} is no index`)
    // An index of many digits is no exact number, but is beyond every list.
    const i = Number(index)
    must(i < this.#bits.length * 8, 'index-out-of-range', `${index} is beyond the list`)
    return (this.#bits[Math.floor(i / 8)] & (128 >> i % 8)) !== 0
  }
}

/**
 * Opens a status list.
 * @param {string} token
 * @param {{keys: import('./key.js').KeySet, issuer: string, address: string, now: Date | string | number}} expected
 *   the issuer's keys and origin, and the address from which the list was asked
 * @returns {Promise<StatusList>}
 */
export async function openStatusList(token, { keys, issuer, address, now }) {
  const payload = published(listShape, await openToken(token, types.credential, keys, maxList))
  const said = payload.credentialSubject ?? {}
  const ttl = said.ttl ?? usualTTL
  must(['VerifiableCredential', 'BitstringStatusListCredential'].every((type) => payload.type?.includes(type)), 'bad-status-list', 'is no status list', 'type')
  must(said.type === 'BitstringStatusList' && said.statusPurpose === 'revocation' && ttl >= 0, 'bad-status-list', 'is not a list of revocations', 'credentialSubject')
  must(payload.issuer === didOf(issuer) && payload.iss === didOf(issuer), 'status-list-foreign', `is not of ${issuer}`, 'issuer')
  must(originOf(address) === issuer && payload.id === address && payload.jti === address, 'status-list-foreign', `is not the list at ${address}`, 'id')
  const { validFrom, validUntil } = readValidity(payload, 'bad-status-list')
  must(validUntil - validFrom <= longest, 'bad-status-list', 'is more than 72 hours after validFrom', 'validUntil')
  mustBeInTime(validFrom, validUntil, secondAt(now))
  return new StatusList(unpack(said.encodedList ?? ''), { validFrom, validUntil, ttl })
}

function unpack(encoded) {
  const packed = encoded.startsWith('u') ? fromBase64url(encoded.slice(1)) : undefined
  must(packed, 'bad-status-list', 'is not u and canonical base64url', 'encodedList')
  const bits = gunzip(packed, mostBytes)
  must(bits.length * 8 >= leastEntries, 'status-list-too-short', `has ${bits.length * 8} entries`)
  return bits
}
