// Expiry. The tests wait concurrently, with the shortest lifetimes that can be configured.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { consent, enterCode, enterPassword, expectPage, leave, logIn } from './support/browser.mjs'
import { rig } from './support/rig.mjs'
import { oneTimeCode } from './support/totp.mjs'

const the = rig({ settings: { LIFETIMES__LOGIN: 30, LIFETIMES__SESSION: 60 } })

describe('lifetimes', { concurrency: true }, () => {
  test('an expired session requires a new sign-in with a later auth_time', async () => {
    const user = await the.installation.user()
    const page = await the.person()
    const first = await logIn(page, the.party, user)
    await sleep(61_000)
    const request = the.party.request()
    await page.goto(request.url)
    await enterPassword(page, user)
    const again = await the.party.tokens(page, request)
    assert.ok(again.claims.auth_time >= first.claims.auth_time + 60)
    assert.notEqual(again.claims.sid, first.claims.sid)
  })

  test('a session that expires during consent leads to the sign-in page', async () => {
    const user = await the.installation.user()
    const page = await the.person()
    const { claims } = await logIn(page, the.party, user, { scope: 'openid' })
    const until = (age) => sleep((claims.auth_time + age) * 1000 - Date.now())
    // The consent page lives for 30 seconds, and the session for another 20 seconds.
    await until(40)
    const request = the.party.request({ scope: 'openid profile' })
    await page.goto(request.url)
    await expectPage(page, /wants to access your account$/)
    await until(62)
    await page.getByRole('button', { name: 'Allow' }).click()
    await enterPassword(page, user)
    await consent(page)
    assert.equal((await the.party.tokens(page, request)).claims.sub, user.id)
  })

  test('an expired second factor restarts the sign-in and keeps the request', async () => {
    const user = await the.installation.user()
    const secret = await the.installation.enableTotp(user)
    const page = await the.person()
    const request = the.party.request()
    await page.goto(request.url)
    await enterPassword(page, user)
    await expectPage(page, "Verify it's you")
    await sleep(31_000)
    await leave(page, () => enterCode(page, oneTimeCode(secret)))
    assert.doesNotMatch(await page.locator('body').innerText(), /on our end/)
  })

  test('an expired sign-in page says that it has expired', async () => {
    const user = await the.installation.user()
    const page = await the.person()
    await page.goto(the.party.request().url)
    await expectPage(page, 'Sign in')
    await sleep(31_000)
    await leave(page, () => enterPassword(page, user))
    const text = await page.locator('main').innerText()
    assert.doesNotMatch(text, /on our end/)
    assert.match(text, /page has expired|wants to access/)
  })
})
