// Recovery of a forgotten password, and security notices, with mail from a mail server.

import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { devices } from 'playwright-core'
import { enterCode, enterPassword, expectPage, focused, launch, person, problem } from '../support/browser.mjs'
import { Installation } from '../support/installation.mjs'
import { MailServer, codeOf, linkOf } from '../support/mail_server.mjs'
import { RelyingParty } from '../support/relying_party.mjs'
import { oneTimeCode } from '../support/totp.mjs'

const NEW = 'drei grüne Eulen'
const the = {}
const folder = mkdtempSync(join(tmpdir(), 'countersign-mail-'))

before(async () => {
  the.browser = await launch()
  the.mail = await MailServer.started(join(folder, 'maildir'))
  const settings = { MAIL__URL: the.mail.url }
  the.installation = await Installation.started({ settings })
  the.party = await RelyingParty.registered(the.installation, {})
})
after(async () => {
  await the.browser?.close()
  the.party?.stop()
  await the.installation?.stop()
  await the.mail?.stop()
  rmSync(folder, { recursive: true, force: true })
})

/** Texts of the pages by language. */
const WORDS = {
  'en-US': {
    signIn: 'Sign in', forgot: 'Forgot password?', reset: 'Reset your password', email: 'Email address', send: 'Send email',
    check: 'Check your email', code: '6-digit code', next: 'Continue', choose: 'Choose a new password', fresh: 'New password',
    save: 'Save password', dead: 'This link no longer works', again: 'Send a new email', subject: /^Reset your .* password$/,
  },
  'de-DE': {
    signIn: 'Anmelden', forgot: 'Passwort vergessen?', reset: 'Passwort zurücksetzen', email: 'E-Mail-Adresse', send: 'E-Mail senden',
    check: 'Prüfen Sie Ihr Postfach', code: '6-stelliger Code', next: 'Weiter', choose: 'Neues Passwort festlegen', fresh: 'Neues Passwort',
    save: 'Passwort speichern', dead: 'Dieser Link funktioniert nicht mehr', again: 'Neue E-Mail senden', subject: /zurücksetzen$/,
  },
}

/** Goes from the sign-in page to the page that asks for the code. */
async function ask(page, words, email) {
  await page.goto(the.party.request().url)
  await expectPage(page, words.signIn)
  await page.getByRole('link', { name: words.forgot }).click()
  await expectPage(page, words.reset)
  await page.getByLabel(words.email).fill(email)
  await page.getByRole('button', { name: words.send }).click()
  await expectPage(page, words.check)
}

async function choose(page, words) {
  await expectPage(page, words.choose)
  await page.getByLabel(words.fresh).fill(NEW)
  await page.getByRole('button', { name: words.save }).click()
}

for (const [locale, words] of Object.entries(WORDS)) {
  for (const [device, settings] of [['desktop', {}], ['phone', devices['iPhone 13']]]) {
    for (const javaScriptEnabled of [true, false]) {
      const name = `${locale}, ${device}, ${javaScriptEnabled ? 'with' : 'without'} script`
      test(`a code resets the password and leads back to the app: ${name}`, async () => {
        const user = await the.installation.user()
        const page = await person(the.browser, { ...settings, locale, javaScriptEnabled, defaultBrowserType: undefined })
        await ask(page, words, user.email)
        const mail = await the.mail.mailTo(user.email)
        assert.match(mail.subject, words.subject)
        await page.getByLabel(words.code).fill(codeOf(mail))
        await page.getByRole('button', { name: words.next, exact: true }).click()
        await choose(page, words)
        await expectPage(page, /Photo Prints/)
        await page.context().close()
      })
    }
  }

  test(`a link works in another browser, once: ${locale}`, async () => {
    const user = await the.installation.user()
    const page = await person(the.browser, { locale })
    await ask(page, words, user.email)
    const link = linkOf(await the.mail.mailTo(user.email))
    assert.ok(link.startsWith(`${the.installation.issuer}/recover/link?token=`), link)
    const phone = await person(the.browser, { locale })
    await phone.goto(link)
    await expectPage(phone, words.reset)
    await phone.reload()
    await phone.getByRole('button', { name: words.next, exact: true }).click()
    await choose(phone, words)
    await phone.waitForURL('**/account')
    await page.goto(link)
    await expectPage(page, words.dead)
    await page.getByRole('link', { name: words.again }).click()
    await expectPage(page, words.reset)
    for (const own of [page, phone]) await own.context().close()
  })
}

test('a keyboard alone resets the password', async () => {
  const user = await the.installation.user()
  const page = await person(the.browser)
  await page.goto(`${the.installation.issuer}/recover`)
  await focused(page, 'Email address')
  await page.keyboard.type(user.email)
  await page.keyboard.press('Enter')
  await focused(page, '6-digit code')
  await page.keyboard.type('000000')
  await page.keyboard.press('Enter')
  assert.match(await problem(page), /^Incorrect code/)
  await focused(page, '6-digit code')
  await page.keyboard.type(codeOf(await the.mail.mailTo(user.email)))
  await page.keyboard.press('Enter')
  await focused(page, 'New password')
  await page.keyboard.type('password12')
  await page.keyboard.press('Enter')
  await page.getByRole('alert').getByText(/common password/).waitFor()
  await focused(page, 'New password')
  await page.keyboard.type(NEW)
  await page.keyboard.press('Enter')
  await page.waitForURL('**/account')
})

test('the second factor is required, and the new password works', async () => {
  const user = await the.installation.user()
  const secret = await the.installation.enableTotp(user)
  const page = await person(the.browser)
  await ask(page, WORDS['en-US'], user.email)
  await page.getByLabel('6-digit code').fill(codeOf(await the.mail.mailTo(user.email)))
  await page.getByRole('button', { name: 'Continue' }).click()
  await enterCode(page, oneTimeCode(secret))
  await choose(page, WORDS['en-US'])
  await expectPage(page, /wants to access your account$/)
  const notice = await the.mail.mailTo(user.email, 2)
  assert.match(notice.subject, /^Your .* password was reset$/)
  const other = await person(the.browser)
  await other.goto(the.party.request().url)
  await enterPassword(other, user)
  assert.equal(await problem(other), 'Incorrect email address or password.')
  await enterPassword(other, { ...user, password: NEW })
  await expectPage(other, "Verify it's you")
})

test('the link of a security notice signs the user out and starts recovery', async () => {
  const user = await the.installation.user()
  const thief = await person(the.browser)
  await thief.goto(`${the.installation.issuer}/account`)
  await enterPassword(thief, user)
  await expectPage(thief, 'Your account')
  const notice = await the.mail.mailTo(user.email)
  assert.match(notice.subject, /^New sign-in to your/)
  assert.match(notice.html, /<a class="button" href="http/)
  const owner = await person(the.browser)
  await owner.goto(linkOf(notice))
  await expectPage(owner, 'Secure your account')
  await owner.getByRole('button', { name: 'Sign out everywhere' }).click()
  await expectPage(owner, 'Check your email')
  await thief.goto(`${the.installation.issuer}/account`)
  await expectPage(thief, 'Sign in')
})

test('an unknown address sees the same page and gets no mail', async () => {
  const user = await the.installation.user()
  const page = await person(the.browser)
  await ask(page, WORDS['en-US'], 'unknown@example.com')
  await ask(page, WORDS['en-US'], user.email)
  await the.mail.mailTo(user.email)
  assert.ok(the.mail.mails().every((mail) => mail.to !== 'unknown@example.com'))
})
