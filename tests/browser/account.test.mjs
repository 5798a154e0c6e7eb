// The account page: second factors, passwords, sessions, devices, and the applications that have access.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { consent, enterCode, enterPassword, expectPage, leave, logIn, problem } from './support/browser.mjs'
import { rig } from './support/rig.mjs'
import { oneTimeCode } from './support/totp.mjs'

const the = rig()

const account = (page) => page.goto(`${the.installation.issuer}/account`)

/** Logs in for the account page alone. */
async function visitAccount(page, user) {
  await account(page)
  await enterPassword(page, user)
  await page.getByRole('heading', { name: 'How you log in' }).waitFor()
}

for (const javaScriptEnabled of [true, false]) {
  test(`an authenticator app is set up, and a recovery code stands in for it once, ${javaScriptEnabled ? 'with' : 'without'} script`, async () => {
    const user = await the.installation.user()
    const page = await the.person({ javaScriptEnabled })
    await visitAccount(page, user)
    await page.getByRole('link', { name: 'Set up' }).click()
    await expectPage(page, 'Set up an authenticator app')
    const secret = await page.locator('.steps code').innerText()
    await page.getByLabel('Six-digit code').fill('000000')
    await page.getByRole('button', { name: 'Finish' }).click()
    assert.match(await problem(page), /^This code is not right/)
    // The page that comes back has the same key: the app need not be set up again.
    assert.equal(await page.locator('.steps code').innerText(), secret)
    await page.getByLabel('Six-digit code').fill(oneTimeCode(secret))
    await page.getByRole('button', { name: 'Finish' }).click()
    await expectPage(page, 'Your recovery codes')
    const codes = await page.locator('.codes code').allInnerTexts()
    assert.equal(codes.length, 10)
    await page.getByRole('link', { name: 'I have kept them' }).click()
    await page.getByText('Recovery codes left: 10').waitFor()

    await page.context().clearCookies()
    await account(page)
    await enterPassword(page, user)
    await enterCode(page, oneTimeCode(secret, 1))
    await page.getByText('Recovery codes left: 10').waitFor()

    for (const [code, works] of [[codes[0], true], [codes[0], false], [codes[1], true]]) {
      await page.context().clearCookies()
      await account(page)
      await enterPassword(page, user)
      await page.getByRole('link', { name: 'Use a recovery code instead' }).click()
      await page.getByLabel('Recovery code').fill(code)
      await page.getByRole('button', { name: 'Continue' }).click()
      if (works) await page.getByText('Recovery codes left').waitFor()
      else assert.match(await problem(page), /^This recovery code is not right/)
    }
    await page.getByText('Recovery codes left: 8').waitFor()
  })
}

test('a session that is ended from another browser is over at once, with its tokens', async () => {
  const user = await the.installation.user()
  const [mine, theirs] = [await the.person(), await the.person({ userAgent: 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0' })]
  const scope = 'openid email'
  const tokens = await logIn(theirs, the.party, user, { scope })
  assert.equal((await the.party.userinfo(tokens)).status, 200)
  await visitAccount(mine, user)
  await mine.getByRole('button', { name: /^Log out: .*Firefox/ }).click()
  await mine.getByText('Done.').waitFor()
  assert.equal((await the.party.userinfo(tokens)).status, 401)
  const silent = the.party.request({ scope, prompt: 'none' })
  await theirs.goto(silent.url)
  assert.equal((await the.party.answer(theirs, silent)).error, 'login_required')
  // The browser that did it is still logged in.
  await account(mine)
  await mine.getByRole('heading', { name: 'How you log in' }).waitFor()
})

test('a session that is ended in the middle of a question leads to the login', async () => {
  const user = await the.installation.user()
  const [mine, theirs] = [await the.person(), await the.person()]
  const request = the.party.request()
  await theirs.goto(request.url)
  await enterPassword(theirs, user)
  await expectPage(theirs, /asks for access$/)
  await visitAccount(mine, user)
  await mine.getByRole('button', { name: 'Log out everywhere else' }).click()
  await mine.getByText('Done.').waitFor()
  await theirs.getByRole('button', { name: 'Agree' }).click()
  await enterPassword(theirs, user)
  await consent(theirs)
  assert.equal((await the.party.tokens(theirs, request)).claims.sub, user.id)
})

test('access that is withdrawn ends the tokens, and the question comes again', async () => {
  const user = await the.installation.user()
  const page = await the.person()
  const tokens = await logIn(page, the.party, user)
  await account(page)
  await page.getByRole('button', { name: 'Withdraw: Photo Prints' }).click()
  await page.getByText('You have given access to no application.').waitFor()
  assert.equal((await the.party.userinfo(tokens)).status, 401)
  const refused = await the.party.post('/oauth2/token', { grant_type: 'refresh_token', refresh_token: tokens.refresh_token })
  assert.equal(refused.body.error, 'invalid_grant')
  await page.goto(the.party.request().url)
  await expectPage(page, /asks for access$/)
})

test('a new password ends every other session and every grant', async () => {
  const user = await the.installation.user()
  const [mine, theirs] = [await the.person(), await the.person()]
  const tokens = await logIn(theirs, the.party, user)
  await visitAccount(mine, user)
  await mine.getByRole('link', { name: 'Change the password' }).click()
  await mine.getByLabel('Present password').fill('wrong')
  await mine.getByLabel('New password').fill('another horse, another staple')
  await mine.getByRole('button', { name: 'Change the password' }).click()
  assert.equal(await problem(mine), 'The present password is wrong.')
  await mine.getByLabel('Present password').fill(user.password)
  await mine.getByLabel('New password').fill('another horse, another staple')
  await mine.getByRole('button', { name: 'Change the password' }).click()
  await mine.getByText('Your password is changed.').waitFor()
  assert.equal((await the.party.userinfo(tokens)).status, 401)
  await theirs.goto(the.party.request().url)
  await enterPassword(theirs, user)
  assert.equal(await problem(theirs), 'E-mail address or password is wrong.')
  await enterPassword(theirs, { ...user, password: 'another horse, another staple' })
  // Consent is still remembered.
  await the.party.receives(theirs, '/callback')
})

test('a user who is disabled is logged out everywhere', async () => {
  const user = await the.installation.user()
  const page = await the.person()
  const tokens = await logIn(page, the.party, user)
  await the.installation.command(['users', 'disable', user.email])
  assert.equal((await the.party.userinfo(tokens)).status, 401)
  await page.goto(the.party.request().url)
  await enterPassword(page, user)
  assert.equal(await problem(page), 'E-mail address or password is wrong.')
})

test('logging out on the account page ends the login of this browser', async () => {
  const user = await the.installation.user()
  const page = await the.person()
  await visitAccount(page, user)
  await leave(page, () => page.getByRole('button', { name: 'Log out', exact: true }).click())
  await account(page)
  await expectPage(page, 'Log in')
})
