// Sign-in at dex.

import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { consent } from '../support/browser.mjs'
import { continueWith } from '../support/openid_provider.mjs'
import { rig } from '../support/rig.mjs'
import { Dex } from './dex.mjs'

const the = rig()
let started

/** Returns the provider. It is started once, by the first test. */
const upstream = () => started ??= Dex.started(the.installation, ['vera@example.com', 'rosa@example.com'])

after(async () => (await started)?.stop())

/** Signs in at dex for a request of the client, and returns the tokens. */
async function tokensOf(email, { asks = true } = {}) {
  const dex = await upstream()
  const page = await the.person()
  const request = the.party.request()
  await page.goto(request.url)
  await continueWith(page, 'Dex')
  await dex.signIn(page, email)
  if (asks) await consent(page)
  return the.party.tokens(page, request)
}

test('the first sign-in creates an account, and the second one uses it', async () => {
  const first = await tokensOf('vera@example.com')
  const { body } = await the.party.userinfo(first)
  assert.deepEqual([body.name, body.email, body.email_verified], ['vera', 'vera@example.com', true])
  const second = await tokensOf('vera@example.com', { asks: false })
  assert.equal(second.claims.sub, first.claims.sub)
})

test('a verified address leads to the account that has it', async () => {
  const user = await the.installation.user({ email: 'rosa@example.com' })
  const tokens = await tokensOf('rosa@example.com')
  assert.equal(tokens.claims.sub, user.id)
})
