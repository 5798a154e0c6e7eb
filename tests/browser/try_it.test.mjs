// The pages of `countersign dev`.

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { consent, enterPassword, expectPage, launch, leave, person } from './support/browser.mjs'
import { Demo } from './support/demo.mjs'
import { addAuthenticator, addPasskey, declineOffer } from './support/passkeys.mjs'

let browser, demo
before(async () => {
  browser = await launch()
  demo = await Demo.started()
})
after(async () => {
  await browser?.close()
  await demo?.stop()
})

test('the start page leads to tokens and to sign-out', async () => {
  const page = await person(browser)
  await page.goto(demo.issuer)
  await expectPage(page, 'Countersign is ready')
  const { email, password } = demo.user()
  await page.getByText(password).first().waitFor()
  await page.getByRole('link', { name: /^Try it/ }).click()
  await expectPage(page, 'Sign in')
  assert.equal(await page.getByRole('button', { name: 'Sign in with a passkey' }).count(), 1)
  await enterPassword(page, { email, password })
  await consent(page)

  await expectPage(page, /^Signed in as/)
  const texts = await page.locator('pre').allInnerTexts()
  const [, idToken] = texts[0].split('\n}\n').map((part, place) => JSON.parse(place === 0 ? `${part}\n}` : part))
  assert.equal(idToken.iss, demo.issuer)
  assert.equal(idToken.email ?? email, email)
  const userinfo = JSON.parse(texts[3])
  assert.equal(userinfo.email, email)
  assert.equal(userinfo.sub, idToken.sub)

  await leave(page, () => page.getByRole('button', { name: 'Refresh tokens' }).click())
  await expectPage(page, /^Signed in as/)
  const refreshed = await page.locator('pre').allInnerTexts()
  assert.notEqual(refreshed[2], texts[2], 'the refresh token was rotated')

  await page.getByRole('button', { name: 'Sign out' }).click()
  await page.waitForURL(`${demo.issuer}/`)
  // The session at the server has ended too, so the next sign-in asks for the password.
  await page.getByRole('link', { name: /^Try it/ }).click()
  await expectPage(page, 'Sign in')
})

test('the demo user adds a passkey and signs in with it', async () => {
  const page = await person(browser)
  const device = await addAuthenticator(page)
  await page.goto(`${demo.issuer}/account`)
  await enterPassword(page, demo.user())
  await declineOffer(page)
  await expectPage(page, 'Demo')
  await addPasskey(page, demo)
  await page.context().clearCookies()
  await device.attend(false)
  await page.goto(`${demo.issuer}/account`)
  await expectPage(page, 'Sign in')
  await page.getByRole('button', { name: 'Sign in with a passkey' }).click()
  await expectPage(page, 'Sign in with a passkey')
  await device.attend(true)
  await page.getByRole('button', { name: 'Use a passkey' }).click()
  await expectPage(page, 'Demo')
})
