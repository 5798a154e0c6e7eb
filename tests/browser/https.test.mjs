// The server behind a proxy that terminates TLS, as in production.

import assert from 'node:assert/strict'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { request as httpRequest } from 'node:http'
import { createServer } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { consent, enterPassword, expectPage } from './support/browser.mjs'
import { freePort, run } from './support/process.mjs'
import { rig } from './support/rig.mjs'

const port = await freePort()
const issuer = `https://localhost:${port}`
const the = rig({ settings: { ISSUER: issuer } })
let proxy

before(async () => {
  const folder = mkdtempSync(join(tmpdir(), 'countersign-tls-'))
  const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')]
  const kind = ['-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-subj', '/CN=localhost']
  await run('openssl', ['req', ...kind, '-keyout', key, '-out', cert])
  proxy = createServer({ key: readFileSync(key), cert: readFileSync(cert) }, (incoming, outgoing) => {
    const { method, headers, url } = incoming
    const target = new URL(url, the.installation.address)
    const passed = httpRequest(target, { method, headers }, (answer) => {
      outgoing.writeHead(answer.statusCode, answer.rawHeaders)
      answer.pipe(outgoing)
    })
    passed.on('error', () => outgoing.destroy())
    incoming.pipe(passed)
  }).listen(port, '127.0.0.1')
  await once(proxy, 'listening')
  rmSync(folder, { recursive: true })
})
after(() => {
  proxy?.close()
  proxy?.closeAllConnections()
})

test('every cookie is host-only, secure, HttpOnly and SameSite', async () => {
  const user = await the.installation.user()
  const page = await the.person({ ignoreHTTPSErrors: true })
  const request = the.party.request()
  await page.goto(request.url)
  await enterPassword(page, user)
  await expectPage(page, /wants to access your account$/)
  const cookies = (await page.context().cookies()).filter(({ domain }) => domain === 'localhost')
  assert.ok(cookies.some(({ name }) => name === '__Host-countersign-session'))
  for (const { name, httpOnly, secure, sameSite, path } of cookies) {
    assert.ok(name.startsWith('__Host-'), name)
    assert.deepEqual([httpOnly, secure, sameSite, path], [true, true, 'Lax', '/'], name)
  }
  await consent(page)
  assert.equal((await the.party.tokens(page, request)).claims.sub, user.id)
})

test('pages have security headers, and URLs contain no credentials', async () => {
  const user = await the.installation.user()
  const page = await the.person({ ignoreHTTPSErrors: true })
  const addresses = []
  page.on('request', (request) => addresses.push(request.url()))
  const request = the.party.request()
  const response = await page.goto(request.url)
  const headers = await response.allHeaders()
  assert.match(headers['content-security-policy'], /default-src 'none'/)
  assert.match(headers['content-security-policy'], /frame-ancestors 'none'/)
  assert.doesNotMatch(headers['content-security-policy'], /unsafe/)
  assert.equal(headers['x-frame-options'], 'DENY')
  assert.equal(headers['x-content-type-options'], 'nosniff')
  assert.ok(headers['referrer-policy'])
  assert.ok(headers['strict-transport-security'])
  assert.equal(headers['cache-control'], 'no-store')
  await enterPassword(page, user)
  await consent(page)
  await the.party.receives(page, '/callback')
  for (const address of addresses) assert.ok(!address.includes(user.password) && !address.includes(encodeURIComponent(user.email)), address)
})
