// A tour of every page, for axe and the screenshots.

import { consent, enterCode, enterPassword, expectPage } from './browser.mjs'
import { linkOf } from './mail_server.mjs'
import { addAuthenticator, addPasskey } from './passkeys.mjs'
import { eventually } from './process.mjs'
import { oneTimeCode } from './totp.mjs'

/** Visits a page after it has loaded, with its styles. */
const whole = (visit) => async (name, page) => {
  await page.waitForLoadState()
  await visit(name, page)
}

/** Visits the page that only a server with a required second factor shows. */
export async function tourOfSetup(the, visit) {
  const page = await the.person()
  await page.goto(the.party.request().url)
  await enterPassword(page, await the.installation.user())
  await expectPage(page, 'Protect your account')
  await whole(visit)('second-factor-setup', page)
}

/** Visits the pages that only a server with sign-up shows. */
export async function tourOfSignUp(the, visit) {
  visit = whole(visit)
  const page = await the.person()
  const email = 'mary@example.com'
  await page.goto(`${the.installation.issuer}/account`)
  await expectPage(page, 'Sign in')
  await visit('login-with-sign-up', page)
  await page.getByRole('link', { name: 'Create account' }).click()
  await expectPage(page, 'Create your account')
  await visit('sign-up', page)
  await page.getByLabel('Email address').fill(email)
  await page.getByRole('button', { name: 'Continue' }).click()
  await expectPage(page, 'Check your email')
  await visit('sign-up-check', page)
  const text = await eventually('a mail', () => the.installation.textsTo(email)[0])
  await page.goto(linkOf({ text }))
  await expectPage(page, 'Create your account')
  await visit('sign-up-link', page)
  await page.getByRole('button', { name: 'Continue' }).click()
  await page.getByLabel('Password').waitFor()
  await visit('sign-up-account', page)
  await page.getByLabel('Name').fill('Mary')
  await page.getByLabel('Password').fill('password12')
  await page.getByRole('checkbox').check()
  await page.getByRole('button', { name: 'Create account' }).click()
  await page.getByRole('alert').getByText(/./).waitFor()
  await visit('sign-up-account-weak', page)
}

/** Calls `visit(name, page)` on every other page of the server `the` (see `rig.mjs`). */
export async function tour(the, visit) {
  await tourOfRecovery(the, whole(visit))
  await tourOfLogin(the, whole(visit))
  await tourOfAccount(the, whole(visit))
}

async function tourOfRecovery(the, visit) {
  const user = await the.installation.user({ email: 'annie@example.com' })
  const page = await the.person()
  const mail = (sign) => eventually(`a mail with ${sign}`, () => the.installation.textsTo(user.email).find((text) => text.includes(sign)))
  const link = (text) => linkOf({ text })
  await page.goto(`${the.installation.issuer}/recover`)
  await expectPage(page, 'Reset your password')
  await visit('recover', page)
  await page.getByLabel('Email address').fill(user.email)
  await page.getByRole('button', { name: 'Send email' }).click()
  await expectPage(page, 'Check your email')
  await visit('recover-check', page)
  await page.getByLabel('6-digit code').fill('000000')
  await page.getByRole('button', { name: 'Continue' }).click()
  await page.getByRole('alert').getByText(/Incorrect code/).waitFor()
  await visit('recover-check-wrong', page)
  await page.goto(link(await mail('/recover/link')))
  await expectPage(page, 'Reset your password')
  await visit('recover-link', page)
  await page.getByRole('button', { name: 'Continue' }).click()
  await expectPage(page, 'Choose a new password')
  await visit('recover-password', page)
  await page.getByLabel('New password').fill('password12')
  await page.getByRole('button', { name: 'Save password' }).click()
  await page.getByRole('alert').getByText(/./).waitFor()
  await visit('recover-password-weak', page)
  await page.goto(`${the.installation.issuer}/recover/link?token=old`)
  await expectPage(page, 'This link no longer works')
  await visit('dead-link', page)
  const other = await the.person()
  await other.goto(`${the.installation.issuer}/account`)
  await enterPassword(other, user)
  await other.goto(link(await mail('/secure')))
  await expectPage(other, 'Secure your account')
  await visit('secure', other)
}

async function tourOfLogin(the, visit) {
  const user = await the.installation.user({ name: 'Ada Lovelace', email: 'ada@example.com' })
  const second = await the.installation.user({ name: 'Grace Hopper', email: 'grace@example.com' })
  const secret = await the.installation.enableTotp(second)
  const party = await the.client({ options: (origin) => ['--post-logout-redirect-uri', `${origin}/bye`] })
  const page = await the.person()
  const begin = (extra) => page.goto(party.request(extra).url)
  // Block the script that submits the page at once, so that the page stays.
  await page.route('**/submit*.js', (route) => route.abort())

  await begin()
  await expectPage(page, 'Sign in')
  await visit('login', page)
  await enterPassword(page, { ...user, password: 'wrong' })
  await page.getByText('Incorrect email address or password.').waitFor()
  await visit('login-wrong', page)
  await enterPassword(page, user)
  await expectPage(page, /wants to access your account$/)
  await visit('consent', page)
  await consent(page)
  await party.receives(page, '/callback')

  await begin({ prompt: 'select_account' })
  await page.getByRole('link', { name: 'Use another account' }).click()
  await enterPassword(page, second)
  await expectPage(page, "Verify it's you")
  await visit('second-factor', page)
  await enterCode(page, '000000')
  await page.getByRole('alert').getByText(/Incorrect code/).waitFor()
  await visit('second-factor-wrong', page)
  await page.getByRole('link', { name: 'Use a recovery code instead' }).click()
  await page.getByLabel('Recovery code').waitFor()
  await visit('recovery-code', page)
  await page.getByRole('link', { name: 'Use your authenticator app instead' }).click()
  await enterCode(page, oneTimeCode(secret))
  await consent(page)
  await party.receives(page, '/callback')
  await begin({ prompt: 'select_account' })
  await expectPage(page, 'Choose an account')
  await visit('accounts', page)

  await begin({ prompt: 'none', response_mode: 'form_post' })
  await expectPage(page, 'One moment')
  await visit('form-post', page)
  await begin({ redirect_uri: 'https://evil.example/callback' })
  await expectPage(page, 'Something went wrong')
  await visit('error', page)

  await page.goto(`${the.installation.issuer}/oauth2/logout`)
  await expectPage(page, 'Sign out?')
  await visit('logout', page)
  await page.getByRole('button', { name: 'Sign out' }).click()
  await expectPage(page, "You're signed out")
  await visit('logged-out', page)
}

async function tourOfAccount(the, visit) {
  const user = await the.installation.user({ name: 'Joan Clarke', email: 'joan@example.com' })
  const at = (path) => `${the.installation.issuer}${path}`
  const page = await the.person()
  await addAuthenticator(page)
  const party = await the.client()
  await page.goto(party.request().url)
  await page.getByRole('link', { name: 'Email me a code' }).click()
  await expectPage(page, 'Sign in with an email code')
  await visit('email-code', page)
  await page.getByLabel('Email address').fill(user.email)
  await page.getByRole('button', { name: 'Send code' }).click()
  await page.getByLabel('6-digit code').waitFor()
  await visit('email-code-sent', page)
  // Use the password: an email code would verify the address and hide the verification page.
  await page.goto(party.request().url)
  await enterPassword(page, user)
  await consent(page)
  await party.receives(page, '/callback')

  await page.goto(at('/account'))
  await expectPage(page, 'Joan Clarke')
  await visit('account-empty', page)
  await page.getByRole('button', { name: 'Verify email address' }).click()
  await page.getByLabel('6-digit code').waitFor()
  await visit('verify-email', page)
  await page.goto(at('/account/password'))
  await expectPage(page, 'Change password')
  await visit('change-password', page)
  await page.goto(at('/account/passkey'))
  await expectPage(page, 'Add a passkey')
  await visit('passkey-new', page)
  await addPasskey(page, the.installation)
  await page.goto(at('/account/authenticator'))
  await expectPage(page, 'Set up an authenticator app')
  await visit('authenticator', page)
  const secret = await page.locator('.steps code').innerText()
  await page.getByLabel('6-digit code').fill(oneTimeCode(secret))
  await page.getByRole('button', { name: 'Finish' }).click()
  await expectPage(page, 'Your recovery codes')
  await visit('recovery-codes', page)
  await page.goto(at('/account/recovery-codes'))
  await expectPage(page, 'New recovery codes')
  await visit('new-recovery-codes', page)
  await page.goto(at('/account/authenticator/remove'))
  await expectPage(page, 'Remove authenticator app')
  await visit('remove-authenticator', page)

  // With a session in another browser, a trusted device, and all factors set up.
  const phone = await the.person({ userAgent: 'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Mobile Safari/604.1' })
  await phone.goto(at('/account'))
  await enterPassword(phone, user)
  await expectPage(phone, "Verify it's you")
  await visit('second-factor-with-passkey', phone)
  await phone.getByRole('checkbox').check()
  await enterCode(phone, oneTimeCode(secret, 1))
  await expectPage(phone, 'Joan Clarke')
  await page.goto(at('/account'))
  await expectPage(page, 'Joan Clarke')
  await visit('account', page)
  await page.context().clearCookies()
  await page.goto(party.request().url)
  await page.getByRole('button', { name: 'Sign in with a passkey' }).click()
  await expectPage(page, 'Sign in with a passkey')
  await visit('passkey', page)
}
