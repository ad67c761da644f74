// Opens what a site signs with jose, as somebody would who has never heard of this project and has
// nothing but what the site publishes. Reads {origin, did, badges, list, mechanism, entity} from standard
// input: a DID document and tokens. Writes what they say.
import { text } from 'node:stream/consumers'
import { gunzipSync } from 'node:zlib'
import { createLocalJWKSet, decodeJwt, decodeProtectedHeader, importJWK, jwtVerify } from 'jose'

const given = JSON.parse(await text(process.stdin))
const checks = { algorithms: ['ES256'], clockTolerance: 60 }

// open verifies a token by the key of the DID document that its header names.
async function open(token, typ, issuer) {
  const { kid } = decodeProtectedHeader(token)
  const method = given.did.verificationMethod.find((m) => m.id === kid && given.did.assertionMethod.includes(kid))
  if (!method) throw new Error(`${given.did.id} has no key ${kid}`)
  const { payload } = await jwtVerify(token, await importJWK(method.publicKeyJwk, 'ES256'), { ...checks, typ, issuer })
  return payload
}

const { origin, did: { id: did } } = given
const badges = await Promise.all(given.badges.map((badge) => open(badge, 'vc+jwt', did)))
const list = await open(given.list, 'vc+jwt', did)
const bits = gunzipSync(Buffer.from(list.credentialSubject.encodedList.slice(1), 'base64url'))
const revoked = badges.map(({ credentialStatus: { statusListCredential, statusListIndex: i } }) => {
  if (statusListCredential !== list.id) throw new Error(`${statusListCredential} is another list`)
  return (bits[i >> 3] & (0x80 >> (i & 7))) !== 0
})
const { mechanism } = await open(given.mechanism, 'bonafide-mechanism+jwt', origin)
const { payload: entity } = await jwtVerify(given.entity, createLocalJWKSet(decodeJwt(given.entity).jwks), {
  ...checks, typ: 'entity-statement+jwt', issuer: origin, subject: origin,
})

console.log(JSON.stringify({ levels: badges.map(levelOf), revoked, mechanism: mechanism.id, issuer: Boolean(entity.metadata.bonafide_issuer) }))

function levelOf(badge) {
  return badge.credentialSubject.result.find((r) => r.achievedLevel)?.achievedLevel
}
