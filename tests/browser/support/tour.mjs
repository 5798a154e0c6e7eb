// A walk through every page there is, for those who look at pages: axe, and the screenshots.

import { consent, enterCode, enterPassword, expectPage } from './browser.mjs'
import { oneTimeCode } from './totp.mjs'

/** Calls `visit(name, page)` on each page that the server `the` (see `rig.mjs`) shows. */
export async function tour(the, visit) {
  const user = await the.installation.user({ name: 'Ada Lovelace', email: 'ada@example.com' })
  const second = await the.installation.user({ name: 'Grace Hopper', email: 'grace@example.com' })
  const secret = await the.installation.enableTotp(second)
  const party = await the.client({ options: (origin) => ['--post-logout-redirect-uri', `${origin}/bye`] })
  const page = await the.person()
  const begin = (extra) => page.goto(party.request(extra).url)
  // Where a script sends a page away at once, the page stays without it.
  await page.route('**/submit*.js', (route) => route.abort())

  await begin()
  await expectPage(page, 'Log in')
  await visit('login', page)
  await enterPassword(page, { ...user, password: 'wrong' })
  await page.getByText('E-mail address or password is wrong.').waitFor()
  await visit('login-wrong', page)
  await enterPassword(page, user)
  await expectPage(page, /asks for access$/)
  await visit('consent', page)
  await consent(page)
  await party.hears('/callback')

  await begin({ prompt: 'select_account' })
  await page.getByRole('link', { name: 'Use another account' }).click()
  await enterPassword(page, second)
  await expectPage(page, 'One more step')
  await visit('second-factor', page)
  await enterCode(page, '000000')
  await page.getByRole('alert').getByText(/not right/).waitFor()
  await visit('second-factor-wrong', page)
  await page.getByRole('link', { name: 'Use a recovery code instead' }).click()
  await page.getByLabel('Recovery code').waitFor()
  await visit('recovery-code', page)
  await page.getByRole('link', { name: 'Use a code from the app instead' }).click()
  await enterCode(page, oneTimeCode(secret))
  await consent(page)
  await party.hears('/callback')
  await begin({ prompt: 'select_account' })
  await expectPage(page, 'Choose an account')
  await visit('accounts', page)

  await begin({ prompt: 'none', response_mode: 'form_post' })
  await expectPage(page, 'One moment')
  await visit('form-post', page)
  await begin({ redirect_uri: 'https://evil.example/callback' })
  await expectPage(page, 'That did not work')
  await visit('error', page)

  await page.goto(`${the.installation.issuer}/oauth2/logout`)
  await expectPage(page, 'Log out?')
  await visit('logout', page)
  await page.getByRole('button', { name: 'Log out' }).click()
  await expectPage(page, 'You are logged out')
  await visit('logged-out', page)
}
