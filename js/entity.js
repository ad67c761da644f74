import { must } from './error.js'
import { keySetShape, readKeySet } from './key.js'
import { mustBeOrigin, originOf } from './origin.js'
import { boolean, integer, list, object, published, string } from './shape.js'
import { mustBeInTime, secondAt } from './time.js'
import { isShown } from './text.js'
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
  checkRoles(said.metadata ?? {})
  for (const [name, address] of addresses(said.metadata ?? {})) must(originOf(address) === issuer, 'bad-metadata', `is not on ${issuer}`, `metadata.${name}`)
  must(!server || server.issuer === issuer, 'bad-metadata', `is not ${issuer}`, 'metadata.oauth_authorization_server.issuer')
  if (client) readKeySet(client.jwks)
  checkKeys(said)
  mustBeInTime(said.iat, said.exp, secondAt(now))
  return said
}

const right = (holds, detail, subject) => must(holds, 'bad-metadata', detail, `metadata.${subject}`)
const isMajor = (version) => /^[1-9][0-9]*$/.test(version) && BigInt(version) <= 2n ** 53n

// checkRoles looks at the versions first: what another one would have there isn't known.
function checkRoles({ bonafide_issuer: issuer, bonafide_verifier: verifier, oauth_authorization_server: server, oauth_client: client }) {
  const roles = Object.entries({ bonafide_issuer: issuer, bonafide_verifier: verifier }).filter(([, role]) => role)
  for (const [name, { protocol_versions: versions = [] }] of roles) {
    right(versions.length >= 1 && versions.length <= 16 && versions.every(isMajor), 'are no major versions', `${name}.protocol_versions`)
    must(versions.includes('1'), 'no-common-version', 'lack 1', `metadata.${name}.protocol_versions`)
  }
  for (const [name, role] of roles) right(isShown(role.name), "can't be shown", `${name}.name`)
  right(!issuer || ['open', 'listed'].includes(issuer.admission), 'is not open or listed', 'bonafide_issuer.admission')
  if (server) checkServer(server)
  if (client) checkClient(client)
}

// What is signed for one purpose must never pass for another, whatever a key is called.
function checkKeys({ jwks: own, metadata: { oauth_client: client } = {} }) {
  const isOwn = ({ x, y }) => own?.keys?.some((key) => key.x === x && key.y === y)
  right(!client?.jwks?.keys?.some(isOwn), 'has a key that also signs the configuration', 'oauth_client.jwks')
}

const used = {
  response_types_supported: ['code'],
  grant_types_supported: ['authorization_code', 'refresh_token'],
  code_challenge_methods_supported: ['S256'],
  token_endpoint_auth_methods_supported: ['private_key_jwt'],
  token_endpoint_auth_signing_alg_values_supported: ['ES256', 'EdDSA'],
  authorization_details_types_supported: ['bonafide_status'],
}

function checkServer(server) {
  const role = 'oauth_authorization_server'
  right(server.require_pushed_authorization_requests && server.authorization_response_iss_parameter_supported, "doesn't want pushed requests or tell iss", role)
  for (const [name, values] of Object.entries(used)) right(values.every((value) => server[name]?.includes(value)), `lacks one of ${values}`, `${role}.${name}`)
}

function checkClient({ client_name, redirect_uris = [], token_endpoint_auth_method, grant_types = [] }) {
  right(token_endpoint_auth_method === 'private_key_jwt', 'is not private_key_jwt', 'oauth_client.token_endpoint_auth_method')
  right(grant_types.includes('authorization_code'), 'lacks authorization_code', 'oauth_client.grant_types')
  right(redirect_uris.length > 0, 'is empty', 'oauth_client.redirect_uris')
  right(isShown(client_name), "can't be shown", 'oauth_client.client_name')
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
