import { must, within } from './error.js'
import { checkEntry, entryShape } from './list.js'
import { didOf, isName, isUUID, originOf, originOfNamed } from './origin.js'
import { list, integer, object, published, string } from './shape.js'
import { checkStatus } from './status.js'
import { mustBeInTime, readValidity, secondAt } from './time.js'
import { openToken, types } from './token.js'

const code = 'bad-credential'
const longest = 90 * 86400
const wholeForm = /^(?:0|[1-9][0-9]*)$/

const rubric = object({ id: string, type: list(string), name: string, level: string })
const badgeShape = object({
  '@context': list(string),
  id: string,
  type: list(string),
  name: string,
  issuer: object({ id: string, type: list(string), name: string, url: string }),
  validFrom: string,
  validUntil: string,
  credentialSubject: object({
    id: string,
    type: list(string),
    achievement: object({
      id: string,
      type: list(string),
      achievementType: string,
      name: string,
      description: string,
      version: string,
      tag: list(string),
      criteria: object({ id: string, narrative: string }),
      resultDescription: list(object({ id: string, type: list(string), name: string, resultType: string, rubricCriterionLevel: list(rubric) })),
    }),
    result: list(object({ type: list(string), resultDescription: string, achievedLevel: string, value: string })),
  }),
  credentialStatus: entryShape,
  termsOfUse: list(object({ id: string, type: string })),
  iss: string,
  sub: string,
  jti: string,
  nbf: integer,
  exp: integer,
})

/**
 * A badge that was verified and is within its validity. Whether it still holds its status list tells.
 * @typedef {{id: string, issuer: string, status: import('./status.js').Status, rank?: {number: number, levels: number},
 *   validFrom: number, validUntil: number, entry: {statusListIndex: string, statusListCredential: string}}} Badge
 *   issuer: its origin; rank: which level of how many, if the badge tells; validFrom, validUntil: seconds since 1970
 */

/**
 * Opens a badge.
 * @param {string} token
 * @param {{keys: import('./key.js').KeySet, issuer: string, now: Date | string | number, address?: string}} expected
 *   the issuer's keys and origin, and the address, without suffix, from which the badge was read
 * @returns {Promise<Badge>}
 */
export async function openBadge(token, { keys, ...expected }) {
  return checkBadge(await openToken(token, types.credential, keys), expected)
}

/** Checks the payload of a badge; address is the one from which it was read, if it was read from one. */
export function checkBadge(payload, { issuer, now, address }) {
  const b = published(badgeShape, payload)
  const subject = b.credentialSubject ?? {}
  const mechanism = subject.achievement?.id
  must(['VerifiableCredential', 'OpenBadgeCredential'].every((type) => b.type?.includes(type)), code, 'is no badge', 'type')
  must(b.issuer?.id === didOf(issuer) && b.iss === didOf(issuer), 'wrong-issuer', `is not of ${issuer}`, 'issuer.id')
  must(originOf(b.id) === issuer, 'wrong-issuer', `is not on ${issuer}`, 'id')
  must(originOf(mechanism) === issuer, 'wrong-issuer', `is not on ${issuer}`, 'credentialSubject.achievement.id')
  must(originOfNamed(mechanism, 'mechanisms'), code, 'is not ORIGIN/mechanisms/NAME', 'credentialSubject.achievement.id')
  must(address === undefined || b.id === address, code, `is not the badge at ${address}`, 'id')
  must(b.jti === b.id, code, 'is not id', 'jti')
  must(isUUID(subject.id), code, 'is no urn:uuid', 'credentialSubject.id')
  must(b.sub === subject.id, code, 'is not credentialSubject.id', 'sub')
  const { validFrom, validUntil } = readValidity(b, code)
  must(validUntil - validFrom <= longest, code, 'is more than 90 days after validFrom', 'validUntil')
  checkEntry(b.credentialStatus, issuer)
  const status = within(code, () => readStatus(subject.achievement, subject.result ?? []))
  mustBeInTime(validFrom, validUntil, secondAt(now))
  return { id: b.id, issuer, status, rank: rankOf(subject.achievement, status), validFrom, validUntil, entry: b.credentialStatus }
}

// rankOf reads for people which level of how many it is; what counts is the level's id and the mechanism.
function rankOf({ id: mechanism, resultDescription = [] }, { level }) {
  const levels = resultDescription.find(({ id }) => id === `${mechanism}#level`)?.rubricCriterionLevel ?? []
  const number = Number(levels.find(({ id }) => id === `${mechanism}#${level}`)?.level)
  return Number.isInteger(number) && number >= 1 && number <= levels.length ? { number, levels: levels.length } : undefined
}

function readStatus({ id: mechanism, version, tag = [] }, results) {
  must(wholeForm.test(version ?? ''), code, 'is no version', 'achievement.version')
  must(tag.length === 1, code, 'is not the context alone', 'achievement.tag')
  const stated = collect(mechanism, results)
  const value = (fragment) => {
    const [result] = stated.get(fragment) ?? []
    must(!result || result.value !== undefined, code, 'has no value', fragment)
    return result?.value
  }
  const level = (fragment) => {
    const [result] = stated.get(fragment) ?? []
    must(!result || result.achievedLevel?.startsWith(`${mechanism}#`), code, 'is no level of the mechanism', fragment)
    return result?.achievedLevel.slice(mechanism.length + 1)
  }
  const status = {
    mechanism,
    version: exact(version, 'achievement.version'),
    context: tag[0],
    level: level('level'),
    kind: value('kind'),
    earned_level: level('earned-level'),
    measures: measures(stated, value),
    account_since: value('account-since'),
    since: value('since'),
    as_of: value('as-of'),
    sources: (stated.get('source') ?? []).map((result) => result.value ?? ''),
    // A badge in another state there isn't.
    state: 'current',
  }
  checkStatus(status)
  for (const field of Object.keys(status)) if (status[field] === undefined) delete status[field]
  return status
}

// collect gives the results by their fragments.
function collect(mechanism, results) {
  const stated = new Map()
  for (const result of results) {
    if (!result.resultDescription?.startsWith(`${mechanism}#`)) continue
    const fragment = result.resultDescription.slice(mechanism.length + 1)
    must(fragment === 'source' || !stated.has(fragment), code, 'stands twice', fragment)
    stated.set(fragment, [...(stated.get(fragment) ?? []), result])
  }
  return stated
}

function measures(stated, value) {
  const ids = new Set()
  for (const fragment of stated.keys()) {
    const id = /^(.+)-(?:positive|total)$/.exec(fragment)?.[1]
    if (isName(id)) ids.add(id)
  }
  const read = [...ids].map((id) => {
    const [positive, total] = [`${id}-positive`, `${id}-total`].map((fragment) => exact(value(fragment), fragment))
    return { id, positive, total }
  })
  return read.length > 0 ? read : undefined
}

function exact(text, subject) {
  must(wholeForm.test(text ?? '') && BigInt(text) <= 2n ** 53n, code, 'is no whole number', subject)
  return Number(text)
}
