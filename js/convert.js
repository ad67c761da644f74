import { canonicalJSON } from './json.js'
import { originOf } from './origin.js'
import { compareShare, missingPositive } from './share.js'
import { dayNumber, dayNumberAt, dayOf, instantOf, lastDayNumber, secondAt, secondsOf, startOf } from './time.js'

/**
 * @typedef {{table: import('./table.js').Table, hash: string, from?: import('./mechanism.js').Mechanism}} Rule
 *   a table, its hash, and the mechanism that it converts, if at hand
 * @typedef {{status: import('./status.js').Status, condition: 'good' | 'revoked' | 'paused', checked_at?: string, relied_until?: string}} Input
 * @typedef {{site: string, to: import('./mechanism.js').Mechanism, rules: Rule[], inputs: Input[], now: Date | string | number, contest?: string}} Question
 *   site: the origin that converts; to: its mechanism whose levels are given; contest: the address where it can be contested
 */

/**
 * What statuses earned elsewhere count for (06). It reads no clock and rounds nothing. Tables, mechanisms
 * and statuses are as readTable, readMechanism and openStatement gave them: they aren't checked again here.
 * @param {Question} question
 * @returns {any} the explanation, all but its texts
 */
export function convert({ site, to, rules, inputs, now, contest }) {
  const second = secondAt(now)
  const judged = inputs.map((input) => judge(input, { site, to, rules, second })).sort(byIssuer)
  const { level, decisive, cap } = combine(judged, to.levels.length)
  const best = to.levels[level - 1]
  return pruned({
    verdict: level > 0 ? 'converted' : 'nothing',
    at: instantOf(second),
    mechanism: to.id,
    level,
    level_id: best?.id,
    level_name: best?.name,
    inputs: judged.map((each) => told(each, decisive)),
    agreement: decisive.length > 1,
    cap_reached: level > 0 && (level === cap || level === to.levels.length),
    expires: expiry(judged),
    contest,
  })
}

// judge puts one input through the guards and the rows.
function judge(input, question) {
  const { status } = input
  const today = dayNumberAt(question.second)
  const judged = { input, status, issuer: originOf(status.mechanism), gives: 0, today }
  const rule = choose(status, question, today)
  judged.rule = rule
  judged.reason = refuse(judged, question)
  if (judged.reason === undefined) rate(judged, question.to.levels.length)
  return judged
}

function choose(status, { rules, to }, today) {
  const { mechanism, context } = status
  const fitting = rules.filter(({ table: { from, to: target } }) => from.mechanism === mechanism && from.context === context && target.mechanism === to.id)
  const rank = ({ table }) => (inForce(table, today) ? 0 : 1)
  const reads = ({ from }) => (from?.version === status.version ? 0 : 1)
  return fitting.sort((x, y) => rank(x) - rank(y) || order(x.table.id, y.table.id) || y.table.version - x.table.version || reads(x) - reads(y))[0]
}

const inForce = ({ valid_from, valid_until }, today) => dayNumber(valid_from) <= today && today <= dayNumber(valid_until)

const order = (x, y) => (x < y ? -1 : x > y ? 1 : 0)

// levelsAtHand are those of the version that the status names.
function levelsAtHand({ rule, status }) {
  const mechanism = rule.from
  return mechanism?.id === status.mechanism && mechanism.version === status.version ? mechanism.levels : undefined
}

const measureOf = ({ rule, status }) => status.measures?.find(({ id }) => id === rule.table.measure.share)

// refuse gives the reason of the first guard that refuses, in the order of BF-CONV-2.
function refuse(judged, { site, second }) {
  const { input, status, issuer, rule, today } = judged
  if (!rule) return 'not-recognised'
  const { table } = rule
  const { min_sample = 0, max_age_days = 0, min_account_days = 0 } = table.accept ?? {}
  if (input.condition === 'revoked') return 'revoked'
  if (input.condition !== 'good') return 'paused'
  if (status.state !== 'current') return 'not-current'
  if (issuer === site || status.sources.includes(site)) return 'own-source'
  const levels = levelsAtHand(judged)
  if (!table.from.versions.includes(status.version) || (!table.measure && !levels)) return 'mechanism-changed'
  if (!inForce(table, today)) return 'table-expired'
  if (max_age_days > 0 && dayNumber(status.as_of) + max_age_days < today) return 'stale'
  if (input.relied_until !== undefined && second >= secondsOf(input.relied_until)) return 'stale'
  if (!status.earned_level || (levels && !levels.some(({ id }) => id === status.earned_level))) return 'no-earned-level'
  if (min_account_days > 0 && !(oldEnough(judged) <= today)) return 'account-too-young'
  if (!table.measure) return undefined
  const measure = measureOf(judged)
  if (!measure) return 'no-measure'
  if (measure.total < min_sample) return 'sample-too-small'
  return undefined
}

// oldEnough is the day from which the account is, undefined where its age isn't told.
function oldEnough({ rule, status }) {
  const last = lastDayNumber(status.account_since)
  return last === undefined ? undefined : last + rule.table.accept.min_account_days
}

// rate finds the first row that holds, and the one that would give more.
function rate(judged, top) {
  const { table } = judged.rule
  const given = ({ gives }) => Math.min(gives, table.cap, top)
  const tried = table.rates.map((row) => compare(judged, row))
  const found = tried.findIndex(({ holds }) => holds)
  if (found < 0) judged.reason = 'no-rate'
  else {
    judged.row = found + 1
    judged.gives = given(table.rates[found])
  }
  judged.inequality = tried[found < 0 ? tried.length - 1 : found].inequality
  const better = table.rates.findLastIndex((row) => given(row) > judged.gives)
  if (better >= 0) judged.next = missing(judged, better, given(table.rates[better]))
}

function asked(judged, row) {
  const { measure } = judged.rule.table
  const { positive, total } = measureOf(judged)
  return { positive: BigInt(positive), total: BigInt(total), at_least: row.at_least, z2: measure.confidence?.z2 }
}

function compare(judged, row) {
  const { measure } = judged.rule.table
  if (measure) {
    const compared = compareShare(asked(judged, row))
    return { holds: compared.holds, inequality: { measure: measure.share, ...strings(compared) } }
  }
  const place = (id) => levelsAtHand(judged).findIndex((level) => level.id === id)
  // A level that the version doesn't have stands nowhere, so that nothing stands above it.
  return { holds: place(row.level) >= 0 && place(judged.status.earned_level) >= place(row.level) }
}

const strings = (compared) => Object.fromEntries(Object.entries(compared).map(([name, value]) => [name, typeof value === 'bigint' ? String(value) : value]))

function missing(judged, at, gives) {
  const row = judged.rule.table.rates[at]
  const next = { row: at + 1, gives }
  if (!judged.rule.table.measure) return { ...next, level: row.level }
  const positive = missingPositive(asked(judged, row))
  return { ...next, at_least: row.at_least, ...(positive === undefined ? { out_of_reach: true } : { missing_positive: positive }) }
}

const byIssuer = (x, y) =>
  order(x.issuer, y.issuer) || order(x.status.mechanism, y.status.mechanism) || order(canonical(x.input), canonical(y.input))

// canonical gives what two inputs of one mechanism are ordered by (BF-CONV-32).
function canonical({ status, condition, checked_at, relied_until }) {
  const { level, kind, since, ...counts } = status
  const instants = Object.entries({ checked_at, relied_until }).filter(([, instant]) => instant !== undefined)
  return canonicalJSON({ status: counts, condition, ...Object.fromEntries(instants.map(([name, instant]) => [name, instantOf(secondsOf(instant))])) })
}
const byWorth = (x, y) => y.gives - x.gives || byIssuer(x, y)

const origins = ({ issuer, status }) => [issuer, ...status.sources]
const independent = (x, y) => !origins(x).some((origin) => origins(y).includes(origin))

// combine finds the level and the inputs that decide it, and passes over those that rest on one source.
function combine(judged, top) {
  const giving = judged.filter(({ gives }) => gives > 0).sort(byWorth)
  let best = { level: giving[0]?.gives ?? 0, decisive: giving.slice(0, 1) }
  for (const x of giving) {
    for (const y of giving) {
      if (x === y || !x.rule.table.agreement || !y.rule.table.agreement || !independent(x, y)) continue
      const level = Math.min(x.gives + 1, x.rule.table.cap, top)
      if (level > best.level) best = { level, decisive: [x, y] }
    }
  }
  const used = []
  for (const each of new Set([...best.decisive, ...giving])) {
    each.used = used.every((other) => independent(each, other))
    if (each.used) used.push(each)
    else each.reason = 'same-source'
  }
  return { ...best, cap: best.decisive[0]?.rule.table.cap }
}

function told(judged, decisive) {
  const { input, status, issuer, rule, used = false, reason, gives, row, inequality } = judged
  const instant = (text) => (text === undefined ? undefined : instantOf(secondsOf(text)))
  return pruned({
    issuer,
    mechanism: status.mechanism,
    version: status.version,
    used,
    decisive: decisive.includes(judged),
    reason,
    gives,
    earned_level: status.earned_level,
    table: rule && pruned({ id: rule.table.id, version: rule.table.version, hash: rule.hash, row }),
    inequality,
    next: wanted(judged),
    sources: status.sources,
    as_of: status.as_of,
    checked_at: instant(input.checked_at),
    relied_until: instant(input.relied_until),
  })
}

// wanted says what is missing.
function wanted(judged) {
  switch (judged.reason) {
    case undefined:
    case 'no-rate':
      return judged.next
    case 'stale':
      return { refresh: true }
    case 'account-too-young': {
      const day = oldEnough(judged)
      return day === undefined ? undefined : { from_date: dayOf(day) }
    }
    case 'sample-too-small':
      return { missing_sample: judged.rule.table.accept.min_sample - measureOf(judged).total }
  }
  return undefined
}

// expiry is the earliest instant at which the answer may change though nothing is stated anew.
function expiry(judged) {
  const instants = judged.flatMap(changes)
  return instants.length === 0 ? undefined : instantOf(Math.min(...instants))
}

function changes(judged) {
  const { input, status, rule, reason, used, today } = judged
  if (used) {
    const found = [startOf(dayNumber(rule.table.valid_until) + 1)]
    if (input.relied_until !== undefined) found.push(secondsOf(input.relied_until))
    const days = rule.table.accept?.max_age_days ?? 0
    if (days > 0) found.push(startOf(dayNumber(status.as_of) + days + 1))
    return found
  }
  if (reason === 'account-too-young') {
    const day = oldEnough(judged)
    return day === undefined ? [] : [startOf(day)]
  }
  const first = rule && dayNumber(rule.table.valid_from)
  return reason === 'table-expired' && today < first ? [startOf(first)] : []
}

const pruned = (object) => Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined))
