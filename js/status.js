import { must } from './error.js'
import { utf8 } from './bytes.js'
import { checkEntry, entryShape } from './list.js'
import { isName, mustBeOrigin, originOf } from './origin.js'
import { integer, list, object, published, string } from './shape.js'
import { dayNumber, lastDayNumber, mustBeInTime, secondAt } from './time.js'
import { openToken, types } from './token.js'

const kinds = ['earned', 'vouched', 'converted']
const states = ['current', 'suspended', 'withdrawn']

/** The shape of a status. */
export const statusShape = object({
  mechanism: string,
  version: integer,
  context: string,
  level: string,
  kind: string,
  earned_level: string,
  measures: list(object({ id: string, positive: integer, total: integer })),
  account_since: string,
  since: string,
  as_of: string,
  sources: list(string),
  state: string,
})

/**
 * What an issuer says of one member at one instant, as 01 describes it.
 * @typedef {{mechanism: string, version: number, context: string, level?: string, kind: string, earned_level?: string,
 *   measures?: {id: string, positive: number, total: number}[], account_since?: string, since?: string, as_of: string,
 *   sources: string[], state: string}} Status
 */

/**
 * Checks that a status holds together (BF-STATUS-6).
 * @param {any} status
 */
export function checkStatus(status) {
  const { mechanism, version, context, level, kind, earned_level, measures = [], account_since, since, as_of, sources = [], state } = status
  const right = (holds, subject) => must(holds, 'bad-value', 'is missing or out of form', subject)
  right(originOf(mechanism), 'status.mechanism')
  right(version >= 1, 'status.version')
  right(isName(context), 'status.context')
  right(kinds.includes(kind), 'status.kind')
  right(states.includes(state), 'status.state')
  right(dayNumber(as_of) !== undefined, 'status.as_of')
  for (const [name, id] of Object.entries({ level, earned_level })) right(id === undefined || isName(id), `status.${name}`)
  for (const [name, month] of Object.entries({ account_since, since })) right(month === undefined || lastDayNumber(month) !== undefined, `status.${name}`)
  right(sources.length >= 1 && sources.length <= 16, 'status.sources')
  sources.forEach((source, i) => mustBeOrigin(source, `status.sources[${i}]`))
  right(measures.length <= 10 && new Set(measures.map(({ id }) => id)).size === measures.length, 'status.measures')
  measures.forEach(({ id, positive, total }, i) => right(isName(id) && positive >= 0 && positive <= total, `status.measures[${i}]`))
}

const statementShape = object({
  iss: string,
  aud: string,
  sub: string,
  nonce: string,
  jti: string,
  iat: integer,
  exp: integer,
  relied_until: integer,
  status: statusShape,
  credentialStatus: entryShape,
})

const longestAcceptance = 600
const longestReliance = 30 * 86400

/**
 * Opens a consented status.
 * @param {string} token
 * @param {{keys: import('./key.js').KeySet, audience: string, nonce: string, now: Date | string | number}} expected
 * @returns {Promise<{iss: string, sub: string, jti: string, status: Status, relied_until: number, credentialStatus: any}>}
 */
export async function openStatement(token, { keys, ...expected }) {
  return checkStatement(await openToken(token, types.status, keys), expected)
}

/** Checks the payload of a consented status. */
export function checkStatement(payload, { audience, nonce, now }) {
  const said = published(statementShape, payload)
  const { iss, aud, sub, jti, iat, exp, relied_until, status = {} } = said
  mustBeOrigin(iss, 'iss')
  mustBeOrigin(aud, 'aud')
  must(iss !== undefined, 'wrong-issuer', 'is missing', 'iss')
  must(aud === audience, 'wrong-audience', `is not ${audience}`, 'aud')
  must(said.nonce === nonce && nonce, 'wrong-nonce', 'is not the nonce of the request', 'nonce')
  for (const [name, id] of Object.entries({ sub, jti })) must(id && utf8(id).length <= 200, 'bad-credential', 'is not 1 to 200 bytes', name)
  must(originOf(status.mechanism) === iss, 'wrong-issuer', `is not on ${iss}`, 'status.mechanism')
  mustBeInTime(iat, exp, secondAt(now))
  must(exp - iat <= longestAcceptance, 'bad-credential', 'is missing or more than 10 minutes after iat', 'exp')
  must(relied_until > iat && relied_until - iat <= longestReliance, 'bad-credential', 'is missing or more than 30 days after iat', 'relied_until')
  checkStatus(status)
  checkEntry(said.credentialStatus, iss)
  return said
}
