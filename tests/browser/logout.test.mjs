// Logout: requested by a client, and sent to clients.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { consent, enterPassword, expectPage, logIn } from './support/browser.mjs'
import { rig } from './support/rig.mjs'

const the = rig()

const logoutUrl = (parameters) => `${the.installation.issuer}/oauth2/logout?${new URLSearchParams(parameters)}`

async function partyWithLogout() {
  return the.client({ options: (origin) => ['--post-logout-redirect-uri', `${origin}/bye`] })
}

/** Returns whether a user is signed in in this browser, as a client sees it. */
async function isLoggedIn(page, party = the.party) {
  const request = party.request({ prompt: 'none' })
  await page.goto(request.url)
  return (await party.answer(page, request)).error !== 'login_required'
}

test('logout with an ID token hint redirects back to the client', async () => {
  const party = await partyWithLogout()
  const user = await the.installation.user()
  const page = await the.person()
  const tokens = await logIn(page, party, user)
  await page.goto(logoutUrl({ id_token_hint: tokens.id_token, post_logout_redirect_uri: `${party.origin}/bye`, state: 'xyz' }))
  assert.equal((await party.receives(page, '/bye')).parameters.state, 'xyz')
  assert.equal(await isLoggedIn(page), false)
})

test('tokens without offline access end with the session', async () => {
  const user = await the.installation.user()
  const page = await the.person()
  const bound = await logIn(page, the.party, user, { scope: 'openid email' })
  const request = the.party.request()
  await page.goto(request.url)
  await consent(page)
  const lasting = await the.party.tokens(page, request)
  await page.goto(logoutUrl({ id_token_hint: bound.id_token }))
  await expectPage(page, "You're signed out")
  assert.equal((await the.party.userinfo(bound)).status, 401)
  assert.equal((await the.party.userinfo(lasting)).status, 200)
  await the.party.refresh(lasting)
})

test('logout without a hint asks the user', async () => {
  const user = await the.installation.user()
  const page = await the.person()
  await logIn(page, the.party, user)
  await page.goto(logoutUrl({}))
  await expectPage(page, 'Sign out?')
  await page.getByRole('button', { name: 'Stay signed in' }).click()
  await expectPage(page, 'Your account')
  assert.equal(await isLoggedIn(page), true)
  await page.goto(logoutUrl({}))
  await page.getByRole('button', { name: 'Sign out' }).click()
  await expectPage(page, "You're signed out")
  assert.equal(await isLoggedIn(page), false)
})

test('logout does not redirect to an unregistered URI', async () => {
  const user = await the.installation.user()
  const page = await the.person()
  const tokens = await logIn(page, the.party, user)
  await page.goto(logoutUrl({ id_token_hint: tokens.id_token, post_logout_redirect_uri: 'https://evil.example/' }))
  assert.ok(page.url().startsWith(the.installation.issuer))
  assert.equal(await page.locator('[href*="evil.example"]:not([href^="/language?"]), [content*="evil.example"]').count(), 0)
  await page.getByRole('button', { name: 'Sign out' }).click()
  await expectPage(page, "You're signed out")
  assert.ok(page.url().startsWith(the.installation.issuer))
  assert.equal(await isLoggedIn(page), false)
})

test('back-channel: the server sends the client a signed logout token', async () => {
  const party = await the.client({ options: (origin) => ['--backchannel-logout-uri', `${origin}/backchannel`] })
  const user = await the.installation.user()
  const page = await the.person()
  const tokens = await logIn(page, party, user)
  await page.goto(logoutUrl({ id_token_hint: tokens.id_token }))
  await expectPage(page, "You're signed out")
  const heard = await party.hears('/backchannel')
  assert.equal(heard.method, 'POST')
  const { payload } = await party.verified(heard.parameters.logout_token, { typ: 'logout+jwt' })
  assert.equal(payload.sub, user.id)
  assert.equal(payload.sid, tokens.claims.sid)
  assert.deepEqual(payload.events, { 'http://schemas.openid.net/event/backchannel-logout': {} })
  assert.equal(payload.nonce, undefined)
})

test('front-channel: the page loads the logout URI of the client with iss and sid', async () => {
  const party = await the.client({ options: (origin) => ['--frontchannel-logout-uri', `${origin}/frontchannel`] })
  const user = await the.installation.user()
  const page = await the.person()
  const tokens = await logIn(page, party, user)
  await page.goto(logoutUrl({ id_token_hint: tokens.id_token }))
  await expectPage(page, "You're signed out")
  const { parameters } = await party.hears('/frontchannel')
  assert.equal(parameters.iss, the.installation.issuer)
  assert.equal(parameters.sid, tokens.claims.sid)
})

test('logout works without JavaScript', async () => {
  const party = await partyWithLogout()
  const user = await the.installation.user()
  const page = await the.person({ javaScriptEnabled: false })
  const tokens = await logIn(page, party, user)
  await page.goto(logoutUrl({ post_logout_redirect_uri: `${party.origin}/bye`, client_id: party.client.client_id }))
  await page.getByRole('button', { name: 'Sign out' }).click()
  await party.receives(page, '/bye')
  assert.ok(tokens)
})

test('a hint signs out only its account of two', async () => {
  const [ada, grace] = [await the.installation.user(), await the.installation.user()]
  const page = await the.person()
  const first = await logIn(page, the.party, ada)
  const request = the.party.request({ prompt: 'select_account' })
  await page.goto(request.url)
  await page.getByRole('link', { name: 'Use another account' }).click()
  await enterPassword(page, grace)
  await consent(page)
  await the.party.tokens(page, request)
  await page.goto(logoutUrl({ id_token_hint: first.id_token }))
  await expectPage(page, "You're signed out")
  const silent = the.party.request({ prompt: 'none' })
  await page.goto(silent.url)
  assert.equal((await the.party.tokens(page, silent)).claims.sub, grace.id)
})
