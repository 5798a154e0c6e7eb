// A server that requires a second factor.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { consent, enterCode, enterPassword, expectPage } from '../support/browser.mjs'
import { rig } from '../support/rig.mjs'
import { oneTimeCode } from '../support/totp.mjs'

const the = rig({ settings: { LOGIN__SECOND_FACTOR: 'required' } })

test('a user without a second factor sets one up during sign-in', async () => {
  const user = await the.installation.user()
  const page = await the.person()
  const request = the.party.request()
  await page.goto(request.url)
  await enterPassword(page, user)
  await expectPage(page, 'Protect your account')
  await page.getByRole('link', { name: 'Set up an authenticator app' }).click()
  await expectPage(page, 'Set up an authenticator app')
  const secret = await page.locator('.steps code').innerText()
  await page.getByLabel('6-digit code').fill(oneTimeCode(secret))
  await page.getByRole('button', { name: 'Finish' }).click()
  await expectPage(page, 'Your recovery codes')
  await page.getByRole('link', { name: 'I have saved my recovery codes' }).click()
  await consent(page)
  assert.equal((await the.party.tokens(page, request)).claims.sub, user.id)

  await page.context().clearCookies()
  const again = the.party.request()
  await page.goto(again.url)
  await enterPassword(page, user)
  await enterCode(page, oneTimeCode(secret, 1))
  assert.equal((await the.party.tokens(page, again)).claims.sub, user.id)
})
