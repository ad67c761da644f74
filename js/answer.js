// Answers a case of the test vectors: what an implementation that is judged by them does with its input.
import { BonafideError, must } from './error.js'
import { checkBadge } from './badge.js'
import { convert } from './convert.js'
import { checkEntity, openEntity } from './entity.js'
import { parseJSON } from './json.js'
import { keySetShape, openDIDDocument, readKeySet } from './key.js'
import { openStatusList } from './list.js'
import { checkSignedMechanism, readMechanism } from './mechanism.js'
import { originOf, originOfDID, isOrigin } from './origin.js'
import { read } from './read.js'
import { published } from './shape.js'
import { compareShare } from './share.js'
import { checkStatement } from './status.js'
import { checkSignedTable, checkTable, readTable } from './table.js'
import { parseToken, verify } from './token.js'

const objects = {
  json: ({ text }) => parseJSON(text),
  origin: ({ text }) => must(isOrigin(text), 'bad-origin', 'is no origin'),
  address: ({ text }) => must(originOf(text), 'bad-origin', 'is no address'),
  did: ({ text }) => must(originOfDID(text), 'bad-origin', 'is no DID of an origin'),
  mechanism: ({ text }) => readMechanism(text),
  table: ({ text }) => readTable(text),
  'signed-mechanism': ({ text, now }) => checkSignedMechanism(parseJSON(text), now),
  'signed-table': ({ text, now }) => checkSignedTable(parseJSON(text), now),
  badge: ({ text, ...expected }) => checkBadge(parseJSON(text), expected),
  'consented-status': ({ text, ...expected }) => checkStatement(parseJSON(text), expected),
  'entity-configuration': ({ text, ...expected }) => checkEntity(parseJSON(text), expected),
}

async function token(input) {
  if (input.self_signed) {
    await openEntity(input.token, input)
    return {}
  }
  const parsed = parseToken(input.token, input.typ)
  const keys = input.did ? await openDIDDocument(JSON.stringify(input.did), input.origin) : readKeySet(published(keySetShape, input.jwks))
  await verify(parsed, keys)
  return {}
}

const topics = {
  token,
  key: token,
  async statuslist({ did, index, ...expected }) {
    const keys = await openDIDDocument(JSON.stringify(did), expected.issuer)
    const list = await openStatusList(expected.token, { keys, ...expected })
    return { result: { set: list.isSet(index) } }
  },
  parse(input) {
    objects[input.object](input)
    return {}
  },
  share({ positive, total, at_least, z2 }) {
    return { result: { holds: compareShare({ positive: BigInt(positive), total: BigInt(total), at_least, z2 }).holds } }
  },
  conversion(question) {
    const result = convert(question)
    const counts = result.inputs.length === 0 || result.inputs.some(({ used }) => used)
    return { expect: counts ? 'ok' : result.inputs[0].reason, result }
  },
  table({ table, ...mechanisms }) {
    checkTable(table, mechanisms)
    return {}
  },
  read,
}

/**
 * @param {{topic: string, input: any}} question
 * @returns {Promise<{expect: string, result?: any} | {unsupported: true}>}
 */
export async function answer({ topic, input }) {
  if (!Object.hasOwn(topics, topic) || (topic === 'parse' && !Object.hasOwn(objects, input.object))) return { unsupported: true }
  try {
    return { expect: 'ok', ...(await topics[topic](input)) }
  } catch (fault) {
    if (!(fault instanceof BonafideError)) throw fault
    return { expect: fault.code, ...(topic === 'table' ? { result: { subject: fault.subject } } : {}) }
  }
}
