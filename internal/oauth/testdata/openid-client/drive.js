// Drives the consented query with openid-client, as a site that has never heard of this project would:
// discovery, pushed request, the member's browser, code, refresh, and a refresh after the withdrawal.
// Reads {issuer, client_id, redirect_uri, member, key, details} from standard input, and writes the two
// token responses and the last error.
import { request } from 'node:http'
import { text } from 'node:stream/consumers'
import * as client from 'openid-client'

const given = JSON.parse(await text(process.stdin))

// fetchLocal is fetch for names under .localhost, which Node itself doesn't resolve.
function fetchLocal(address, { method = 'GET', headers = {}, body } = {}) {
  const url = new URL(address)
  return new Promise((resolve, reject) => {
    const sent = request(
      { host: '127.0.0.1', port: url.port, path: url.pathname + url.search, method, headers: { ...Object.fromEntries(new Headers(headers)), host: url.host } },
      async (answer) => resolve(new Response(await text(answer), { status: answer.statusCode, headers: answer.headers })),
    )
    sent.on('error', reject)
    sent.end(body?.toString())
  })
}

// browse is the member's browser, signed in at the issuer.
function browse(address, form) {
  const headers = { accept: 'text/html', 'test-member': given.member }
  if (!form) return fetchLocal(address, { headers })
  return fetchLocal(address, { method: 'POST', body: new URLSearchParams(form), headers: { ...headers, 'content-type': 'application/x-www-form-urlencoded' } })
}

const key = await crypto.subtle.importKey('jwk', given.key, { name: 'ECDSA', namedCurve: 'P-256' }, false, ['sign'])
const config = await client.discovery(
  new URL(given.issuer), given.client_id, {}, client.PrivateKeyJwt({ key, kid: given.key.kid }),
  { algorithm: 'oauth2', execute: [client.allowInsecureRequests], [client.customFetch]: fetchLocal },
)

const pkceCodeVerifier = client.randomPKCECodeVerifier()
const expectedState = client.randomState()
const page = await client.buildAuthorizationUrlWithPAR(config, {
  redirect_uri: given.redirect_uri,
  state: expectedState,
  code_challenge: await client.calculatePKCECodeChallenge(pkceCodeVerifier),
  code_challenge_method: 'S256',
  authorization_details: JSON.stringify([given.details]),
})

const shown = await (await browse(page)).text()
const form = { decision: 'allow' }
for (const [, name, value] of shown.matchAll(/<input type="hidden" name="(\w+)" value="([^"]*)">/g)) form[name] = value
const back = (await browse(config.serverMetadata().authorization_endpoint, form)).headers.get('location')

const first = await client.authorizationCodeGrant(config, new URL(back), { pkceCodeVerifier, expectedState })
const refresh = () =>
  client.refreshTokenGrant(config, first.refresh_token, {
    authorization_details: JSON.stringify([{ ...given.details, nonce: 'nonce-of-the-refresh' }]),
  })
const second = await refresh()

const consents = await (await browse(given.issuer + '/consents')).text()
await browse(given.issuer + /action="([^"]+\/withdraw)"/.exec(consents)[1], {})
const error = await refresh().catch((thrown) => thrown.error)

console.log(JSON.stringify({ first: first.bonafide_status, second: second.bonafide_status, error }))
