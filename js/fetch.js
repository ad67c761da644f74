import { BonafideError, must } from './error.js'
import { originOf } from './origin.js'

const secondsEach = 5
const secondsInAll = 10
const mostBody = 1048576
const mostRedirects = 3
const redirects = [301, 302, 303, 307, 308]

/**
 * Returns a function that fetches for one verification, within the limits of 03. Those on time and on what is read are kept
 * here, those on where it goes and on the header by what it is given. A verification asks for three things, each with three
 * redirects at most, so that it can't come to 20 fetches.
 * @param {typeof fetch} fetch
 * @returns {(address: string, mediaTypes: string[]) => Promise<Uint8Array>}
 */
export function getter(fetch) {
  const start = performance.now()
  return async (address, mediaTypes) => {
    const left = secondsInAll * 1000 - (performance.now() - start)
    must(left > 0, 'fetch-budget', `took ${secondsInAll} seconds`)
    const stop = new AbortController()
    const timer = setTimeout(() => stop.abort(), Math.min(secondsEach * 1000, left))
    try {
      return await read(await follow(fetch, address, options(mediaTypes, stop.signal)), address, mediaTypes)
    } catch (cause) {
      if (cause instanceof BonafideError) throw cause
      must(left > secondsEach * 1000 || !stop.signal.aborted, 'fetch-budget', `took ${secondsInAll} seconds`)
      throw new BonafideError('unreachable', `${address} can't be reached`, { cause })
    } finally {
      clearTimeout(timer)
      stop.abort()
    }
  }
}

const options = (mediaTypes, signal) => ({
  headers: { accept: mediaTypes.join(', ') },
  redirect: 'manual',
  credentials: 'omit',
  referrerPolicy: 'no-referrer',
  signal,
})

// follow follows redirects within the origin. A page sees no redirect's target, so that none is followed there.
async function follow(fetch, first, options) {
  let address = first
  for (let left = mostRedirects; ; left--) {
    const answer = await fetch(address, options)
    if (!redirects.includes(answer.status)) return answer
    must(left > 0, 'bad-redirect', `${first} leads on more than ${mostRedirects} times`)
    address = target(address, answer.headers.get('location'))
    must(address && originOf(address) === originOf(first), 'bad-redirect', `${first} leads to another site`)
    await answer.body?.cancel()
  }
}

function target(address, location) {
  try {
    return location === null ? undefined : new URL(location, address).href
  } catch {
    return undefined
  }
}

async function read(answer, address, mediaTypes) {
  must(answer.type !== 'opaqueredirect', 'bad-redirect', `${address} leads elsewhere`)
  must(answer.status !== 404 && answer.status !== 410, 'not-found', `there is nothing at ${address}`)
  must(answer.status < 500 && answer.status !== 429, 'unreachable', `${address} answers ${answer.status}`)
  must(answer.status === 200, 'bad-answer', `${address} answers ${answer.status}`)
  const given = answer.headers.get('content-type') ?? ''
  const type = given.split(';')[0].trim().toLowerCase()
  // Two fields are joined by a comma, wherever it stands: then it is of no one type.
  must(mediaTypes.includes(type) && !given.includes(','), 'bad-answer', `${address} is of type ${given}`)
  return collect(answer.body, address)
}

// collect reads into one buffer that grows: a chunk may have a single byte, and an object for each would be a hundred times that.
async function collect(body, address) {
  let whole = new Uint8Array(4096)
  let length = 0
  const reader = body?.getReader()
  for (let part = await reader?.read(); part && !part.done; part = await reader.read()) {
    const end = length + part.value.length
    must(end <= mostBody, 'bad-answer', `${address} is larger than ${mostBody} bytes`)
    if (end > whole.length) {
      const larger = new Uint8Array(Math.max(end, 2 * whole.length))
      larger.set(whole)
      whole = larger
    }
    whole.set(part.value, length)
    length = end
  }
  return whole.slice(0, length)
}
