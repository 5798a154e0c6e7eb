// The account page in German, on a phone and on a desktop: second factor, password, sessions, and apps with access.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { devices } from 'playwright-core'
import { expectPage, logIn, problem } from '../support/browser.mjs'
import { rig } from '../support/rig.mjs'
import { oneTimeCode } from '../support/totp.mjs'

const the = rig()
const NEW = 'drei grüne Eulen im Regen'
const UPDATED = 'Ihr Konto wurde aktualisiert.'

/** Opens a section of the account page in German, and signs in. */
async function visit(page, { email, password }, section, heading) {
  await page.goto(`${the.installation.issuer}/account${section}`)
  await expectPage(page, 'Anmelden')
  await page.getByLabel('E-Mail-Adresse').fill(email)
  await page.getByLabel('Passwort').fill(password)
  await page.getByRole('button', { name: 'Anmelden', exact: true }).click()
  if (heading) await expectPage(page, heading)
}

for (const [device, settings] of Object.entries({ phone: devices['iPhone 13'], desktop: {} })) {
  for (const javaScriptEnabled of [true, false]) {
    const name = `${device}, ${javaScriptEnabled ? 'with' : 'without'} script`
    const person = () => the.person({ ...settings, locale: 'de-DE', javaScriptEnabled, defaultBrowserType: undefined })

    test(`an authenticator app is set up and removed in German: ${name}`, async () => {
      const user = await the.installation.user()
      const page = await person()
      await visit(page, user, '/security', 'Sicherheit')
      await page.getByRole('link', { name: /App einrichten$/ }).click()
      await expectPage(page, /App einrichten$/)
      const secret = await page.locator('.steps code').innerText()
      const enter = async (code) => {
        await page.getByLabel('6-stelliger Code').fill(code)
        await page.getByRole('button', { name: 'Fertigstellen' }).click()
      }
      await enter('000000')
      assert.match(await problem(page), /^Falscher Code/)
      await enter(oneTimeCode(secret))
      await expectPage(page, /^Ihre Wiederherstellungs.?codes$/)
      const codes = await page.locator('.codes code').allInnerTexts()
      await page.getByRole('link', { name: 'Ich habe meine Codes gespeichert' }).click()
      await page.getByText('Verbleibend: 10').waitFor()
      await page.getByRole('link', { name: /App entfernen$/ }).click()
      await expectPage(page, /App entfernen$/)
      await page.getByLabel('Code aus der App oder Wiederherstellungscode').fill(codes[0])
      await page.getByRole('button', { name: 'Entfernen', exact: true }).click()
      await page.getByText(UPDATED).waitFor()
      await page.getByText('Nicht eingerichtet').waitFor()
    })

    test(`a password is changed in German: ${name}`, async () => {
      const user = await the.installation.user()
      const page = await person()
      await visit(page, user, '/security', 'Sicherheit')
      await page.getByRole('link', { name: 'Passwort ändern' }).click()
      for (const [present, done] of [['falsch', false], [user.password, true]]) {
        await page.getByLabel('Aktuelles Passwort').fill(present)
        await page.getByLabel('Neues Passwort').fill(NEW)
        await page.getByRole('button', { name: 'Passwort ändern' }).click()
        if (done) await page.getByText('Ihr neues Passwort wurde gespeichert').waitFor()
        else assert.equal(await problem(page), 'Das aktuelle Passwort ist falsch.')
      }
      const elsewhere = await person()
      await visit(elsewhere, user, '/security')
      assert.equal(await problem(elsewhere), 'E-Mail-Adresse oder Passwort ist falsch.')
      await visit(elsewhere, { ...user, password: NEW }, '/security', 'Sicherheit')
    })

    test(`sessions are ended in German: ${name}`, async () => {
      const user = await the.installation.user()
      const [mine, other] = [await person(), await person()]
      const tokens = await logIn(await the.person(), the.party, user, { scope: 'openid email' })
      await visit(other, user, '/sessions', 'Sitzungen')
      await visit(mine, user, '/sessions', 'Sitzungen')
      await mine.getByRole('button', { name: /^Abmelden: / }).first().click()
      await mine.getByText(UPDATED).waitFor()
      await mine.getByRole('button', { name: 'Überall sonst abmelden' }).click()
      await mine.getByText('Dieser Browser').waitFor()
      await mine.getByRole('button', { name: 'Überall sonst abmelden' }).waitFor({ state: 'detached' })
      assert.equal((await the.party.userinfo(tokens)).status, 401)
      await other.reload()
      await expectPage(other, 'Anmelden')
    })

    test(`the access of an app is removed in German: ${name}`, async () => {
      const user = await the.installation.user()
      const page = await person()
      const tokens = await logIn(await the.person(), the.party, user)
      await visit(page, user, '/applications', 'Apps')
      await page.getByRole('button', { name: 'Zugriff entfernen: Photo Prints' }).click()
      await page.getByText('Keine Apps mit Zugriff').waitFor()
      assert.equal((await the.party.userinfo(tokens)).status, 401)
    })
  }
}
