// How the answer to an authorization request comes back to the client.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { consent, enterPassword, expectPage } from './support/browser.mjs'
import { eventually } from './support/process.mjs'
import { rig } from './support/rig.mjs'

const the = rig()

test('form_post: the answer is a form that sends itself', async () => {
  const user = await the.installation.user()
  const page = await the.person()
  const request = the.party.request({ response_mode: 'form_post' })
  await page.goto(request.url)
  await enterPassword(page, user)
  await consent(page)
  assert.equal((await the.party.tokens(page, request, 'POST')).claims.sub, user.id)
  assert.deepEqual(page.faults, [])
})

test('form_post without script: a button sends the form', async () => {
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

test('form_post: errors come the same way', async () => {
  const page = await the.person()
  const request = the.party.request({ response_mode: 'form_post', prompt: 'none' })
  await page.goto(request.url)
  assert.equal((await the.party.answer(page, request, 'POST')).error, 'login_required')
})

test('fragment: the answer is behind the #, which no server sees', async () => {
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

test('a request by POST is as good as one by GET, from another site too', async () => {
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
  ['an unknown client', { client_id: 'nobody' }],
  ['a redirect URI that is not registered', { redirect_uri: 'https://evil.example/callback' }],
]) {
  test(`${what} gets a page and never a redirect, with a number that is in the log`, async () => {
    const page = await the.person()
    const response = await page.goto(the.party.request(extra).url)
    assert.equal(response.status(), 400)
    await expectPage(page, 'Something went wrong')
    assert.ok(page.url().startsWith(the.installation.issuer))
    const number = await page.locator('dd code').innerText()
    await eventually(`${number} in the log`, () => the.installation.server.log.includes(number))
  })
}
