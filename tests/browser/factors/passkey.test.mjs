// Passkeys: registration, use instead of a password, and use as a second factor.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { consent, enterPassword, expectPage } from '../support/browser.mjs'
import { addAuthenticator, addPasskey, declineOffer } from '../support/passkeys.mjs'
import { rig } from '../support/rig.mjs'

const the = rig()

async function personWithPasskey() {
  const user = await the.installation.user({ name: 'Ada Lovelace' })
  const page = await the.person()
  const device = await addAuthenticator(page)
  await page.goto(the.party.request().url)
  await enterPassword(page, user)
  await declineOffer(page)
  await consent(page)
  await the.party.receives(page, '/callback')
  await addPasskey(page, the.installation)
  // Otherwise, the authenticator would answer the email field of the sign-in page at once.
  await device.attend(false)
  return { user, page, device }
}

async function usePasskey(page, device) {
  await page.getByRole('button', { name: 'Sign in with a passkey' }).click()
  await expectPage(page, 'Sign in with a passkey')
  await device.attend(true)
  await page.getByRole('button', { name: 'Use a passkey' }).click()
}

test('a passkey signs in without a password and counts as two factors', async () => {
  const { user, page, device } = await personWithPasskey()
  assert.equal((await device.credentials()).length, 1)
  await page.context().clearCookies()
  const request = the.party.request()
  await page.goto(request.url)
  await expectPage(page, 'Sign in')
  await usePasskey(page, device)
  const { claims } = await the.party.tokens(page, request)
  assert.equal(claims.sub, user.id)
  assert.ok(claims.amr.includes('mfa'), claims.amr)
  assert.ok(!claims.amr.includes('pwd'), claims.amr)
})

test('a failed user verification shows a problem, and the password still works', async () => {
  const { user, page, device } = await personWithPasskey()
  await page.context().clearCookies()
  await device.recognize(false)
  const request = the.party.request()
  await page.goto(request.url)
  await usePasskey(page, device)
  await page.getByText("That didn't work. Try again, or go back and choose another option.").waitFor()
  await page.getByRole('link', { name: 'Back' }).click()
  await enterPassword(page, user)
  assert.equal((await the.party.tokens(page, request)).claims.sub, user.id)
})

test('a removed passkey leaves the authenticator, by the signal API', async () => {
  const { page, device } = await personWithPasskey()
  await page.getByRole('button', { name: 'Remove: Passkey' }).click()
  await page.getByText('No passkeys').waitFor()
  await page.waitForLoadState()
  assert.deepEqual(await device.credentials(), [])
})

test('a removed passkey does not sign in', async () => {
  const { user, page, device } = await personWithPasskey()
  await the.installation.command(['users', 'reset-factors', user.email])
  await page.context().clearCookies()
  await page.goto(the.party.request().url)
  await usePasskey(page, device)
  await page.getByText('This passkey no longer belongs to an account.').waitFor()
})

test('without JavaScript, the page says that passkeys require it', async () => {
  const page = await the.person({ javaScriptEnabled: false })
  await page.goto(the.party.request().url)
  await page.getByRole('button', { name: 'Sign in with a passkey' }).click()
  await page.getByText(/Passkeys require JavaScript/).waitFor()
  await page.getByRole('link', { name: 'Back' }).click()
  await expectPage(page, 'Sign in')
})

test('a passkey selects its user despite another login_hint', async () => {
  const { user, page, device } = await personWithPasskey()
  const other = await the.installation.user()
  const request = the.party.request({ login_hint: other.email, prompt: 'login' })
  await page.goto(request.url)
  await usePasskey(page, device)
  assert.equal((await the.party.tokens(page, request)).claims.sub, user.id)
})
