// Sign-in at node-oidc-provider.

import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { consent, enterPassword, expectPage } from '../support/browser.mjs'
import { OpenIdProvider, continueWith } from '../support/openid_provider.mjs'
import { eventually } from '../support/process.mjs'
import { rig } from '../support/rig.mjs'

const the = rig()
let started

/** Returns the provider. It is started once, by the first test. */
const upstream = () => started ??= OpenIdProvider.started(the.installation)

after(async () => (await started)?.stop())

/** Signs in at the provider for a request of the client, and returns the tokens. */
async function tokensOf(page, login) {
  const corp = await upstream()
  const request = the.party.request()
  await page.goto(request.url)
  await continueWith(page, 'Corp')
  await corp.signIn(page, login)
  await consent(page)
  return the.party.tokens(page, request)
}

async function isSignedIn(page) {
  const request = the.party.request({ prompt: 'none' })
  await page.goto(request.url)
  return (await the.party.answer(page, request)).error !== 'login_required'
}

test('the first sign-in creates an account, and the second one uses it', async () => {
  const first = await tokensOf(await the.person(), 'ada')
  const { body } = await the.party.userinfo(first)
  assert.deepEqual([body.name, body.email, body.email_verified], ['ada at Corp', 'ada@example.com', true])
  const page = await the.person()
  const request = the.party.request()
  await page.goto(request.url)
  await continueWith(page, 'Corp')
  await (await upstream()).signIn(page, 'ada')
  const second = await the.party.tokens(page, request)
  assert.equal(second.claims.sub, first.claims.sub)
})

test('a user links the provider on the account page and signs in with it', async () => {
  const corp = await upstream()
  const user = await the.installation.user()
  const page = await the.person()
  await page.goto(`${the.installation.issuer}/account/security`)
  await enterPassword(page, user)
  await expectPage(page, 'Security')
  await page.getByRole('button', { name: 'Link Corp' }).click()
  await corp.signIn(page, 'grace')
  await expectPage(page, 'Security')
  await page.getByText('The sign-in provider has been linked.').waitFor()
  await page.getByText('grace@example.com').waitFor()
  const tokens = await tokensOf(await the.person(), 'grace')
  assert.equal(tokens.claims.sub, user.id)

  await page.reload()
  await page.getByRole('listitem').filter({ hasText: 'grace@example.com' }).getByRole('button', { name: /^Remove/ }).click()
  await page.getByText('Your account has been updated.').waitFor()
  assert.equal(await page.getByText('grace@example.com').count(), 0)
})

test('a canceled sign-in shows ways on', async () => {
  await upstream()
  const page = await the.person()
  await page.goto(the.party.request().url)
  await continueWith(page, 'Corp')
  await page.getByRole('link', { name: /Cancel/ }).click()
  await expectPage(page, 'Sign-in with Corp failed')
  await page.getByRole('link', { name: 'Sign in another way' }).click()
  await expectPage(page, 'Sign in')
})

test('a logout at the provider ends the session here', async () => {
  const page = await the.person()
  await tokensOf(page, 'alan')
  assert.equal(await isSignedIn(page), true)
  const another = await the.person()
  await tokensOf(another, 'edith')
  await (await upstream()).signOut(page)
  await eventually('the session has ended', async () => !await isSignedIn(page))
  assert.equal(await isSignedIn(another), true)
})

test('a logout here ends the session at the provider', async () => {
  await upstream()
  const page = await the.person()
  await tokensOf(page, 'joan')
  await page.goto(`${the.installation.issuer}/account`)
  await page.getByRole('button', { name: 'Sign out' }).click()
  await page.getByRole('button', { name: 'Yes, sign me out' }).click()
  await expectPage(page, "You're signed out")
  assert.ok(page.url().startsWith(the.installation.issuer))
  assert.equal(await isSignedIn(page), false)
  await page.goto(the.party.request().url)
  await continueWith(page, 'Corp')
  await page.getByPlaceholder('Enter any login').waitFor()
})
