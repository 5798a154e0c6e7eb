// prompt, max_age and hints (OpenID Connect Core section 3.1.2.1).

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { consent, enterPassword, expectPage, logIn } from './support/browser.mjs'
import { rig } from './support/rig.mjs'

const the = rig()

/** Returns the error of a request that shows no page. */
async function errorOf(page, extra) {
  const request = the.party.request(extra)
  await page.goto(request.url)
  return (await the.party.answer(page, request)).error
}

/** Returns the tokens of a request that shows no page. */
async function silently(page, extra) {
  const request = the.party.request(extra)
  await page.goto(request.url)
  return the.party.tokens(page, request)
}

test('none: the client gets an error instead of a page', async () => {
  const user = await the.installation.user()
  const page = await the.person()
  assert.equal(await errorOf(page, { prompt: 'none' }), 'login_required')
  const request = the.party.request()
  await page.goto(request.url)
  await enterPassword(page, user)
  await expectPage(page, /wants to access your account$/)
  assert.equal(await errorOf(page, { prompt: 'none' }), 'consent_required')
  await page.goto(request.url)
  await consent(page)
  const first = await the.party.tokens(page, request)
  const silent = await silently(page, { prompt: 'none' })
  assert.equal(silent.claims.sub, user.id)
  assert.equal(silent.claims.auth_time, first.claims.auth_time)
})

test('none with a hint of another user is login_required', async () => {
  const [ada, grace] = [await the.installation.user(), await the.installation.user()]
  const page = await the.person()
  const mine = await logIn(page, the.party, ada)
  const other = await logIn(await the.person(), the.party, grace)
  assert.equal(await errorOf(page, { prompt: 'none', id_token_hint: other.id_token }), 'login_required')
  assert.equal((await silently(page, { prompt: 'none', id_token_hint: mine.id_token })).claims.sub, ada.id)
})

test('none combined with another value is invalid_request', async () => {
  assert.equal(await errorOf(await the.person(), { prompt: 'none login' }), 'invalid_request')
})

test('login: the user signs in again with a later auth_time', async () => {
  const user = await the.installation.user()
  const page = await the.person()
  const first = await logIn(page, the.party, user)
  await sleep(1100)
  const request = the.party.request({ prompt: 'login' })
  await page.goto(request.url)
  await enterPassword(page, user)
  const again = await the.party.tokens(page, request)
  assert.ok(again.claims.auth_time > first.claims.auth_time)
  assert.equal(again.claims.sid, first.claims.sid, 'it is the same session')
})

test('consent: the server asks for consent again', async () => {
  const user = await the.installation.user()
  const page = await the.person()
  await logIn(page, the.party, user)
  const request = the.party.request({ prompt: 'consent' })
  await page.goto(request.url)
  await consent(page)
  await the.party.tokens(page, request)
})

test('login consent: the user signs in and consents again', async () => {
  const user = await the.installation.user()
  const page = await the.person()
  await logIn(page, the.party, user)
  const request = the.party.request({ prompt: 'login consent' })
  await page.goto(request.url)
  await enterPassword(page, user)
  await consent(page)
  await the.party.tokens(page, request)
})

test('select_account: the user can choose an account or add one', async () => {
  const [ada, grace] = [await the.installation.user(), await the.installation.user()]
  const page = await the.person()
  await logIn(page, the.party, ada)
  const second = the.party.request({ prompt: 'select_account' })
  await page.goto(second.url)
  await expectPage(page, 'Choose an account')
  await page.getByRole('link', { name: 'Use another account' }).click()
  await enterPassword(page, grace)
  await consent(page)
  assert.equal((await the.party.tokens(page, second)).claims.sub, grace.id)
  // The later sign-in is the current one, until the user selects the other.
  assert.equal((await silently(page, { prompt: 'none' })).claims.sub, grace.id)
  const back = the.party.request({ prompt: 'select_account' })
  await page.goto(back.url)
  await expectPage(page, 'Choose an account')
  assert.equal(await page.locator('button[name=account]').count(), 2)
  await page.getByRole('button', { name: ada.email }).click()
  assert.equal((await the.party.tokens(page, back)).claims.sub, ada.id)
  assert.equal((await silently(page, { prompt: 'none' })).claims.sub, ada.id)
})

test('max_age: only an old sign-in must be repeated', async () => {
  const user = await the.installation.user()
  const page = await the.person()
  const first = await logIn(page, the.party, user)
  assert.equal((await silently(page, { max_age: '600' })).claims.auth_time, first.claims.auth_time)
  await sleep(2100)
  assert.equal(await errorOf(page, { max_age: '1', prompt: 'none' }), 'login_required')
  const request = the.party.request({ max_age: '1' })
  await page.goto(request.url)
  await enterPassword(page, user)
  const again = await the.party.tokens(page, request)
  assert.ok(again.claims.auth_time > first.claims.auth_time)
})

test('max_age=0 requires a new sign-in every time', async () => {
  const user = await the.installation.user()
  const page = await the.person()
  await logIn(page, the.party, user)
  await sleep(1100)
  const request = the.party.request({ max_age: '0' })
  await page.goto(request.url)
  await enterPassword(page, user)
  await the.party.tokens(page, request)
})

test('a hint of another user requires a sign-in', async () => {
  const [ada, grace] = [await the.installation.user(), await the.installation.user()]
  const page = await the.person()
  const other = await logIn(await the.person(), the.party, grace)
  await logIn(page, the.party, ada)
  const request = the.party.request({ id_token_hint: other.id_token })
  await page.goto(request.url)
  await enterPassword(page, grace)
  assert.equal((await the.party.tokens(page, request)).claims.sub, grace.id)
})
