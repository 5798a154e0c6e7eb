// Sign-in with a password.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { consent, enterPassword, expectPage, focused, leave, problem } from './support/browser.mjs'
import { rig } from './support/rig.mjs'

const the = rig()

test('sign-in and consent give the client a code for tokens', async () => {
  const user = await the.installation.user({ name: 'Ada Lovelace' })
  const page = await the.person()
  const request = the.party.request()
  await page.goto(request.url)
  await enterPassword(page, user)
  await consent(page)
  const tokens = await the.party.tokens(page, request)
  assert.equal(tokens.claims.sub, user.id)
  assert.deepEqual(tokens.claims.amr, ['pwd'])
  const { body } = await the.party.userinfo(tokens)
  assert.deepEqual([body.sub, body.name, body.email], [user.id, 'Ada Lovelace', user.email])
  const refreshed = await the.party.refresh(tokens)
  assert.notEqual(refreshed.refresh_token, tokens.refresh_token)
  assert.equal((await the.party.userinfo(refreshed)).status, 200)
})

test('a client keeps access to its pop-up window', async () => {
  const user = await the.installation.user()
  const page = await the.person()
  await page.goto(the.party.origin)
  const request = the.party.request()
  const opened = page.waitForEvent('popup')
  await page.evaluate((url) => { window.opened = window.open(url) }, request.url)
  const popup = await opened
  popup.faults = []
  await enterPassword(popup, user)
  await consent(popup)
  await the.party.answer(popup, request)
  assert.equal(await popup.evaluate(() => window.opener !== null), true)
  assert.equal(await page.evaluate(() => window.opened.closed), false)
  await popup.goto(`${the.installation.issuer}/account`)
  await expectPage(popup, 'Your account')
  assert.equal(await popup.evaluate(() => window.opener), null)
})

test('a wrong password and an unknown account show the same problem and keep the address', async () => {
  const user = await the.installation.user()
  const page = await the.person()
  await page.goto(the.party.request().url)
  await enterPassword(page, { ...user, password: 'wrong' })
  const known = await problem(page)
  assert.equal(known, 'Incorrect email address or password.')
  await page.getByRole('alert').getByText(/^Request ID: [0-9a-z]{20}$/).waitFor()
  assert.equal(await page.getByLabel('Email address').inputValue(), user.email)
  await enterPassword(page, { email: 'unknown@example.com', password: 'wrong' })
  await page.getByLabel('Email address').and(page.locator('[value="unknown@example.com"]')).waitFor()
  assert.equal(await problem(page), known)
  // The sign-in continues.
  await enterPassword(page, user)
  await expectPage(page, /wants to access your account$/)
})

for (const [what, known] of [['an account', true], ['an address without an account', false]]) {
  test(`after too many wrong passwords for ${what}, the page says how long to wait`, async () => {
    const { email } = known ? await the.installation.user() : { email: 'someone@example.org' }
    const page = await the.person()
    await page.goto(the.party.request().url)
    const statuses = []
    page.on('response', (response) => statuses.push(response.status()))
    // The rate limit uses time windows, and a window may end during the loop.
    for (let attempt = 0; attempt < 21 && !statuses.includes(429); attempt += 1) {
      await leave(page, () => enterPassword(page, { email, password: 'wrong' }))
    }
    assert.ok(statuses.includes(429))
    assert.match(await page.locator('main').innerText(), /Too many attempts\. Try again in \d+ min/)
  })
}

test('login_hint fills in the address and focuses the password', async () => {
  const user = await the.installation.user()
  const page = await the.person()
  await page.goto(the.party.request({ login_hint: user.email }).url)
  assert.equal(await page.getByLabel('Email address').inputValue(), user.email)
  await focused(page, 'Password')
  await page.keyboard.type(user.password)
  await page.keyboard.press('Enter')
  await expectPage(page, /wants to access your account$/)
})

test('pages use the language of the client request or of the browser', async () => {
  const german = await the.person({ locale: 'de-DE' })
  await german.goto(the.party.request().url)
  await expectPage(german, 'Anmelden')
  assert.equal(await german.locator('html').getAttribute('lang'), 'de')
  await german.goto(the.party.request({ ui_locales: 'fr en' }).url)
  await expectPage(german, 'Sign in')
})

test('sign-in works with the keyboard only', async () => {
  const user = await the.installation.user()
  const page = await the.person()
  const request = the.party.request()
  await page.goto(request.url)
  await expectPage(page, 'Sign in')
  await focused(page, 'Email address')
  await page.keyboard.type(user.email)
  await page.keyboard.press('Tab')
  await page.keyboard.type(user.password)
  // The button beside the field shows the password.
  await page.keyboard.press('Tab')
  await page.keyboard.press('Tab')
  await page.keyboard.press('Enter')
  await expectPage(page, /wants to access your account$/)
  const agree = page.getByRole('button', { name: 'Allow' })
  for (let presses = 0; presses < 10; presses += 1) {
    if (await agree.evaluate((button) => button === document.activeElement)) break
    await page.keyboard.press('Tab')
  }
  await page.keyboard.press('Space')
  assert.equal((await the.party.tokens(page, request)).claims.sub, user.id)
})

test('sign-in works without JavaScript', async () => {
  const user = await the.installation.user()
  const page = await the.person({ javaScriptEnabled: false })
  const request = the.party.request()
  await page.goto(request.url)
  await enterPassword(page, user)
  await consent(page)
  assert.equal((await the.party.tokens(page, request)).claims.sub, user.id)
})

test('a double click signs in once and consents once', async () => {
  const user = await the.installation.user()
  const page = await the.person()
  const request = the.party.request()
  await page.goto(request.url)
  await page.getByLabel('Email address').fill(user.email)
  await page.getByLabel('Password').fill(user.password)
  await page.getByRole('button', { name: 'Sign in', exact: true }).dblclick()
  await expectPage(page, /wants to access your account$/)
  await page.getByRole('button', { name: 'Allow' }).dblclick()
  assert.equal((await the.party.tokens(page, request)).claims.sub, user.id)
})

test('pages work after the back button', async () => {
  const user = await the.installation.user()
  const page = await the.person()
  const request = the.party.request()
  await page.goto(request.url)
  await enterPassword(page, { ...user, password: 'wrong' })
  await page.getByText('Incorrect email address or password.').waitFor()
  await enterPassword(page, user)
  await expectPage(page, /wants to access your account$/)
  await page.goBack()
  // The user is signed in by now. Submitting this page again must not fail.
  if (await page.getByRole('heading', { name: 'Sign in' }).isVisible()) await enterPassword(page, user)
  await consent(page)
  const first = await the.party.tokens(page, request)
  assert.equal(first.claims.sub, user.id)
  await page.goBack()
  assert.doesNotMatch(await page.locator('body').innerText(), /on our end/)
})

test('two tabs sign in, each for its own request', async () => {
  const user = await the.installation.user()
  const one = await the.person()
  const other = await the.newTab(one.context())
  const requests = [the.party.request(), the.party.request()]
  await one.goto(requests[0].url)
  await other.goto(requests[1].url)
  await enterPassword(one, user)
  await expectPage(one, /wants to access your account$/)
  await enterPassword(other, user)
  await expectPage(other, /wants to access your account$/)
  await consent(other)
  const second = await the.party.tokens(other, requests[1])
  await consent(one)
  const first = await the.party.tokens(one, requests[0])
  assert.deepEqual([first.claims.sub, second.claims.sub], [user.id, user.id])
})

test('a form of one browser does not work in another', async () => {
  const user = await the.installation.user()
  const party = await the.client()
  const [mine, theirs] = [await the.person(), await the.person()]
  await mine.goto(party.request().url)
  await expectPage(mine, 'Sign in')
  // An attacker could make a browser load the URL of a page from another browser.
  await theirs.goto(mine.url())
  if (await theirs.getByRole('heading', { name: 'Sign in' }).isVisible()) await leave(theirs, () => enterPassword(theirs, user))
  assert.equal(party.heard.length, 0)
  assert.equal(await theirs.getByRole('button', { name: 'Allow' }).count(), 0)
})
