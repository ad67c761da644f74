import { must } from './error.js'
import { isWithin, readDecimal, rise, whole } from './decimal.js'
import { parseJSON } from './json.js'
import { isName, mustBeOrigin, originOfNamed } from './origin.js'
import { integer, list, map, object, published, string, submitted } from './shape.js'
import { checkText, checkVersion, textShape } from './text.js'
import { dayNumber, mustBeInTime, secondAt } from './time.js'
import { openToken, types } from './token.js'

const code = 'bad-mechanism'
const scales = ['ordinal', 'percent', 'yes-no', 'membership', 'count']
const ofBadges = ['level', 'earned-level', 'kind', 'since', 'as-of', 'account-since', 'source']
const greatestStake = 1_000_000_000

const mechanismShape = object({
  id: string,
  version: integer,
  previous: string,
  date: string,
  context: string,
  scale: string,
  name: textShape,
  meaning: textShape,
  levels: list(object({ id: string, name: textShape, sentence: textShape, unlocks: textShape })),
  measures: list(object({ id: string, name: textShape, window_days: integer })),
  rule: object({
    points: object({ kinds: map(integer), levels: list(integer) }),
    share: object({ measure: string, kinds: list(string), min_total: integer, levels: list(string) }),
    host: object({ described: textShape }),
  }),
  who_rates: textShape,
  falls: textShape,
  recovers: textShape,
  not_said: textShape,
  faults: list(object({ id: string, name: textShape, severity: string, points: integer })),
  arbiters: list(string),
  vouching: object({ supporters: list(integer), min_stake: list(integer) }),
  figures: list(object({ year: integer, holders: map(integer), faults: integer, reports: integer, reversals: integer })),
})

const signedShape = object({ iss: string, iat: integer, exp: integer, mechanism: mechanismShape })

/**
 * A mechanism, as 01 describes it.
 * @typedef {{id: string, version: number, context: string, levels: {id: string, name: {en: string, fr: string}}[],
 *   measures?: {id: string}[], [field: string]: any}} Mechanism
 */

/**
 * Reads a mechanism that somebody submits: a field that it doesn't have is refused.
 * @param {string | Uint8Array} text
 * @returns {Mechanism}
 */
export function readMechanism(text) {
  const mechanism = submitted(mechanismShape, parseJSON(text))
  check(mechanism)
  return mechanism
}

/**
 * Opens a mechanism as its issuer signs it.
 * @param {string} token
 * @param {{keys: import('./key.js').KeySet, now: Date | string | number}} expected
 *   the keys of its issuer, whose DID the kid names
 * @returns {Promise<Mechanism>}
 */
export async function openMechanism(token, { keys, now }) {
  return checkSignedMechanism(await openToken(token, types.mechanism, keys), now)
}

/** Checks the payload of a signed mechanism. */
export function checkSignedMechanism(payload, now) {
  const { iss, iat, exp, mechanism = {} } = published(signedShape, payload)
  mustBeOrigin(iss, 'iss')
  check(mechanism)
  must(iss === originOfNamed(mechanism.id, 'mechanisms'), 'wrong-issuer', 'is not the site of the mechanism', 'iss')
  mustBeInTime(iat, exp, secondAt(now))
  return mechanism
}

function check(m) {
  must(originOfNamed(m.id, 'mechanisms'), code, 'is not ORIGIN/mechanisms/NAME', 'id')
  checkVersion(m, code)
  must(m.date !== undefined, code, 'is missing', 'date')
  must(dayNumber(m.date) !== undefined, 'bad-value', 'is no day', 'date')
  must(isName(m.context), code, 'is no name', 'context')
  for (const field of ['name', 'meaning', 'who_rates', 'falls', 'recovers', 'not_said']) checkText(m[field], field)
  checkMeasures(m.measures ?? [])
  checkLevels(m)
  checkRule(m)
  checkFaults(m.faults ?? [])
  checkArbiters(m.arbiters ?? [])
  if (m.vouching) checkVouching(m)
  checkFigures(m)
}

const isDistinct = (all) => new Set(all).size === all.length

function checkIDs(things, subject) {
  things.forEach(({ id }, i) => must(isName(id), code, 'is no name', `${subject}[${i}].id`))
  must(isDistinct(things.map(({ id }) => id)), code, 'names two alike', subject)
}

function checkMeasures(measures) {
  must(measures.length <= 10, code, 'are more than 10', 'measures')
  checkIDs(measures, 'measures')
  measures.forEach(({ name, window_days = 0 }, i) => {
    checkText(name, `measures[${i}].name`)
    must(window_days >= 0 && window_days <= 3660, code, 'is not within 0 and 3660', `measures[${i}].window_days`)
  })
}

function checkLevels({ levels = [], measures = [], scale }) {
  must(scales.includes(scale), code, 'is no scale', 'scale')
  must(levels.length >= 1 && levels.length <= 20, code, 'are not 1 to 20', 'levels')
  must((scale !== 'yes-no' && scale !== 'membership') || levels.length === 1, code, `are not one, as ${scale} wants`, 'levels')
  checkIDs(levels, 'levels')
  const taken = new Set([...ofBadges, ...measures.flatMap(({ id }) => [`${id}-positive`, `${id}-total`])])
  levels.forEach(({ id, name, sentence, unlocks }, i) => {
    must(!taken.has(id), code, `is what badges call something else`, `levels[${i}].id`)
    checkText(name, `levels[${i}].name`)
    checkText(sentence, `levels[${i}].sentence`)
    if (unlocks) checkText(unlocks, `levels[${i}].unlocks`)
  })
}

function checkRule({ rule = {}, levels, measures = [] }) {
  must(Object.keys(rule).length === 1, code, 'is not exactly one of points, share and host', 'rule')
  const { points, share, host } = rule
  if (host) return checkText(host.described, 'rule.host.described')
  const thresholds = (points ?? share).levels ?? []
  must(thresholds.length === levels.length, code, 'are not as many as the levels', 'rule')
  if (points) {
    const worth = Object.entries(points.kinds ?? {})
    must(worth.length > 0, code, 'counts nothing', 'rule.points.kinds')
    must(worth.every(([kind, each]) => isName(kind) && each >= 1 && each <= 1_000_000), code, 'has a kind of 0 or too many points', 'rule.points.kinds')
    must(thresholds.every((needed, i) => needed > (thresholds[i - 1] ?? 0)), code, 'do not rise', 'rule.points.levels')
    return
  }
  must(measures.some(({ id }) => id === share.measure), code, 'is no measure of the mechanism', 'rule.share.measure')
  must(share.kinds?.length > 0 && share.kinds.every(isName), code, 'counts nothing', 'rule.share.kinds')
  must(share.min_total >= 1, code, 'is not 1 or more', 'rule.share.min_total')
  const needed = thresholds.map((threshold, i) => readDecimal(threshold, `rule.share.levels[${i}]`))
  must(needed.every((share) => isWithin(share, whole)) && rise(needed), code, 'are not in (0, 1] and rising', 'rule.share.levels')
}

function checkFaults(faults) {
  checkIDs(faults, 'faults')
  faults.forEach(({ name, severity, points }, i) => {
    checkText(name, `faults[${i}].name`)
    must(severity !== undefined, code, 'is missing', `faults[${i}].severity`)
    must(isWithin(readDecimal(severity, `faults[${i}].severity`), whole), code, 'is not in (0, 1]', `faults[${i}].severity`)
    must(points >= 0, code, 'is not 0 or more', `faults[${i}].points`)
  })
}

function checkArbiters(arbiters) {
  must(arbiters.length <= 16, code, 'are more than 16', 'arbiters')
  arbiters.forEach((arbiter, i) => mustBeOrigin(arbiter, `arbiters[${i}]`))
  must(isDistinct(arbiters), code, 'names one twice', 'arbiters')
}

function checkVouching({ vouching: { supporters = [], min_stake = [] }, rule, levels }) {
  must(rule.points, code, 'stands beside a rule that counts no points', 'vouching')
  must(supporters.length >= 1 && supporters.length < levels.length, code, 'are not for one level or more, but the top one', 'vouching.supporters')
  must(min_stake.length === supporters.length, code, 'are not as many as supporters', 'vouching.min_stake')
  must(supporters.every((needed) => needed >= 1 && needed <= 32), code, 'are not 1 to 32', 'vouching.supporters')
  must(min_stake.every((least, i) => least >= (min_stake[i - 1] ?? 1) && least <= greatestStake), code, 'fall or are out of range', 'vouching.min_stake')
}

function checkFigures({ figures = [], levels }) {
  figures.forEach(({ holders = {} }, i) => {
    const counted = Object.entries(holders)
    must(counted.every(([id, members]) => members >= 20 && levels.some((level) => level.id === id)), code, 'counts an unknown level or fewer than 20', `figures[${i}].holders`)
  })
}
