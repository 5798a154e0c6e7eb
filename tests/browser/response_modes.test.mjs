// Response modes of the authorization endpoint, and its error pages.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { consent, enterPassword, expectPage } from './support/browser.mjs'
import { eventually } from './support/process.mjs'
import { rig } from './support/rig.mjs'

const the = rig()

test('form_post: the response is a form that submits itself', async () => {
  const user = await the.installation.user()
  const page = await the.person()
  const request = the.party.request({ response_mode: 'form_post' })
  await page.goto(request.url)
  await enterPassword(page, user)
  await consent(page)
  assert.equal((await the.party.tokens(page, request, 'POST')).claims.sub, user.id)
  assert.deepEqual(page.faults, [])
})

test('form_post without JavaScript: a button submits the form', async () => {
  const user = await the.installation.user()
  const page = await the.person({ javaScriptEnabled: false })
  const request = the.party.request({ response_mode: 'form_post' })
  await page.goto(request.url)
  await enterPassword(page, user)
  await consent(page)
  await expectPage(page, 'One moment')
  await page.getByRole('button', { name: 'Continue' }).click()
  assert.equal((await the.party.tokens(page, request, 'POST')).claims.sub, user.id)
})

test('form_post: errors use the same response mode', async () => {
  const page = await the.person()
  const request = the.party.request({ response_mode: 'form_post', prompt: 'none' })
  await page.goto(request.url)
  assert.equal((await the.party.answer(page, request, 'POST')).error, 'login_required')
})

test('fragment: the response is in the URL fragment', async () => {
  const user = await the.installation.user()
  const party = await the.client()
  const page = await the.person()
  const request = party.request({ response_mode: 'fragment' })
  await page.goto(request.url)
  await enterPassword(page, user)
  await consent(page)
  await page.waitForURL(`${party.redirectUri}#*`)
  const answer = new URLSearchParams(new URL(page.url()).hash.slice(1))
  assert.equal(answer.get('state'), request.parameters.state)
  assert.equal(answer.get('iss'), the.installation.issuer)
  assert.ok(answer.get('code'))
  assert.deepEqual((await party.hears('/callback')).parameters, {})
})

test('a cross-site POST request works like a GET request', async () => {
  const user = await the.installation.user()
  const page = await the.person()
  const request = the.party.request()
  await page.goto(`${the.party.origin}/`)
  await page.evaluate(([action, parameters]) => {
    const form = Object.assign(document.createElement('form'), { method: 'post', action })
    for (const [name, value] of Object.entries(parameters)) {
      form.append(Object.assign(document.createElement('input'), { type: 'hidden', name, value }))
    }
    document.body.append(form)
    form.submit()
  }, [`${the.installation.issuer}/oauth2/authorize`, request.parameters])
  await enterPassword(page, user)
  await consent(page)
  assert.equal((await the.party.tokens(page, request)).claims.sub, user.id)
})

for (const [what, extra] of [
  ['an unknown client', { client_id: 'unknown' }],
  ['a redirect URI that is not registered', { redirect_uri: 'https://evil.example/callback' }],
]) {
  test(`${what} shows an error page with a request ID from the log`, async () => {
    const page = await the.person()
    const response = await page.goto(the.party.request(extra).url)
    assert.equal(response.status(), 400)
    await expectPage(page, 'Something went wrong')
    assert.ok(page.url().startsWith(the.installation.issuer))
    const number = await page.locator('dd code').innerText()
    await eventually(`${number} in the log`, () => the.installation.server.log.includes(number))
  })
}
