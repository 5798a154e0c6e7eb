// Sign-up, with mail from a mail server.

import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { devices } from 'playwright-core'
import { enterPassword, expectPage, focused, launch, person, problem } from '../support/browser.mjs'
import { Installation } from '../support/installation.mjs'
import { MailServer, codeOf, linkOf } from '../support/mail_server.mjs'
import { addAuthenticator } from '../support/passkeys.mjs'
import { RelyingParty } from '../support/relying_party.mjs'

const PASSWORD = 'drei grüne Eulen'
const the = {}
const folder = mkdtempSync(join(tmpdir(), 'countersign-mail-'))

before(async () => {
  the.browser = await launch()
  the.mail = await MailServer.started(join(folder, 'maildir'))
  const settings = {
    MAIL__URL: the.mail.url,
    LOGIN__SIGN_UP: 'open',
    LOGIN__SIGN_UP_FIELDS: 'name,phone_number',
    LOGIN__TERMS_URL: 'https://example.com/terms',
    LOGIN__TERMS_VERSION: '2026-11',
  }
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
    signIn: 'Sign in', offer: 'Create account', title: 'Create your account', email: 'Email address', next: 'Continue',
    check: 'Check your email', code: '6-digit code', name: 'Name', phone: 'Phone number', password: 'Password',
    submit: 'Create account', agree: /^I agree/, passkey: 'Create a passkey instead',
    failed: /^That didn't work/, invitation: "You're invited to Countersign", invited: /^You've been invited/,
    dead: 'This invitation no longer works',
  },
  'de-DE': {
    signIn: 'Anmelden', offer: 'Konto erstellen', title: 'Konto erstellen', email: 'E-Mail-Adresse', next: 'Weiter',
    check: 'Prüfen Sie Ihr Postfach', code: '6-stelliger Code', name: 'Name', phone: 'Telefonnummer', password: 'Passwort',
    submit: 'Konto erstellen', agree: /^Ich stimme/, passkey: 'Stattdessen Passkey erstellen',
    failed: /^Das hat nicht geklappt/, invitation: 'Einladung zu Countersign', invited: /^Sie wurden eingeladen/,
    dead: 'Diese Einladung ist nicht mehr gültig',
  },
}

const fresh = () => `new-${crypto.randomUUID()}@example.com`

/** Goes from the sign-in page to the page that asks for the code. */
async function begin(page, words, email) {
  await page.goto(the.party.request().url)
  await expectPage(page, words.signIn)
  await page.getByRole('link', { name: words.offer }).click()
  await expectPage(page, words.title)
  await page.getByLabel(words.email).fill(email)
  await page.getByRole('button', { name: words.next, exact: true }).click()
  await expectPage(page, words.check)
}

async function fill(page, words, phone = '+49 30 1234567') {
  await expectPage(page, words.title)
  await page.getByLabel(words.name, { exact: true }).fill('Mary Somerville')
  await page.getByLabel(words.phone).fill(phone)
  await page.getByLabel(words.password).fill(PASSWORD)
  await page.getByRole('checkbox', { name: words.agree }).check()
  await page.getByRole('button', { name: words.submit }).click()
}

for (const [locale, words] of Object.entries(WORDS)) {
  for (const [device, settings] of [['desktop', {}], ['phone', devices['iPhone 13']]]) {
    for (const javaScriptEnabled of [true, false]) {
      const name = `${locale}, ${device}, ${javaScriptEnabled ? 'with' : 'without'} script`
      test(`a code creates an account and leads back to the app: ${name}`, async () => {
        const email = fresh()
        const page = await person(the.browser, { ...settings, locale, javaScriptEnabled, defaultBrowserType: undefined })
        await begin(page, words, email)
        await page.getByLabel(words.code).fill(codeOf(await the.mail.mailTo(email)))
        await page.getByRole('button', { name: words.next, exact: true }).click()
        // The form keeps what was entered, except the password.
        await fill(page, words, '030 1234567')
        await page.getByRole('alert').getByText(/\S/).first().waitFor()
        assert.equal(await page.getByLabel(words.name, { exact: true }).inputValue(), 'Mary Somerville')
        assert.equal(await page.getByLabel(words.password).inputValue(), '')
        await fill(page, words)
        await expectPage(page, /Photo Prints/)
        await page.context().close()
      })
    }
  }
}

test('a link creates an account in another browser, and the password works', async () => {
  const [email, words] = [fresh(), WORDS['en-US']]
  await begin(await person(the.browser), words, email)
  const phone = await person(the.browser)
  await phone.goto(linkOf(await the.mail.mailTo(email)))
  await expectPage(phone, words.title)
  await phone.getByRole('button', { name: 'Continue' }).click()
  await fill(phone, words)
  await expectPage(phone, 'Mary Somerville')
  const other = await person(the.browser)
  await other.goto(`${the.installation.issuer}/account`)
  await enterPassword(other, { email, password: PASSWORD })
  await expectPage(other, 'Mary Somerville')
})

test('the owner of a known address learns of the attempt, and the page is the same', async () => {
  const user = await the.installation.user()
  const page = await person(the.browser)
  await begin(page, WORDS['en-US'], user.email)
  const mail = await the.mail.mailTo(user.email)
  assert.match(mail.subject, /^You already have/)
  await page.getByLabel('6-digit code').fill('123456')
  await page.getByRole('button', { name: 'Continue' }).click()
  assert.match(await problem(page), /^Incorrect code/)
})

test('a keyboard alone creates an account', async () => {
  const email = fresh()
  const page = await person(the.browser)
  await page.goto(`${the.installation.issuer}/sign-up`)
  await focused(page, 'Email address')
  await page.keyboard.type(email)
  await page.keyboard.press('Enter')
  await focused(page, '6-digit code')
  await page.keyboard.type(codeOf(await the.mail.mailTo(email)))
  await page.keyboard.press('Enter')
  await focused(page, 'Name')
  await page.keyboard.type('Mary')
  await page.keyboard.press('Tab')
  await page.keyboard.type('+49 30 1234567')
  await page.keyboard.press('Tab')
  await page.keyboard.type(PASSWORD)
  await page.keyboard.press('Tab')
  await page.keyboard.press('Space')
  await page.keyboard.press('Enter')
  await expectPage(page, 'Mary')
})

for (const [locale, words] of Object.entries(WORDS)) {
  test(`a passkey instead of a password creates an account and signs in: ${locale}`, async () => {
    const email = fresh()
    const page = await person(the.browser, { locale })
    const device = await addAuthenticator(page)
    await begin(page, words, email)
    await page.getByLabel(words.code).fill(codeOf(await the.mail.mailTo(email)))
    await page.getByRole('button', { name: words.next, exact: true }).click()
    await expectPage(page, words.title)
    const create = page.getByRole('button', { name: words.passkey })
    // The other fields are still required.
    await create.click()
    assert.equal((await device.credentials()).length, 0)
    await page.getByLabel(words.name, { exact: true }).fill('Mary Somerville')
    await page.getByLabel(words.phone).fill('+49 30 1234567')
    await page.getByRole('checkbox', { name: words.agree }).check()
    await device.recognize(false)
    await create.click()
    await page.getByText(words.failed).waitFor()
    await device.recognize(true)
    // The keyboard alone suffices.
    await create.focus()
    await page.keyboard.press('Enter')
    await expectPage(page, /Photo Prints/)
    assert.equal((await device.credentials()).length, 1)
    await page.context().clearCookies()
    await page.goto(`${the.installation.issuer}/account`)
    // The authenticator answers the email field, without a click.
    await expectPage(page, 'Mary Somerville')
    await page.context().close()
  })

  test(`an invited person creates an account once: ${locale}`, async () => {
    const email = fresh()
    const language = locale.slice(0, 2)
    await the.installation.command(['users', 'invite', email, '--language', language])
    const mail = await the.mail.mailTo(email)
    assert.equal(mail.subject, words.invitation)
    for (const javaScriptEnabled of [true, false]) {
      const page = await person(the.browser, { locale, javaScriptEnabled })
      await page.goto(linkOf(mail))
      if (javaScriptEnabled) {
        await expectPage(page, words.title)
        await page.getByText(words.invited).waitFor()
        await page.getByRole('button', { name: words.next, exact: true }).click()
        await fill(page, words)
        await expectPage(page, 'Mary Somerville')
      } else {
        await expectPage(page, words.dead)
      }
      await page.context().close()
    }
  })
}

test('without script, the form of an invited person asks for a password only', async () => {
  const [email, words] = [fresh(), WORDS['en-US']]
  await the.installation.command(['users', 'invite', email])
  const page = await person(the.browser, { javaScriptEnabled: false })
  await page.goto(linkOf(await the.mail.mailTo(email)))
  await page.getByRole('button', { name: words.next, exact: true }).click()
  await expectPage(page, words.title)
  assert.equal(await page.getByRole('button', { name: words.passkey }).count(), 0)
  await fill(page, words)
  await expectPage(page, 'Mary Somerville')
})
