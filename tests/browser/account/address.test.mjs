// Change of the email address: confirmed by the new address, and undone by the former one.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { enterPassword, expectPage, problem } from '../support/browser.mjs'
import { eventually } from '../support/process.mjs'
import { rig } from '../support/rig.mjs'

const the = rig()
const at = (path) => `${the.installation.issuer}${path}`
const newAddress = () => `new-${crypto.randomUUID()}@example.com`

/** Returns the link of a mail, once it has arrived. */
async function linkTo(email, path) {
  const found = () => the.installation.textsTo(email).findLast((text) => text.includes(path))
  return (await eventually(`a mail to ${email}`, found)).match(/^http\S+token=\S+$/m)[0]
}

test('a new address counts once its owner confirms, and the former address can undo it', async () => {
  const [user, other] = [await the.installation.user(), await the.installation.user()]
  const page = await the.person()
  await page.goto(at('/account/email/change'))
  await enterPassword(page, user)
  await expectPage(page, 'Change email address')
  await page.locator('form').evaluate((form) => { form.noValidate = true })
  await page.getByLabel('New email address').fill('unknown')
  await page.getByRole('button', { name: 'Send link' }).click()
  assert.equal(await problem(page), "This isn't a complete email address.")
  assert.equal(await page.getByLabel('New email address').inputValue(), 'unknown')
  const email = newAddress()
  // The page is the same for an address that another user has.
  for (const address of [other.email, email]) {
    await page.goto(at('/account/email/change'))
    await page.getByLabel('New email address').fill(address)
    await page.getByRole('button', { name: 'Send link' }).click()
    await expectPage(page, 'Check your email')
    await page.getByText(address).waitFor()
  }
  const link = await linkTo(email, '/account/email/confirm')
  assert.deepEqual(the.installation.textsTo(other.email), [])
  // Opening the link changes nothing.
  const elsewhere = await the.person()
  await elsewhere.goto(link)
  await expectPage(elsewhere, 'Confirm your new address')
  await page.goto(at('/account'))
  await page.getByText(`${user.email} ·`).waitFor()
  await elsewhere.getByRole('button', { name: 'Confirm address' }).click()
  await enterPassword(elsewhere, { ...user, email })
  await expectPage(elsewhere, 'Your account')
  await elsewhere.getByText(`${email} · Verified`).waitFor()
  await elsewhere.goto(link)
  await expectPage(elsewhere, 'This link no longer works')

  const undo = await linkTo(user.email, '/account/email/undo')
  const owner = await the.person()
  await owner.goto(undo)
  await expectPage(owner, 'Restore your email address')
  await owner.getByText(user.email).waitFor()
  await owner.getByRole('button', { name: 'Restore address' }).click()
  await expectPage(owner, 'Check your email')
  await linkTo(user.email, '/recover/link')
  for (const one of [page, elsewhere]) {
    await one.goto(at('/account'))
    await expectPage(one, 'Sign in')
  }
  await enterPassword(page, user)
  await expectPage(page, 'Your account')
})

test('a new address is confirmed in German, on a phone without script', async () => {
  const user = await the.installation.user()
  const page = await the.person({ locale: 'de-DE', javaScriptEnabled: false, viewport: { width: 390, height: 844 } })
  await page.goto(at('/account'))
  await page.getByLabel('E-Mail-Adresse').fill(user.email)
  await page.getByLabel('Passwort', { exact: true }).fill(user.password)
  await page.getByRole('button', { name: 'Anmelden', exact: true }).click()
  await page.getByRole('link', { name: /Adresse ändern$/ }).click()
  const email = newAddress()
  await page.getByLabel('Neue E-Mail-Adresse').fill(email)
  await page.getByRole('button', { name: 'Link senden' }).click()
  await expectPage(page, 'Prüfen Sie Ihr Postfach')
  await page.goto(await linkTo(email, '/account/email/confirm'))
  await page.getByRole('button', { name: 'Adresse bestätigen' }).click()
  await page.getByText('Ihre E-Mail-Adresse wurde geändert.').waitFor()
  await page.getByText(`${email} · Bestätigt`).waitFor()
})
