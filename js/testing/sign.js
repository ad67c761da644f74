// What an issuer does, as far as tests need it.
import { gzipSync } from 'node:zlib'
import { thumbprint } from '../key.js'
import { toBase64url, utf8 } from '../bytes.js'
import { didOf } from '../origin.js'
import { instantOf } from '../time.js'

const algorithms = {
  ES256: [{ name: 'ECDSA', namedCurve: 'P-256' }, { name: 'ECDSA', hash: 'SHA-256' }],
  EdDSA: [{ name: 'Ed25519' }, { name: 'Ed25519' }],
}

const part = (value) => toBase64url(utf8(JSON.stringify(value)))

/** Makes an issuer with a fresh key, its DID document and a function that signs. */
export async function makeIssuer(origin, alg) {
  const [made, used] = algorithms[alg]
  const { privateKey, publicKey } = await crypto.subtle.generateKey(made, true, ['sign', 'verify'])
  const { kty, crv, x, y } = await crypto.subtle.exportKey('jwk', publicKey)
  const did = didOf(origin)
  const kid = `${did}#${await thumbprint({ jwk: { kty, crv, x, y } })}`
  const method = { id: kid, type: 'JsonWebKey2020', controller: did, publicKeyJwk: { kty, crv, x, y } }
  return {
    document: { id: did, verificationMethod: [method], assertionMethod: [kid] },
    async sign(payload, typ = 'vc+jwt') {
      const signed = `${part({ alg, kid, typ })}.${part(payload)}`
      return `${signed}.${toBase64url(new Uint8Array(await crypto.subtle.sign(used, privateKey, utf8(signed))))}`
    },
  }
}

/** The payload of a list whose given entries are set. */
export function listAt(address, nbf, ...set) {
  const bits = Buffer.alloc(16384)
  for (const i of set) bits[i >> 3] |= 128 >> (i & 7)
  const issuer = didOf(new URL(address).origin)
  const exp = nbf + 72 * 3600
  return {
    id: address, jti: address, issuer, iss: issuer, type: ['VerifiableCredential', 'BitstringStatusListCredential'],
    nbf, exp, validFrom: instantOf(nbf), validUntil: instantOf(exp),
    credentialSubject: { type: 'BitstringStatusList', statusPurpose: 'revocation', encodedList: 'u' + toBase64url(gzipSync(bits)) },
  }
}
