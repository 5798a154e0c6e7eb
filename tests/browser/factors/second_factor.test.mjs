// One-time codes and trusted devices.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { consent, enterCode, enterPassword, expectPage, problem } from '../support/browser.mjs'
import { rig } from '../support/rig.mjs'
import { oneTimeCode } from '../support/totp.mjs'

const the = rig()

async function userWithTotp() {
  const user = await the.installation.user()
  return { ...user, secret: await the.installation.enableTotp(user) }
}

test('an app code is required after the password and appears in amr', async () => {
  const user = await userWithTotp()
  const page = await the.person()
  const request = the.party.request()
  await page.goto(request.url)
  await enterPassword(page, user)
  await enterCode(page, oneTimeCode(user.secret))
  await consent(page)
  const { claims } = await the.party.tokens(page, request)
  assert.deepEqual(claims.amr.toSorted(), ['mfa', 'otp', 'pwd'])
})

test('a wrong code is rejected, and a code works once', async () => {
  const user = await userWithTotp()
  const page = await the.person()
  await page.goto(the.party.request().url)
  await enterPassword(page, user)
  const code = oneTimeCode(user.secret)
  const wrong = String((Number(code) + 1) % 1_000_000).padStart(6, '0')
  await enterCode(page, wrong)
  assert.match(await problem(page), /^Incorrect code/)
  await enterCode(page, code)
  await expectPage(page, /wants to access your account$/)
  const elsewhere = await the.person()
  await elsewhere.goto(the.party.request().url)
  await enterPassword(elsewhere, user)
  await enterCode(elsewhere, code)
  assert.match(await problem(elsewhere), /^Incorrect code/)
  await enterCode(elsewhere, oneTimeCode(user.secret, 1))
  await expectPage(elsewhere, /wants to access your account$/)
})

test('a trusted device skips the second factor', async () => {
  const user = await userWithTotp()
  const page = await the.person()
  await page.goto(the.party.request().url)
  await enterPassword(page, user)
  await expectPage(page, "Verify it's you")
  await page.getByRole('checkbox', { name: /Don't ask again on this device/ }).check()
  await enterCode(page, oneTimeCode(user.secret))
  await consent(page)
  await the.party.receives(page, '/callback')
  const request = the.party.request({ prompt: 'login' })
  await page.goto(request.url)
  await enterPassword(page, user)
  assert.equal((await the.party.tokens(page, request)).claims.sub, user.id)
  const elsewhere = await the.person()
  await elsewhere.goto(the.party.request().url)
  await enterPassword(elsewhere, user)
  await expectPage(elsewhere, "Verify it's you")
})

test('the second step does not work in another browser', async () => {
  const user = await userWithTotp()
  const [mine, theirs] = [await the.person(), await the.person()]
  await mine.goto(the.party.request().url)
  await enterPassword(mine, user)
  await expectPage(mine, "Verify it's you")
  await theirs.goto(mine.url())
  assert.equal(await theirs.getByRole('heading', { name: "Verify it's you" }).count(), 0)
})
