// Passkeys: enrolled, used in the place of a password, and as the second factor.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { enterPassword, expectPage, logIn } from './support/browser.mjs'
import { addAuthenticator, addPasskey } from './support/passkeys.mjs'
import { rig } from './support/rig.mjs'

const the = rig()

async function personWithPasskey() {
  const user = await the.installation.user({ name: 'Ada Lovelace' })
  const page = await the.person()
  const device = await addAuthenticator(page)
  await logIn(page, the.party, user)
  await addPasskey(page, the.installation)
  return { user, page, device }
}

async function usePasskey(page) {
  await page.getByRole('button', { name: 'Sign in with a passkey' }).click()
  await expectPage(page, 'Sign in with a passkey')
  await page.getByRole('button', { name: 'Use a passkey' }).click()
}

test('a passkey logs in without a password, and the client learns that it is worth two factors', async () => {
  const { user, page, device } = await personWithPasskey()
  assert.equal((await device.credentials()).length, 1)
  await page.context().clearCookies()
  const request = the.party.request()
  await page.goto(request.url)
  await expectPage(page, 'Sign in')
  await usePasskey(page)
  const { claims } = await the.party.tokens(page, request)
  assert.equal(claims.sub, user.id)
  assert.ok(claims.amr.includes('mfa'), claims.amr)
  assert.ok(!claims.amr.includes('pwd'), claims.amr)
})

test('a device that does not recognize its user leads to a sentence on the page, and the password still works', async () => {
  const { user, page, device } = await personWithPasskey()
  await page.context().clearCookies()
  await device.recognize(false)
  const request = the.party.request()
  await page.goto(request.url)
  await usePasskey(page)
  await page.getByText("That didn't work. Try again, or go back and choose another option.").waitFor()
  await page.getByRole('link', { name: 'Back' }).click()
  await enterPassword(page, user)
  assert.equal((await the.party.tokens(page, request)).claims.sub, user.id)
})

test('a passkey that was removed logs nobody in', async () => {
  const { page } = await personWithPasskey()
  await page.getByRole('button', { name: 'Remove: My laptop' }).click()
  await page.getByText('No passkeys').waitFor()
  await page.context().clearCookies()
  await page.goto(the.party.request().url)
  await usePasskey(page)
  await page.getByText("This passkey can't be used here.").waitFor()
})

test('without script the page says what passkeys need', async () => {
  const page = await the.person({ javaScriptEnabled: false })
  await page.goto(the.party.request().url)
  await page.getByRole('button', { name: 'Sign in with a passkey' }).click()
  await page.getByText(/Passkeys require JavaScript/).waitFor()
  await page.getByRole('link', { name: 'Back' }).click()
  await expectPage(page, 'Sign in')
})

test('the passkey says who it is, whatever the hint', async () => {
  const { user, page } = await personWithPasskey()
  const other = await the.installation.user()
  const request = the.party.request({ login_hint: other.email, prompt: 'login' })
  await page.goto(request.url)
  await usePasskey(page)
  assert.equal((await the.party.tokens(page, request)).claims.sub, user.id)
})
