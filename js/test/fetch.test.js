import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import { test } from 'node:test'
import { getter } from '../fetch.js'
import { fetchPublic } from '../node.js'

const types = ['text/plain']

// answers returns a fetch that answers by path, and notes what it was asked for.
function answers(pages) {
  const asked = []
  const fetch = async (address) => {
    asked.push(address)
    const [status, headers, body = ''] = pages[address] ?? [404, {}]
    return new Response(body, { status, headers })
  }
  return { asked, fetch }
}

const here = 'https://bazar.example'
const to = (location) => [302, { location }]
const text = [200, { 'content-type': 'text/plain; charset=utf-8' }, 'good']

test('three redirects within the site are followed', async () => {
  const { asked, fetch } = answers({ [`${here}/1`]: to('/2'), [`${here}/2`]: to(`${here}/3`), [`${here}/3`]: to('4'), [`${here}/4`]: text })
  assert.equal(Buffer.from(await getter(fetch)(`${here}/1`, types)).toString(), 'good')
  assert.equal(asked.length, 4)
})

test('no further one, and none to elsewhere', async () => {
  const { asked, fetch } = answers({ [`${here}/1`]: to('/1') })
  await assert.rejects(getter(fetch)(`${here}/1`, types), { code: 'bad-redirect' })
  assert.equal(asked.length, 4)
  for (const location of [
    'https://other.example/', 'http://bazar.example/', `${here}:8443/`, '//other.example/', '/\\other.example/', 'https://127.0.0.1/',
    'https://bazar.example@other.example/', 'https://user@bazar.example/', 'file:///etc/passwd', 'http://%zz/',
  ]) {
    const { asked, fetch } = answers({ [`${here}/1`]: to(location) })
    await assert.rejects(getter(fetch)(`${here}/1`, types), { code: 'bad-redirect' }, location)
    assert.deepEqual(asked, [`${here}/1`])
  }
})

test('a redirect that leads nowhere', async () => {
  const { fetch } = answers({ [`${here}/1`]: [302, {}] })
  await assert.rejects(getter(fetch)(`${here}/1`, types), { code: 'bad-redirect' })
})

// serving has a server on this machine answer while use runs.
async function serving(answer, use) {
  const server = createServer(answer)
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
  try {
    return await use(server.address().port)
  } finally {
    server.closeAllConnections()
    server.close()
  }
}

const options = () => ({ headers: {}, signal: AbortSignal.timeout(120_000) })

test('names under .localhost are here, other private addresses are refused', async () => {
  const answer = (request, response) => response.setHeader('x-asked', JSON.stringify(request.headers)).end('good')
  await serving(answer, async (port) => {
    const { status, headers } = await fetchPublic(`http://bazar.localhost:${port}/`, options())
    assert.equal(status, 200)
    assert.deepEqual(Object.keys(JSON.parse(headers.get('x-asked'))).sort(), ['accept-encoding', 'connection', 'host'])
    for (const host of ['localhost', '127.0.0.1', '[::ffff:127.0.0.1]']) {
      await assert.rejects(fetchPublic(`http://${host}:${port}/`, options()), { code: 'address-refused' }, host)
    }
  })
})

test('no compression, no large header, no other protocol', async () => {
  const compressed = (_, response) => response.setHeader('content-encoding', 'gzip').end()
  const large = (_, response) => response.setHeader('x-large', 'a'.repeat(70000)).end()
  const other = (_, response) => response.writeHead(101, { connection: 'upgrade', upgrade: 'other' }).end()
  for (const answer of [compressed, large, other]) {
    await serving(answer, (port) => assert.rejects(fetchPublic(`http://a.localhost:${port}/`, options()), { code: 'bad-answer' }))
  }
})

test('two media types are none', async () => {
  for (const first of ['text/plain', 'text/plain; charset=utf-8']) {
    const answer = (_, response) => response.setHeader('content-type', [first, 'text/html']).end('good')
    await serving(answer, (port) => assert.rejects(getter(fetchPublic)(`http://a.localhost:${port}/`, types), { code: 'bad-answer' }))
  }
})
