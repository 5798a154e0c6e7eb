// Delayed reset of a lost second factor: request, announcement and cancellation.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { expectPage, person } from '../support/browser.mjs'
import { linkOf } from '../support/mail_server.mjs'
import { eventually } from '../support/process.mjs'
import { rig } from '../support/rig.mjs'
import { oneTimeCode } from '../support/totp.mjs'

const the = rig({ settings: { LOGIN__FACTOR_RESET_DELAY: 3 * 86_400 } })

/** Texts of the pages and of the mail by language. */
const WORDS = {
  'en-US': {
    title: 'Sign in', email: 'Email address', password: 'Password', submit: 'Sign in', verify: "Verify it's you",
    lost: "Can't use your second step?", request: 'Request removal', requested: /^You have requested/, back: 'Back',
    code: '6-digit code', next: 'Continue', account: 'Your account', due: 'Removal possible from: ',
  },
  'de-DE': {
    title: 'Anmelden', email: 'E-Mail-Adresse', password: 'Passwort', submit: 'Anmelden', verify: 'Identität bestätigen',
    lost: 'Zweiter Schritt nicht möglich?', request: 'Entfernen beantragen', requested: /^Sie haben beantragt/, back: 'Zurück',
    code: '6-stelliger Code', next: 'Weiter', account: 'Ihr Konto', due: 'Entfernen möglich ab: ',
  },
}

/** Enters the password, and opens the page of the reset. */
async function openReset(page, words, user) {
  await page.goto(`${the.installation.issuer}/account`)
  await expectPage(page, words.title)
  await page.getByLabel(words.email).fill(user.email)
  await page.getByLabel(words.password).fill(user.password)
  await page.getByRole('button', { name: words.submit, exact: true }).click()
  await expectPage(page, words.verify)
  await page.getByRole('link', { name: words.lost }).click()
  await expectPage(page, words.lost)
}

for (const [locale, words] of Object.entries(WORDS)) {
  for (const javaScriptEnabled of [true, false]) {
    test(`a lost factor is reported and found again: ${locale}, ${javaScriptEnabled ? 'with' : 'without'} script`, async () => {
      const user = await the.installation.user()
      await the.installation.command(['users', 'edit', user.email, '--email-verified=true'])
      const secret = await the.installation.enableTotp(user)
      const page = await person(the.browser, { locale, javaScriptEnabled })
      await openReset(page, words, user)
      await page.getByRole('button', { name: words.request }).click()
      await page.getByText(words.requested).waitFor()
      const text = await eventually('a mail', () => the.installation.textsTo(user.email)[0])
      assert.ok(text.includes(words.due), text)
      assert.ok(linkOf({ text }).includes('/secure?token='), text)
      const reset = () => the.installation.json(['users', 'factor-reset', user.email])
      const { created_at: requested, due_at: due } = await reset()
      assert.equal(due - requested, 3 * 86_400)
      await page.getByRole('link', { name: words.back }).click()
      await expectPage(page, words.verify)
      await page.getByLabel(words.code).fill(oneTimeCode(secret))
      await page.getByRole('button', { name: words.next }).click()
      await expectPage(page, words.account)
      await assert.rejects(reset())
      await page.context().clearCookies()
      await openReset(page, words, user)
      await page.getByRole('button', { name: words.request }).waitFor()
    })
  }
}
