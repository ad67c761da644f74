import { must } from './error.js'
import { isWithin, less, readDecimal } from './decimal.js'
import { parseJSON } from './json.js'
import { isName, mustBeOrigin, originOf, originOfNamed } from './origin.js'
import { boolean, integer, list, map, object, published, string, submitted } from './shape.js'
import { checkVersion } from './text.js'
import { dayNumber, mustBeInTime, secondAt } from './time.js'
import { openToken, types } from './token.js'

const code = 'bad-table'
const hundred = { a: 100n, b: 1n }
const all = { a: 1n, b: 1n }
const greatestStake = 1_000_000_000

const tableShape = object({
  id: string,
  version: integer,
  previous: string,
  from: object({ issuer: string, mechanism: string, versions: list(integer), context: string }),
  to: object({ mechanism: string }),
  accept: object({ min_sample: integer, max_age_days: integer, min_account_days: integer }),
  measure: object({ share: string, confidence: object({ method: string, z2: string }) }),
  rates: list(object({ at_least: string, level: string, gives: integer })),
  cap: integer,
  agreement: boolean,
  valid_from: string,
  valid_until: string,
  referral: object({ min_stake: integer, classes: map(string) }),
})

const signedShape = object({ iss: string, iat: integer, exp: integer, conversion: tableShape })

/**
 * A conversion table, as 01 describes it.
 * @typedef {{id: string, version: number, from: {issuer: string, mechanism: string, versions: number[], context: string},
 *   to: {mechanism: string}, accept?: {min_sample?: number, max_age_days?: number, min_account_days?: number},
 *   measure?: {share: string, confidence?: {method: string, z2: string}},
 *   rates: {gives: number, at_least?: string, level?: string}[], cap: number, agreement?: boolean,
 *   valid_from: string, valid_until: string, [field: string]: any}} Table
 */

/**
 * Reads a conversion table that somebody submits: a field that it doesn't have is refused.
 * @param {string | Uint8Array} text
 * @returns {Table}
 */
export function readTable(text) {
  const table = submitted(tableShape, parseJSON(text))
  check(table)
  return table
}

/**
 * Opens a conversion table as its site signs it.
 * @param {string} token
 * @param {{keys: import('./key.js').KeySet, now: Date | string | number}} expected
 * @returns {Promise<Table>}
 */
export async function openTable(token, { keys, now }) {
  return checkSignedTable(await openToken(token, types.conversion, keys), now)
}

/** Checks the payload of a signed table. */
export function checkSignedTable(payload, now) {
  const { iss, iat, exp, conversion = {} } = published(signedShape, payload)
  mustBeOrigin(iss, 'iss')
  check(conversion)
  must(iss === originOfNamed(conversion.id, 'conversions'), 'wrong-issuer', 'is not the site of the table', 'iss')
  mustBeInTime(iat, exp, secondAt(now))
  return conversion
}

function check(t) {
  const origin = originOfNamed(t.id, 'conversions')
  must(origin, code, 'is not ORIGIN/conversions/NAME', 'id')
  checkVersion(t, code)
  const { issuer, mechanism, versions, context } = t.from ?? {}
  mustBeOrigin(issuer, 'from.issuer')
  must(issuer !== undefined && issuer !== origin, code, 'is missing or the own site', 'from.issuer')
  must(originOf(mechanism) === issuer, code, "is not on the issuer's origin", 'from.mechanism')
  must(versions?.length > 0, code, 'are missing', 'from.versions')
  must(isName(context), code, 'is no name', 'from.context')
  must(originOf(t.to?.mechanism) === origin, code, 'is not on the own origin', 'to.mechanism')
  checkGuards(t)
  if (t.measure) checkMeasure(t.measure)
  checkRates(t)
  checkDays(t)
  if (t.referral) checkReferral(t)
}

function checkGuards({ accept = {}, measure }) {
  for (const [guard, least] of Object.entries(accept)) must(least >= 0, code, 'is negative', `accept.${guard}`)
  must(measure || !accept.min_sample, code, 'stands beside no measure', 'accept.min_sample')
}

function checkMeasure({ share, confidence }) {
  must(isName(share), code, 'is no name', 'measure.share')
  if (!confidence) return
  must(confidence.method === 'wilson', code, 'is no method', 'measure.confidence.method')
  must(confidence.z2 !== undefined, code, 'is missing', 'measure.confidence.z2')
  must(isWithin(readDecimal(confidence.z2, 'measure.confidence.z2'), hundred), code, 'is not in (0, 100]', 'measure.confidence.z2')
}

function checkRates({ rates = [], measure, cap }) {
  must(rates.length >= 1 && rates.length <= 50, code, 'are not 1 to 50', 'rates')
  must(cap >= 1, code, 'is not 1 or more', 'cap')
  let before
  rates.forEach(({ gives, at_least, level }, i) => {
    must(gives >= 1 && gives <= cap, code, 'is not within 1 and the cap', `rates[${i}].gives`)
    must(i === 0 || gives < rates[i - 1].gives, code, 'does not fall', `rates[${i}].gives`)
    if (!measure) {
      must(isName(level) && at_least === undefined, code, 'names no level, or a share', `rates[${i}]`)
      return
    }
    must(at_least !== undefined && level === undefined, code, 'names no share, or a level', `rates[${i}]`)
    const wanted = readDecimal(at_least, `rates[${i}].at_least`)
    must(isWithin(wanted, all), code, 'is not in (0, 1]', `rates[${i}].at_least`)
    must(i === 0 || less(wanted, before), code, 'does not fall', `rates[${i}].at_least`)
    before = wanted
  })
}

function checkDays(t) {
  const [first, last] = ['valid_from', 'valid_until'].map((field) => {
    must(t[field] !== undefined, code, 'is missing', field)
    const day = dayNumber(t[field])
    must(day !== undefined, 'bad-value', 'is no day', field)
    return day
  })
  must(last >= first, code, 'is before valid_from', 'valid_until')
}

function checkReferral({ referral: { min_stake, classes = {} }, measure, accept }) {
  must(!measure && !accept?.min_account_days, code, "stands beside what a referral doesn't tell", 'referral')
  must(min_stake >= 1 && min_stake <= greatestStake, code, 'is out of range', 'referral.min_stake')
  must(Object.entries(classes).flat().every(isName), code, 'holds what is no name', 'referral.classes')
}

/**
 * Checks a table against the mechanism that it converts and the one whose levels it gives (06, Checking a
 * table). Without a mechanism at hand it passes what would be compared with it.
 * @param {Table} table
 * @param {{from?: import('./mechanism.js').Mechanism, to?: import('./mechanism.js').Mechanism}} mechanisms
 */
export function checkTable(table, { from, to }) {
  if (from) {
    must(table.from.mechanism === from.id, code, `is not ${from.id}`, 'from.mechanism')
    must(table.from.context === from.context, code, `is not ${from.context}`, 'from.context')
    must(table.from.versions.includes(from.version), code, `lacks ${from.version}`, 'from.versions')
    must(!table.measure || from.measures?.some(({ id }) => id === table.measure.share), code, 'is no measure of the mechanism', 'measure.share')
    if (!table.measure) checkOrder(table.rates, from.levels)
  }
  must(!to || table.to.mechanism === to.id, code, `is not ${to?.id}`, 'to.mechanism')
  table.rates.forEach(({ gives, at_least }, i) => {
    must(!to || gives <= to.levels.length, code, 'is more levels than there are', `rates[${i}].gives`)
    const { a, b } = table.measure?.confidence && i === 0 ? readDecimal(at_least) : { a: 0n, b: 1n }
    must(a < b, code, 'is what no lower bound reaches', `rates[${i}].at_least`)
  })
}

function checkOrder(rates, levels) {
  let before = levels.length
  rates.forEach(({ level }, i) => {
    const place = levels.findIndex(({ id }) => id === level)
    must(place >= 0, code, 'is no level of the mechanism', `rates[${i}].level`)
    must(place < before, code, 'does not fall', `rates[${i}].level`)
    before = place
  })
}
