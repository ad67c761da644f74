import { must } from './error.js'
import { keySetShape, readKeySet } from './key.js'
import { mustBeOrigin, originOf } from './origin.js'
import { boolean, integer, list, object, published, string } from './shape.js'
import { mustBeInTime, secondAt } from './time.js'
import { parseToken, types, verify } from './token.js'

const endpoints = ['authorization_endpoint', 'token_endpoint', 'pushed_authorization_request_endpoint']

const entityShape = object({
  iss: string,
  sub: string,
  iat: integer,
  exp: integer,
  jwks: keySetShape,
  metadata: object({
    bonafide_issuer: object({
      name: string,
      protocol_versions: list(string),
      mechanisms: list(string),
      admission: string,
      outcome_endpoint: string,
      ruling_endpoint: string,
    }),
    bonafide_verifier: object({
      name: string,
      protocol_versions: list(string),
      conversions: list(string),
      initiate_import_uri: string,
      redeem_referral_uri: string,
    }),
    oauth_authorization_server: object({
      issuer: string,
      ...Object.fromEntries(endpoints.map((name) => [name, string])),
      require_pushed_authorization_requests: boolean,
      response_types_supported: list(string),
      grant_types_supported: list(string),
      code_challenge_methods_supported: list(string),
      token_endpoint_auth_methods_supported: list(string),
      token_endpoint_auth_signing_alg_values_supported: list(string),
      authorization_response_iss_parameter_supported: boolean,
      authorization_details_types_supported: list(string),
    }),
    oauth_client: object({
      client_name: string,
      redirect_uris: list(string),
      token_endpoint_auth_method: string,
      grant_types: list(string),
      jwks: keySetShape,
    }),
  }),
})

/**
 * Opens the entity configuration of an origin, with the keys in it.
 * @param {string} token
 * @param {{origin: string, now: Date | string | number}} expected
 * @returns {Promise<any>} its payload
 */
export async function openEntity(token, { origin, now }) {
  const parsed = parseToken(token, types.entity)
  await verify(parsed, readKeySet(published(entityShape, parsed.payload).jwks))
  return checkEntity(parsed.payload, { issuer: origin, now })
}

/** Checks the payload of an entity configuration. */
export function checkEntity(payload, { issuer, now }) {
  const said = published(entityShape, payload)
  mustBeOrigin(said.iss, 'iss')
  mustBeOrigin(said.sub, 'sub')
  must(said.iss === issuer && said.sub === issuer, 'wrong-issuer', `is not ${issuer}`, 'iss')
  readKeySet(said.jwks)
  const { oauth_client: client, oauth_authorization_server: server } = said.metadata ?? {}
  for (const [name, address] of addresses(said.metadata ?? {})) must(originOf(address) === issuer, 'bad-metadata', `is not on ${issuer}`, `metadata.${name}`)
  must(!server || server.issuer === issuer, 'bad-metadata', `is not ${issuer}`, 'metadata.oauth_authorization_server.issuer')
  if (client) readKeySet(client.jwks)
  mustBeInTime(said.iat, said.exp, secondAt(now))
  return said
}

// addresses gives every address in the metadata, the optional ones where they are there.
function addresses({ bonafide_issuer: issuer, bonafide_verifier: verifier, oauth_authorization_server: server, oauth_client: client }) {
  const found = []
  const add = (role, name, address) => found.push([`${role}.${name}`, address])
  for (const address of issuer?.mechanisms ?? []) add('bonafide_issuer', 'mechanisms', address)
  for (const name of ['outcome_endpoint', 'ruling_endpoint']) if (issuer?.[name] !== undefined) add('bonafide_issuer', name, issuer[name])
  for (const address of verifier?.conversions ?? []) add('bonafide_verifier', 'conversions', address)
  if (verifier) add('bonafide_verifier', 'initiate_import_uri', verifier.initiate_import_uri)
  if (verifier?.redeem_referral_uri !== undefined) add('bonafide_verifier', 'redeem_referral_uri', verifier.redeem_referral_uri)
  if (server) for (const name of endpoints) add('oauth_authorization_server', name, server[name])
  for (const address of client?.redirect_uris ?? []) add('oauth_client', 'redirect_uris', address)
  return found
}
