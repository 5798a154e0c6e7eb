// Devices (RFC 8628): openid-client on the device, Chromium on the phone of the user.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as oidc from 'openid-client'
import { enterPassword, expectPage, focused, problem } from '../support/browser.mjs'
import { deviceClient, deviceOf, enterUserCode } from './device.mjs'
import { rig } from '../support/rig.mjs'

const the = rig()
const CONFIRM = 'Allow Photo Frame on your device?'
let client
const start = async (scope) => {
  client ??= await deviceClient(the.installation)
  return deviceOf(the.installation, client, scope)
}

for (const javaScriptEnabled of [true, false]) {
  const how = javaScriptEnabled ? 'with script' : 'without script'

  test(`a device gets tokens after the user typed its code: ${how}`, async () => {
    const user = await the.installation.user()
    const device = await start('openid email offline_access')
    const polled = device.tokens()
    const page = await the.person({ javaScriptEnabled })
    await enterUserCode(page, device, device.user_code.toLowerCase().replace('-', ' '))
    await enterPassword(page, user)
    await expectPage(page, CONFIRM)
    const text = await page.locator('main').innerText()
    for (const words of [device.user_code, user.email, 'See your email address', '127.0.0.1', 'Less than a minute ago',
      'Continue only if you started this on a device you own']) {
      assert.ok(text.includes(words), words)
    }
    await page.getByRole('button', { name: 'Allow' }).click()
    await expectPage(page, 'Device connected')
    const tokens = await polled
    assert.equal(tokens.claims().sub, user.id)
    const about = await oidc.fetchUserInfo(device.config, tokens.access_token, user.id)
    assert.equal(about.email, user.email)
    await oidc.refreshTokenGrant(device.config, tokens.refresh_token)
  })

  test(`a device is connected in German: ${how}`, async () => {
    const user = await the.installation.user()
    const device = await start()
    const polled = device.tokens()
    const page = await the.person({ javaScriptEnabled, locale: 'de-DE' })
    await page.goto(device.verification_uri_complete)
    await expectPage(page, 'Gerät verbinden')
    await page.getByText('Prüfen Sie, ob dieser Code auf dem Bildschirm Ihres Geräts steht.').waitFor()
    assert.equal(await page.getByLabel('Code').inputValue(), device.user_code)
    await page.getByRole('button', { name: 'Weiter' }).click()
    await expectPage(page, 'Anmelden')
    await page.getByLabel('E-Mail-Adresse').fill(user.email)
    await page.getByLabel('Passwort').fill(user.password)
    await page.getByRole('button', { name: 'Anmelden', exact: true }).click()
    await expectPage(page, 'Photo Frame auf Ihrem Gerät zulassen?')
    await page.getByText(device.user_code).waitFor()
    await page.getByText(/^Fahren Sie nur fort, wenn Sie dies auf Ihrem eigenen Gerät gestartet haben/).waitFor()
    await page.getByRole('button', { name: 'Zulassen' }).click()
    await expectPage(page, 'Gerät verbunden')
    assert.equal((await polled).claims().sub, user.id)
  })
}

test('a user connects a device with the keyboard alone', async () => {
  const user = await the.installation.user()
  const device = await start()
  const page = await the.person()
  await page.goto(device.verification_uri)
  await expectPage(page, 'Connect a device')
  await focused(page, 'Code')
  await page.keyboard.type(device.user_code)
  await page.keyboard.press('Enter')
  await expectPage(page, 'Sign in')
  await focused(page, 'Email address')
  await page.keyboard.type(user.email)
  await page.getByLabel('Password').focus()
  await page.keyboard.type(user.password)
  await page.keyboard.press('Enter')
  await expectPage(page, CONFIRM)
  await page.keyboard.press('Tab')
  await page.keyboard.press('Tab')
  await page.getByRole('button', { name: 'Allow' }).and(page.locator(':focus')).waitFor()
  await page.keyboard.press('Enter')
  await expectPage(page, 'Device connected')
})

test('a denied device gets access_denied, and its code no longer works', async () => {
  const user = await the.installation.user()
  const device = await start()
  const polled = device.tokens()
  const page = await the.person()
  await enterUserCode(page, device, device.user_code)
  await enterPassword(page, user)
  await expectPage(page, CONFIRM)
  await page.getByRole('button', { name: 'Deny' }).click()
  await expectPage(page, 'Access denied')
  await assert.rejects(polled, (error) => error.error === 'access_denied')
  await enterUserCode(page, device, device.user_code)
  assert.match(await problem(page), /^This code has already been used/)
})

test('a wrong code is an error beside the field, which keeps it', async () => {
  const device = await start()
  const page = await the.person()
  await enterUserCode(page, device, 'wrong code')
  assert.match(await problem(page), /^This code is incorrect/)
  const field = page.getByLabel('Code')
  assert.equal(await field.inputValue(), 'wrong code')
  await focused(page, 'Code')
  assert.equal(await field.getAttribute('aria-invalid'), 'true')
})

test('a signed-in user still compares the code and presses the button', async () => {
  const user = await the.installation.user()
  const page = await the.person()
  const own = await deviceClient(the.installation, ['--first-party'])
  await page.goto(`${the.installation.issuer}/account`)
  await enterPassword(page, user)
  await expectPage(page, /./)
  const device = await deviceOf(the.installation, own)
  await page.goto(device.verification_uri_complete)
  await expectPage(page, 'Connect a device')
  await page.getByRole('button', { name: 'Continue' }).click()
  await expectPage(page, CONFIRM)
  await page.getByText(device.user_code).waitFor()
})
