// Sign-in with an email code.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { consent, expectPage, leave, problem } from '../support/browser.mjs'
import { rig } from '../support/rig.mjs'

const the = rig()

/** Requests a code from the sign-in page. */
async function askForCode(page, email) {
  await expectPage(page, 'Sign in')
  await page.getByRole('link', { name: 'Email me a code' }).click()
  await expectPage(page, 'Sign in with an email code')
  await page.getByLabel('Email address').fill(email)
  await page.getByRole('button', { name: 'Send code' }).click()
  await page.getByLabel('6-digit code').waitFor()
}

async function enter(page, code) {
  await page.getByLabel('6-digit code').fill(code)
  await page.getByRole('button', { name: 'Sign in' }).click()
}

for (const javaScriptEnabled of [true, false]) {
  test(`an email code signs in, ${javaScriptEnabled ? 'with' : 'without'} script`, async () => {
    const user = await the.installation.user()
    const page = await the.person({ javaScriptEnabled })
    const request = the.party.request()
    await page.goto(request.url)
    await askForCode(page, user.email)
    const code = await the.installation.codeFor(user.email)
    await enter(page, code === '000000' ? '000001' : '000000')
    assert.match(await problem(page), /^Incorrect code/)
    await enter(page, code)
    await consent(page)
    const { claims } = await the.party.tokens(page, request)
    assert.equal(claims.sub, user.id)
  })
}

test('an unknown address sees the same page and gets no email', async () => {
  const page = await the.person()
  await page.goto(the.party.request().url)
  await askForCode(page, 'unknown@example.com')
  assert.match(await page.locator('main').innerText(), /If an account exists for unknown@example\.com/)
  // An email to an existing user would arrive later than an email to the unknown address.
  const user = await the.installation.user()
  const other = await the.person()
  await other.goto(the.party.request().url)
  await askForCode(other, user.email)
  await the.installation.codeFor(user.email)
  assert.ok(the.installation.mails().every((mail) => !mail.includes('unknown@')))
})

test('an email code works once, in the browser that requested it', async () => {
  const user = await the.installation.user()
  const [mine, theirs] = [await the.person(), await the.person()]
  await mine.goto(the.party.request().url)
  await askForCode(mine, user.email)
  const code = await the.installation.codeFor(user.email)
  await theirs.goto(mine.url())
  if (await theirs.getByLabel('6-digit code').isVisible()) await leave(theirs, () => enter(theirs, code))
  assert.equal(await theirs.getByRole('button', { name: 'Allow' }).count(), 0)
  await enter(mine, code)
  await expectPage(mine, /wants to access your account$/)
  await mine.goBack()
  if (await mine.getByLabel('6-digit code').isVisible()) await leave(mine, () => enter(mine, code))
  assert.doesNotMatch(await mine.locator('body').innerText(), /on our end/)
})
