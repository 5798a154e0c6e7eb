// What takes too long: the tests wait at the same time, for the shortest lifetimes that may be configured.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { consent, enterCode, enterPassword, expectPage, logIn } from './support/browser.mjs'
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
    const again = await the.party.tokens(request)
    assert.ok(again.claims.auth_time >= first.claims.auth_time + 60)
    assert.notEqual(again.claims.sid, first.claims.sid)
  })

  test('a session that expires before the person has agreed leads to the login, not to an error', async () => {
    const user = await the.installation.user()
    const page = await the.person()
    await logIn(page, the.party, user, { scope: 'openid' })
    await sleep(45_000)
    const request = the.party.request({ scope: 'openid profile' })
    await page.goto(request.url)
    await expectPage(page, /asks for access$/)
    await sleep(16_000)
    await page.getByRole('button', { name: 'Agree' }).click()
    await enterPassword(page, user)
    await consent(page)
    assert.equal((await the.party.tokens(request)).claims.sub, user.id)
  })

  test('a second factor that comes too late leads to the beginning, with the request still there', async () => {
    const user = await the.installation.user()
    const secret = await the.installation.enableTotp(user)
    const page = await the.person()
    const request = the.party.request()
    await page.goto(request.url)
    await enterPassword(page, user)
    await expectPage(page, 'One more step')
    await sleep(31_000)
    await enterCode(page, oneTimeCode(secret))
    await page.waitForLoadState()
    assert.doesNotMatch(await page.locator('body').innerText(), /our mistake/)
  })

  test('a login page that stood open for too long says so', async () => {
    const user = await the.installation.user()
    const page = await the.person()
    await page.goto(the.party.request().url)
    await expectPage(page, 'Log in')
    await sleep(31_000)
    await enterPassword(page, user)
    await page.waitForLoadState()
    const text = await page.locator('main').innerText()
    assert.doesNotMatch(text, /our mistake/)
    assert.match(text, /open for too long|asks for access/)
  })
})
