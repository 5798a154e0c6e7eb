// Sign-in at a provider with OAuth 2.0 only, in the shape of GitHub.

import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { consent, expectPage } from '../support/browser.mjs'
import { OAuthProvider } from './oauth_provider.mjs'
import { continueWith } from '../support/openid_provider.mjs'
import { rig } from '../support/rig.mjs'

const the = rig()
let started

/** Returns the provider. It is started once, by the first test. */
const upstream = () => started ??= OAuthProvider.started(the.installation)

after(async () => (await started)?.stop())

/** Leaves for the provider and chooses a user there. Returns the request of the client. */
async function choose(page, login) {
  await upstream()
  const request = the.party.request()
  await page.goto(request.url)
  await continueWith(page, 'Hub')
  await expectPage(page, 'Hub')
  await page.getByRole('link', { name: login, exact: true }).click()
  return request
}

test('a user signs in with the verified primary address', async () => {
  const page = await the.person()
  const request = await choose(page, 'octo')
  await consent(page)
  const first = await the.party.tokens(page, request)
  const { body } = await the.party.userinfo(first)
  assert.deepEqual([body.name, body.email, body.email_verified], ['octo', 'octo@example.com', true])
  const again = await the.person()
  const second = await the.party.tokens(again, await choose(again, 'octo'))
  assert.equal(second.claims.sub, first.claims.sub)
})

test('a user without a verified address is refused', async () => {
  const page = await the.person()
  await choose(page, 'unverified')
  await expectPage(page, 'Sign-in with Hub failed')
  await page.getByText("Hub didn't share an email address").waitFor()
  await page.getByRole('link', { name: 'Try again' }).click()
  await expectPage(page, 'Hub')
})
