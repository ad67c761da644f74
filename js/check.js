import { BonafideError, must } from './error.js'
import { openBadge } from './badge.js'
import { getter } from './fetch.js'
import { openDIDDocument } from './key.js'
import { openStatusList } from './list.js'
import { originOf } from './origin.js'
import { secondAt } from './time.js'

/**
 * What became of a badge that was checked.
 * @typedef {{badge: import('./badge.js').Badge, revoked: boolean}} Checked
 *   revoked: the issuer says that it no longer holds
 */

/**
 * Fetches a badge, its issuer's keys and its status list, and checks them. A badge that isn't right rejects with
 * a BonafideError; so does one of which it can't be told whether it still holds (`status-unknown`).
 * @param {string} address of the badge, with or without .jwt
 * @param {{fetch?: typeof fetch, now?: () => number, local?: boolean, lists?: Map<string, number>}} [given]
 *   fetch, now: in place of the platform's; local: whether names under .localhost may be visited over http; lists: what
 *   was seen of status lists, one Map for all checks, so that none goes back to an older one
 * @returns {Promise<Checked>}
 */
export async function check(address, { fetch = globalThis.fetch, now = Date.now, local = false, lists = new Map() } = {}) {
  const id = address.replace(/\.jwt$/, '')
  const issuer = originOf(id)
  must(issuer && !id.includes('?'), 'bad-origin', 'is no address of a badge')
  mustBeAllowed(issuer, local)
  const get = getter(fetch)
  const token = text(await get(`${id}.jwt`, ['application/vc+jwt']))
  const document = await get(`${issuer}/.well-known/did.json`, ['application/json', 'application/did+json'])
  const keys = await openDIDDocument(document, issuer)
  const badge = await openBadge(token, { keys, issuer, now: now(), address: id })
  return { badge, revoked: await isRevoked(get, badge, keys, now, lists) }
}

// Of a list that has ended since nothing older is in force, so that it needn't be remembered.
function remember(lists, address, validFrom, now) {
  for (const [other, from] of lists) if (from < now - longestList) lists.delete(other)
  lists.set(address, validFrom)
}

// The longest that a list is in force, with the leeway, in seconds.
const longestList = 72 * 3600 + 60

// What isn't ASCII is no token, so that it doesn't matter how it is decoded.
const text = (bytes) => new TextDecoder().decode(bytes)

function mustBeAllowed(origin, local) {
  if (local && origin.startsWith('http:')) return
  const port = Number(origin.split(':')[2] ?? 443)
  must(origin.startsWith('https:') && (port === 443 || port >= 1024), 'address-refused', `${origin} may not be visited`)
}

// These say what is wrong with the list that the badge names. Any other fault leaves open what it would tell.
const ofTheList = ['status-list-foreign', 'status-list-too-short', 'index-out-of-range']

async function isRevoked(get, { issuer, entry }, keys, now, lists) {
  const address = entry.statusListCredential
  try {
    const token = text(await get(address, ['application/vc+jwt']))
    const list = await openStatusList(token, { keys, issuer, address, now: now() })
    must(list.validFrom >= (lists.get(address) ?? 0), 'bad-status-list', 'goes back to an older one', address)
    remember(lists, address, list.validFrom, secondAt(now()))
    return list.isSet(entry.statusListIndex)
  } catch (cause) {
    if (!(cause instanceof BonafideError) || ofTheList.includes(cause.code)) throw cause
    throw new BonafideError('status-unknown', `no list in force can be had from ${address}`, { cause })
  }
}
