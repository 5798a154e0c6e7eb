// What takes too long: the tests wait at the same time, for the shortest lifetimes that may be configured.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { consent, enterCode, enterPassword, expectPage, leave, logIn } from './support/browser.mjs'
import { rig } from './support/rig.mjs'
import { oneTimeCode } from './support/totp.mjs'

const the = rig({ settings: { LIFETIMES__LOGIN: 30, LIFETIMES__SESSION: 60 } })

describe('lifetimes', { concurrency: true }, () => {
  test('a session that has expired is asked for anew, and auth_time moves', async () => {
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

  test('a session that expires before the person has agreed leads to the login, not to an error', async () => {
    const user = await the.installation.user()
    const page = await the.person()
    const { claims } = await logIn(page, the.party, user, { scope: 'openid' })
    const until = (age) => sleep((claims.auth_time + age) * 1000 - Date.now())
    // The question may stand open for half a minute, and the session has another 20 seconds.
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

  test('a second factor that comes too late leads to the beginning, with the request still there', async () => {
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

  test('a login page that stood open for too long says so', async () => {
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
