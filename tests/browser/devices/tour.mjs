// A tour of the pages for devices, for axe and the screenshots.

import { enterPassword, expectPage } from '../support/browser.mjs'
import { deviceClient, deviceOf, enterUserCode } from './device.mjs'

/** Visits the pages for devices of the server `the` (see `rig.mjs`). */
export async function tourOfDevices(the, visit) {
  const user = await the.installation.user({ email: 'dora@example.com' })
  const client = await deviceClient(the.installation)
  const page = await the.person()
  const device = await deviceOf(the.installation, client)
  await page.goto(device.verification_uri)
  await expectPage(page, 'Connect a device')
  await visit('device', page)
  await enterUserCode(page, device, 'BCDF-GHJK')
  await page.getByRole('alert').getByText(/This code is incorrect/).waitFor()
  await visit('device-wrong', page)
  await page.goto(device.verification_uri_complete)
  await expectPage(page, 'Connect a device')
  await visit('device-complete', page)
  await page.getByRole('button', { name: 'Continue' }).click()
  await enterPassword(page, user)
  await expectPage(page, 'Allow Photo Frame on your device?')
  await visit('device-confirm', page)
  const late = await the.newTab(page.context())
  await late.goto(page.url())
  await page.getByRole('button', { name: 'Allow' }).click()
  await expectPage(page, 'Device connected')
  await visit('device-allowed', page)
  await late.getByRole('button', { name: 'Deny' }).click()
  await expectPage(late, 'This code has already been used')
  await visit('device-used', late)
  await enterUserCode(page, device, (await deviceOf(the.installation, client)).user_code)
  await page.getByRole('button', { name: 'Deny' }).click()
  await expectPage(page, 'Access denied')
  await visit('device-denied', page)
}
