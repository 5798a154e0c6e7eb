// Passkeys before passwords: passkeys in the email field, the offer after a password sign-in, and accounts without a
// password.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { consent, enterPassword, expectPage, logIn } from '../support/browser.mjs'
import { addAuthenticator, addPasskey, declineOffer } from '../support/passkeys.mjs'
import { rig } from '../support/rig.mjs'

const the = rig()

test('an offered passkey is created during sign-in and then signs in from the email field', async () => {
  const user = await the.installation.user({ name: 'Ada Lovelace' })
  const page = await the.person()
  const device = await addAuthenticator(page)
  const request = the.party.request()
  await page.goto(request.url)
  await enterPassword(page, user)
  await expectPage(page, 'Sign in faster next time')
  await page.getByText(user.email).waitFor()
  await page.getByRole('link', { name: 'Create passkey' }).click()
  await expectPage(page, 'Add a passkey')
  // The keyboard alone suffices: the button has the focus.
  await page.getByRole('button', { name: 'Create passkey' }).and(page.locator(':focus')).waitFor()
  await page.keyboard.press('Enter')
  await consent(page)
  assert.equal((await the.party.tokens(page, request)).claims.sub, user.id)
  assert.equal((await device.credentials()).length, 1)

  await page.context().clearCookies()
  const again = the.party.request()
  await page.goto(again.url)
  // The authenticator answers the email field, without a click.
  const { claims } = await the.party.tokens(page, again)
  assert.equal(claims.sub, user.id)
  assert.ok(claims.amr.includes('mfa'), claims.amr)
})

test('a declined offer does not return, and never appears without an authenticator, script or the setting', async () => {
  const user = await the.installation.user()
  const page = await the.person()
  await addAuthenticator(page)
  await page.goto(the.party.request().url)
  await enterPassword(page, user)
  await page.getByRole('link', { name: 'Create passkey' }).click()
  await page.getByRole('link', { name: 'Back' }).click()
  await consent(page)
  await the.party.receives(page, '/callback')
  await page.goto(the.party.request({ prompt: 'login' }).url)
  await enterPassword(page, user)
  await declineOffer(page)
  await the.party.receives(page, '/callback')
  await page.goto(the.party.request({ prompt: 'login' }).url)
  await enterPassword(page, user)
  await the.party.receives(page, '/callback')
  for (const settings of [{}, { javaScriptEnabled: false }]) {
    const other = await the.person(settings)
    await logIn(other, the.party, await the.installation.user())
  }
})

const off = rig({ settings: { PASSKEYS__OFFER: 'false' } })
test('the setting turns the offer off', async () => {
  const page = await off.person()
  await addAuthenticator(page)
  await logIn(page, off.party, await off.installation.user())
})

test('a user with two passkeys renames one, removes the password and signs in with the other', async () => {
  const user = await the.installation.user({ name: 'Grace Hopper' })
  const page = await the.person()
  // A browser with the signal API. It records what the pages tell it.
  await page.addInitScript(() => {
    globalThis.signals = []
    for (const name of ['signalAllAcceptedCredentials', 'signalCurrentUserDetails', 'signalUnknownCredential']) {
      PublicKeyCredential[name] = async (facts) => { globalThis.signals.push([name, facts]) }
    }
  })
  const first = await addAuthenticator(page)
  await page.goto(`${the.installation.issuer}/account/security`)
  await enterPassword(page, user)
  await declineOffer(page)
  await expectPage(page, 'Security')
  await addPasskey(page, the.installation)
  assert.equal(await page.getByRole('link', { name: 'Remove password' }).count(), 0, 'one passkey is not enough')
  await page.getByText('Rename', { exact: true }).click()
  await page.getByLabel('New name').fill('Laptop <1>')
  await page.getByRole('button', { name: 'Save' }).click()
  await page.getByText('Laptop <1>').waitFor()
  await first.remove()
  const second = await addAuthenticator(page, 'usb')
  await addPasskey(page, the.installation)
  const signals = Object.fromEntries(await page.evaluate(() => globalThis.signals))
  const { rpId, allAcceptedCredentialIds } = signals.signalAllAcceptedCredentials
  assert.equal(rpId, 'localhost')
  assert.equal(allAcceptedCredentialIds.length, 2)
  assert.equal(signals.signalCurrentUserDetails.displayName, 'Grace Hopper')

  await page.getByRole('link', { name: 'Remove password' }).click()
  await expectPage(page, 'Remove password')
  await page.getByRole('button', { name: 'Remove password' }).click()
  await page.getByText('No password').waitFor()
  await second.attend(false)
  await page.context().clearCookies()
  await page.goto(the.party.request().url)
  await enterPassword(page, user)
  await page.getByText('Incorrect email address or password.').waitFor()
  await page.getByRole('button', { name: 'Sign in with a passkey' }).click()
  await expectPage(page, 'Sign in with a passkey')
  await second.attend(true)
  await page.getByRole('button', { name: 'Use a passkey' }).click()
  await consent(page)
})

const related = rig({ settings: { PASSKEYS__RELATED_ORIGINS: 'https://id.example.de' } })
test('related origins are published only with the setting', async () => {
  const at = (one) => `${one.installation.issuer}/.well-known/webauthn`
  const found = await fetch(at(related))
  assert.equal(found.headers.get('content-type'), 'application/json')
  assert.deepEqual(await found.json(), { origins: [related.installation.issuer, 'https://id.example.de'] })
  assert.equal((await fetch(at(the))).status, 404)
})
