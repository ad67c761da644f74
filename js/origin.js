import { must } from './error.js'

const hostForm = /^(?=.{1,253}$)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?$/
const originForm = /^(https?):\/\/([^/:?#@]+)(?::([1-9][0-9]{0,4}))?$/
const addressForm = /^(https?:\/\/[^/?#]*)((?:\/[A-Za-z0-9._~!$&'()*+,;=:@%-]*)*)(?:\?[A-Za-z0-9._~!$&'()*+,;=:@%/?-]*)?$/

/**
 * @param {unknown} text
 * @returns {text is string}
 */
export function isOrigin(text) {
  const found = typeof text === 'string' && originForm.exec(text)
  if (!found || !hostForm.test(found[2])) return false
  const [, scheme, host, port] = found
  if ((scheme === 'http') !== host.endsWith('.localhost')) return false
  return port === undefined || (Number(port) <= 65535 && port !== (scheme === 'http' ? '80' : '443'))
}

/**
 * The origin of an address.
 * @param {unknown} address
 * @returns {string | undefined} undefined where it is no address
 */
export function originOf(address) {
  const found = typeof address === 'string' && addressForm.exec(address)
  if (!found || !isOrigin(found[1])) return undefined
  if (/%(?![0-9A-Fa-f]{2})/.test(address)) return undefined
  const segments = found[2].split('/').slice(1)
  // %2e is a dot to whoever walks the path, browsers among them.
  const walked = segments.map((segment) => segment.replace(/%2e/gi, '.'))
  const bad = walked.some((segment, i) => segment === '.' || segment === '..' || (segment === '' && i < segments.length - 1))
  return bad ? undefined : found[1]
}

/**
 * @param {string} origin
 * @returns {string} its DID
 */
export function didOf(origin) {
  return 'did:web:' + origin.replace(/^https?:\/\//, '').replace(':', '%3A')
}

/**
 * @param {string} did
 * @returns {string | undefined} the origin whose DID it is; undefined where it is that of none
 */
export function originOfDID(did) {
  const found = /^did:web:([^:%]+)(?:%3A([0-9]+))?$/.exec(did)
  if (!found) return undefined
  const [, host, port] = found
  const origin = `${host.endsWith('.localhost') ? 'http' : 'https'}://${host}${port === undefined ? '' : ':' + port}`
  return isOrigin(origin) ? origin : undefined
}

/**
 * @param {unknown} text
 * @returns {text is string}
 */
export const isName = (text) => typeof text === 'string' && /^(?=.{1,40}$)[a-z0-9]+(?:-+[a-z0-9]+)*$/.test(text)

/**
 * @param {unknown} text
 * @returns {text is string}
 */
export const isUUID = (text) => typeof text === 'string' && /^urn:uuid:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(text)

/**
 * The origin of ORIGIN/KIND/NAME.
 * @param {unknown} address
 * @param {string} kind
 * @returns {string | undefined}
 */
export function originOfNamed(address, kind) {
  const origin = originOf(address)
  const prefix = `${origin}/${kind}/`
  return origin !== undefined && address.startsWith(prefix) && isName(address.slice(prefix.length)) ? origin : undefined
}

/** Refuses a field of type origin that is out of form; one that is absent is another requirement's affair. */
export function mustBeOrigin(value, subject) {
  must(value === undefined || isOrigin(value), 'bad-origin', 'is no origin', subject)
}
