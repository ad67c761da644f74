import { BonafideError, must } from './error.js'
import { openBadge } from './badge.js'
import { openDIDDocument } from './key.js'
import { openStatusList } from './list.js'
import { originOf } from './origin.js'

const secondsEach = 5
const secondsInAll = 10
const mostBody = 1048576

/**
 * What became of a badge that was checked.
 * @typedef {{badge: import('./badge.js').Badge, revoked: boolean}} Checked
 *   revoked: the issuer says that it no longer holds
 */

/**
 * Fetches a badge, its issuer's keys and its status list, and checks them. A badge that isn't right rejects with
 * a BonafideError; so does one of which it can't be told whether it still holds (`status-unknown`).
 * @param {string} address of the badge, with or without .jwt
 * @param {{fetch?: typeof fetch, now?: () => number, local?: boolean}} [given]
 *   fetch, now: in place of the platform's; local: whether names under .localhost may be visited over http
 * @returns {Promise<Checked>}
 */
export async function check(address, { fetch = globalThis.fetch, now = Date.now, local = false } = {}) {
  const id = address.replace(/\.jwt$/, '')
  const issuer = originOf(id)
  must(issuer && !id.includes('?'), 'bad-origin', 'is no address of a badge')
  mustBeAllowed(issuer, local)
  const get = getter(fetch)
  const token = text(await get(`${id}.jwt`, ['application/vc+jwt']))
  const document = await get(`${issuer}/.well-known/did.json`, ['application/json', 'application/did+json'])
  const keys = await openDIDDocument(document, issuer)
  const badge = await openBadge(token, { keys, issuer, now: now(), address: id })
  return { badge, revoked: await isRevoked(get, badge, keys, now) }
}

// What isn't ASCII is no token, so that it doesn't matter how it is decoded.
const text = (bytes) => new TextDecoder().decode(bytes)

function mustBeAllowed(origin, local) {
  if (local && origin.startsWith('http:')) return
  const port = Number(origin.split(':')[2] ?? 443)
  must(origin.startsWith('https:') && (port === 443 || port >= 1024), 'address-refused', `${origin} may not be visited`)
}

// These say what is wrong with the list that the badge names. Any other fault leaves open what it would tell.
const ofTheList = ['status-list-foreign', 'status-list-too-short', 'index-out-of-range']

async function isRevoked(get, { issuer, entry }, keys, now) {
  const address = entry.statusListCredential
  try {
    const token = text(await get(address, ['application/vc+jwt']))
    const list = await openStatusList(token, { keys, issuer, address, now: now() })
    return list.isSet(entry.statusListIndex)
  } catch (cause) {
    if (!(cause instanceof BonafideError) || ofTheList.includes(cause.code)) throw cause
    throw new BonafideError('status-unknown', `no list in force can be had from ${address}`, { cause })
  }
}

// getter returns a function that fetches within the limits of 03.
function getter(fetch) {
  const start = performance.now()
  return async (address, mediaTypes) => {
    const left = secondsInAll * 1000 - (performance.now() - start)
    must(left > 0, 'fetch-budget', `took ${secondsInAll} seconds`)
    const stop = new AbortController()
    const timer = setTimeout(() => stop.abort(), Math.min(secondsEach * 1000, left))
    try {
      return await read(await fetch(address, options(mediaTypes, stop.signal)), address, mediaTypes)
    } catch (cause) {
      if (cause instanceof BonafideError) throw cause
      throw new BonafideError('unreachable', `${address} can't be reached`, { cause })
    } finally {
      clearTimeout(timer)
      stop.abort()
    }
  }
}

// A page sees no redirect's target, so that none is followed anywhere.
const options = (mediaTypes, signal) => ({
  headers: { accept: mediaTypes.join(', ') },
  redirect: 'manual',
  credentials: 'omit',
  referrerPolicy: 'no-referrer',
  signal,
})

async function read(answer, address, mediaTypes) {
  const redirects = answer.type === 'opaqueredirect' || (answer.status >= 300 && answer.status < 400)
  must(!redirects, 'bad-redirect', `${address} leads elsewhere`)
  must(answer.status !== 404, 'not-found', `there is nothing at ${address}`)
  must(answer.status < 500, 'unreachable', `${address} answers ${answer.status}`)
  must(answer.status === 200, 'bad-answer', `${address} answers ${answer.status}`)
  const type = (answer.headers.get('content-type') ?? '').split(';')[0].trim().toLowerCase()
  must(mediaTypes.includes(type), 'bad-answer', `${address} is of type ${type}`)
  return collect(answer.body, address)
}

async function collect(body, address) {
  const chunks = []
  let length = 0
  const reader = body?.getReader()
  for (let part = await reader?.read(); part && !part.done; part = await reader.read()) {
    length += part.value.length
    must(length <= mostBody, 'bad-answer', `${address} is larger than ${mostBody} bytes`)
    chunks.push(part.value)
  }
  const whole = new Uint8Array(length)
  let at = 0
  for (const chunk of chunks) {
    whole.set(chunk, at)
    at += chunk.length
  }
  return whole
}
