// Consent.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { consent, enterPassword, expectPage, logIn } from './support/browser.mjs'
import { rig } from './support/rig.mjs'

const the = rig()

test('the consent page shows the client, the user, the access and the redirect host', async () => {
  const user = await the.installation.user()
  const page = await the.person()
  await page.goto(the.party.request().url)
  await enterPassword(page, user)
  await expectPage(page, 'Photo Prints wants to access your account')
  const text = await page.locator('main').innerText()
  const host = new URL(the.party.origin).hostname
  for (const words of [user.email, 'See your email address', "Keep access while you're not using the app", host]) {
    assert.ok(text.includes(words), words)
  }
})

test('denied consent returns access_denied and can be requested again', async () => {
  const user = await the.installation.user()
  const page = await the.person()
  const refused = the.party.request()
  await page.goto(refused.url)
  await enterPassword(page, user)
  await consent(page, 'Cancel')
  const answer = await the.party.answer(page, refused)
  assert.equal(answer.error, 'access_denied')
  assert.equal(answer.code, undefined)
  const again = the.party.request()
  await page.goto(again.url)
  await consent(page)
  assert.equal((await the.party.tokens(page, again)).claims.sub, user.id)
})

test('consent is remembered until the client requests more', async () => {
  const user = await the.installation.user()
  const page = await the.person()
  const little = { scope: 'openid email' }
  await logIn(page, the.party, user, little)
  const again = the.party.request(little)
  await page.goto(again.url)
  assert.equal((await the.party.tokens(page, again)).claims.sub, user.id)
  // In another browser too: consent belongs to the user.
  const elsewhere = await the.person()
  const other = the.party.request(little)
  await elsewhere.goto(other.url)
  await enterPassword(elsewhere, user)
  assert.equal((await the.party.tokens(elsewhere, other)).claims.sub, user.id)
  const more = the.party.request({ scope: 'openid email profile' })
  await page.goto(more.url)
  await consent(page)
  await the.party.tokens(page, more)
})

test("consent of one user does not apply to another", async () => {
  const [ada, grace] = [await the.installation.user(), await the.installation.user()]
  await logIn(await the.person(), the.party, ada)
  const page = await the.person()
  await page.goto(the.party.request().url)
  await enterPassword(page, grace)
  await expectPage(page, /wants to access your account$/)
})

test('a first-party client needs no consent', async () => {
  const user = await the.installation.user()
  const own = await the.client({ options: () => ['--first-party'] })
  const page = await the.person()
  const request = own.request()
  await page.goto(request.url)
  await enterPassword(page, user)
  assert.equal((await own.tokens(page, request)).claims.sub, user.id)
})
