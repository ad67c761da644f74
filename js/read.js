// Tells whether a badge may be relied on now: the topic read of the command protocol.
import { check } from './check.js'
import { must } from './error.js'
import { fetchPublic } from './node.js'

const lists = new Map()

/**
 * @param {{address: string}} input
 * @returns {Promise<{}>}
 */
export async function read({ address }) {
  const { revoked } = await check(address, { fetch: fetchPublic, local: true, lists })
  must(!revoked, 'revoked', `the bit of ${address} is set`)
  return {}
}
