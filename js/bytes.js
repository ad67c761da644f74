const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
const values = new Map([...alphabet].map((character, i) => [character, i]))

/**
 * Decodes unpadded base64url in its one canonical spelling (BF-TOKEN-2).
 * @param {string} text
 * @returns {Uint8Array | undefined} undefined where it is spelt otherwise
 */
export function fromBase64url(text) {
  if (text.length % 4 === 1) return undefined
  const bytes = new Uint8Array(Math.floor((text.length * 3) / 4))
  let held = 0
  let bits = 0
  let at = 0
  for (const character of text) {
    const value = values.get(character)
    if (value === undefined) return undefined
    held = (held << 6) | value
    bits += 6
    if (bits >= 8) {
      bits -= 8
      bytes[at++] = held >> bits
      held &= (1 << bits) - 1
    }
  }
  return held === 0 ? bytes : undefined
}

/**
 * @param {Uint8Array} bytes
 * @returns {string}
 */
export function toBase64url(bytes) {
  let text = ''
  for (let i = 0; i < bytes.length; i += 3) {
    const left = bytes.length - i
    const three = (bytes[i] << 16) | ((bytes[i + 1] ?? 0) << 8) | (bytes[i + 2] ?? 0)
    for (let j = 0; j <= Math.min(left, 3); j++) text += alphabet[(three >> (18 - 6 * j)) & 63]
  }
  return text
}

/**
 * @param {string} text
 * @returns {Uint8Array}
 */
export const utf8 = (text) => new TextEncoder().encode(text)

/**
 * @param {Uint8Array} bytes
 * @returns {Promise<string>} the unpadded base64url of their SHA-256
 */
export async function sha256(bytes) {
  return toBase64url(new Uint8Array(await crypto.subtle.digest('SHA-256', bytes)))
}
