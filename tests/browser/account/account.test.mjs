// The account page: second factors, passwords, sessions, devices, and apps with access.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { consent, enterCode, enterPassword, expectPage, leave, logIn, problem } from '../support/browser.mjs'
import { rig } from '../support/rig.mjs'
import { oneTimeCode } from '../support/totp.mjs'

const the = rig()

const account = (page, section = '') => page.goto(`${the.installation.issuer}/account${section}`)

/** Signs in to a section of the account page, without a client. */
async function visitAccount(page, user, section, heading) {
  await account(page, section)
  await enterPassword(page, user)
  await expectPage(page, heading)
}
const visitSecurity = (page, user) => visitAccount(page, user, '/security', 'Security')
const visitSessions = (page, user) => visitAccount(page, user, '/sessions', 'Sessions')

for (const javaScriptEnabled of [true, false]) {
  test(`a user sets up an authenticator app and signs in with a recovery code once, ${javaScriptEnabled ? 'with' : 'without'} script`, async () => {
    const user = await the.installation.user()
    const page = await the.person({ javaScriptEnabled })
    await visitSecurity(page, user)
    await page.getByRole('link', { name: 'Set up' }).click()
    await expectPage(page, 'Set up an authenticator app')
    const secret = await page.locator('.steps code').innerText()
    await page.getByLabel('6-digit code').fill('000000')
    await page.getByRole('button', { name: 'Finish' }).click()
    assert.match(await problem(page), /^Incorrect code/)
    // The page shows the same key again, so the app need not scan it twice.
    assert.equal(await page.locator('.steps code').innerText(), secret)
    await page.getByLabel('6-digit code').fill(oneTimeCode(secret))
    await page.getByRole('button', { name: 'Finish' }).click()
    await expectPage(page, 'Your recovery codes')
    const codes = await page.locator('.codes code').allInnerTexts()
    assert.equal(codes.length, 10)
    await page.getByRole('link', { name: 'I have saved my recovery codes' }).click()
    await page.getByText('Recovery codes left: 10').waitFor()

    await page.context().clearCookies()
    await account(page, '/security')
    await enterPassword(page, user)
    await enterCode(page, oneTimeCode(secret, 1))
    await page.getByText('Recovery codes left: 10').waitFor()

    for (const [code, works] of [[codes[0], true], [codes[0], false], [codes[1], true]]) {
      await page.context().clearCookies()
      await account(page, '/security')
      await enterPassword(page, user)
      await page.getByRole('link', { name: 'Use a recovery code instead' }).click()
      await page.getByLabel('Recovery code').fill(code)
      await page.getByRole('button', { name: 'Continue' }).click()
      if (works) await page.getByText('Recovery codes left').waitFor()
      else assert.match(await problem(page), /^This recovery code is incorrect/)
    }
    await page.getByText('Recovery codes left: 8').waitFor()
  })
}

test('ending a session from another browser revokes its tokens', async () => {
  const user = await the.installation.user()
  const [mine, theirs] = [await the.person(), await the.person({ userAgent: 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0' })]
  const scope = 'openid email'
  const tokens = await logIn(theirs, the.party, user, { scope })
  assert.equal((await the.party.userinfo(tokens)).status, 200)
  await visitSessions(mine, user)
  await mine.getByRole('button', { name: /^Sign out: .*Firefox/ }).click()
  await mine.getByText('Your account has been updated.').waitFor()
  assert.equal((await the.party.userinfo(tokens)).status, 401)
  const silent = the.party.request({ scope, prompt: 'none' })
  await theirs.goto(silent.url)
  assert.equal((await the.party.answer(theirs, silent)).error, 'login_required')
  // The other browser is still signed in.
  await account(mine)
  await expectPage(mine, 'Your account')
})

test('a session that ends during consent leads to the sign-in page', async () => {
  const user = await the.installation.user()
  const [mine, theirs] = [await the.person(), await the.person()]
  const request = the.party.request()
  await theirs.goto(request.url)
  await enterPassword(theirs, user)
  await expectPage(theirs, /wants to access your account$/)
  await visitSessions(mine, user)
  await mine.getByRole('button', { name: 'Sign out everywhere else' }).click()
  await mine.getByText('Your account has been updated.').waitFor()
  await theirs.getByRole('button', { name: 'Allow' }).click()
  await enterPassword(theirs, user)
  await consent(theirs)
  assert.equal((await the.party.tokens(theirs, request)).claims.sub, user.id)
})

test('removing access revokes tokens and asks for consent again', async () => {
  const user = await the.installation.user()
  const page = await the.person()
  const tokens = await logIn(page, the.party, user)
  await account(page, '/applications')
  await page.getByRole('button', { name: 'Remove access: Photo Prints' }).click()
  await page.getByText('No apps with access').waitFor()
  assert.equal((await the.party.userinfo(tokens)).status, 401)
  const refused = await the.party.post('/oauth2/token', { grant_type: 'refresh_token', refresh_token: tokens.refresh_token })
  assert.equal(refused.body.error, 'invalid_grant')
  await page.goto(the.party.request().url)
  await expectPage(page, /wants to access your account$/)
})

test('a password change ends all other sessions and grants', async () => {
  const user = await the.installation.user()
  const [mine, theirs] = [await the.person(), await the.person()]
  const tokens = await logIn(theirs, the.party, user)
  await visitSecurity(mine, user)
  await mine.getByRole('link', { name: 'Change password' }).click()
  await mine.getByLabel('Current password').fill('wrong')
  await mine.getByLabel('New password').fill('another horse, another staple')
  await mine.getByRole('button', { name: 'Change password' }).click()
  assert.equal(await problem(mine), 'Incorrect current password.')
  await mine.getByLabel('Current password').fill(user.password)
  await mine.getByLabel('New password').fill('another horse, another staple')
  await mine.getByRole('button', { name: 'Change password' }).click()
  await mine.getByText('Your new password has been saved').waitFor()
  assert.equal((await the.party.userinfo(tokens)).status, 401)
  await theirs.goto(the.party.request().url)
  await enterPassword(theirs, user)
  assert.equal(await problem(theirs), 'Incorrect email address or password.')
  await enterPassword(theirs, { ...user, password: 'another horse, another staple' })
  // The consent is still stored.
  await the.party.receives(theirs, '/callback')
})

test('a disabled user is signed out everywhere', async () => {
  const user = await the.installation.user()
  const page = await the.person()
  const tokens = await logIn(page, the.party, user)
  await the.installation.command(['users', 'disable', user.email])
  assert.equal((await the.party.userinfo(tokens)).status, 401)
  await page.goto(the.party.request().url)
  await enterPassword(page, user)
  assert.equal(await problem(page), 'Incorrect email address or password.')
})

test('signing out on the account page ends the session', async () => {
  const user = await the.installation.user()
  const page = await the.person()
  await visitAccount(page, user, '', 'Your account')
  await leave(page, () => page.getByRole('button', { name: 'Sign out', exact: true }).click())
  await account(page)
  await expectPage(page, 'Sign in')
})
