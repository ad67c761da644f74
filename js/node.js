// For servers under node: how to visit addresses that somebody else names. Browsers don't need it, and can't have it.
import { lookup as resolve } from 'node:dns'
import { request as requestHTTP } from 'node:http'
import { request as requestHTTPS } from 'node:https'
import { BlockList, isIP, isIPv4 } from 'node:net'
import { Readable } from 'node:stream'
import { checkServerIdentity as matches } from 'node:tls'
import { BonafideError, must } from './error.js'

const mostHeader = 65536

// What isn't on the public internet (IANA's registries of special-purpose addresses).
const notPublic = new BlockList()
for (const [address, bits] of [
  ['0.0.0.0', 8], ['10.0.0.0', 8], ['100.64.0.0', 10], ['127.0.0.0', 8], ['169.254.0.0', 16], ['172.16.0.0', 12],
  ['192.0.0.0', 24], ['192.0.2.0', 24], ['192.88.99.0', 24], ['192.168.0.0', 16], ['198.18.0.0', 15],
  ['198.51.100.0', 24], ['203.0.113.0', 24], ['224.0.0.0', 4], ['240.0.0.0', 4],
]) notPublic.addSubnet(address, bits, 'ipv4')
for (const [address, bits] of [['2001::', 23], ['2001:db8::', 32], ['2002::', 16], ['3fff::', 20]]) notPublic.addSubnet(address, bits, 'ipv6')
const global6 = new BlockList()
global6.addSubnet('2000::', 3, 'ipv6')

const isPublic = (address) =>
  isIPv4(address) ? !notPublic.check(address, 'ipv4') : global6.check(address, 'ipv6') && !notPublic.check(address, 'ipv6')

// look resolves a name, and refuses all of it if any of its addresses isn't public. It is asked as the address is dialled, so
// that it is this answer that is used. Names under .localhost, which only a caller that allows them comes to, are here.
function look(name, options, done) {
  const found = (fault, addresses) => {
    if (fault) return done(fault)
    if (options.all) return done(null, addresses)
    done(null, addresses[0].address, addresses[0].family)
  }
  if (name.endsWith('.localhost')) return found(null, [{ address: '127.0.0.1', family: 4 }])
  resolve(name, { ...options, all: true }, (fault, addresses) => {
    const refused = !fault && addresses.some(({ address }) => !isPublic(address))
    found(refused ? new BonafideError('address-refused', `${name} leads to an address that isn't public`) : fault, addresses)
  })
}

// A certificate is for the names that it lists, not for its common name (RFC 9525, section 2), as node would have it.
const checkServerIdentity = (host, certificate) =>
  certificate.subjectaltname ? matches(host, certificate) : new Error(`the certificate of ${host} lists no names`)

/**
 * Fetches for check, in place of the platform's fetch: it goes to no address that isn't public, whatever a name resolves to,
 * takes no header beyond 64 KiB, and no compression.
 * @param {string} address
 * @param {{headers: Record<string, string>, signal: AbortSignal}} options
 * @returns {Promise<{status: number, headers: {get(name: string): string | null}, body: ReadableStream<Uint8Array>}>}
 */
export async function fetchPublic(address, { headers, signal }) {
  // No name is looked up where there is none.
  const { hostname } = new URL(address)
  must(!isIP(hostname) && !hostname.startsWith('['), 'address-refused', `${address} names an IP address`)
  const request = address.startsWith('https:') ? requestHTTPS : requestHTTP
  return new Promise((resolve, reject) => {
    const asked = request(address, {
      headers: { ...headers, 'accept-encoding': 'identity' },
      signal,
      lookup: look,
      agent: false,
      maxHeaderSize: mostHeader,
      checkServerIdentity,
    })
    asked.on('error', (cause) => {
      reject(cause.code?.startsWith('HPE_') ? new BonafideError('bad-answer', `${address} answers no HTTP`, { cause }) : cause)
    })
    asked.on('upgrade', (_, socket) => {
      socket.destroy()
      reject(new BonafideError('bad-answer', `${address} speaks another protocol`))
    })
    asked.on('response', (answer) => {
      try {
        resolve(answered(answer, address))
      } catch (fault) {
        asked.destroy()
        reject(fault)
      }
    })
    asked.end()
  })
}

function answered(answer, address) {
  const get = (name) => answer.headersDistinct[name]?.join(', ') ?? null
  const encoding = get('content-encoding') ?? 'identity'
  must(encoding === 'identity', 'bad-answer', `${address} is compressed`)
  return { status: answer.statusCode, headers: { get }, body: Readable.toWeb(answer) }
}
