// The whole sign-in flow, with PostgreSQL.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { consent, enterCode, enterPassword, expectPage } from './support/browser.mjs'
import { rig } from './support/rig.mjs'
import { oneTimeCode } from './support/totp.mjs'

const the = rig({ postgres: true })

test('password, one-time code, consent, tokens, silent sign-in, logout', async () => {
  const party = await the.client({ options: (origin) => ['--post-logout-redirect-uri', `${origin}/bye`] })
  const user = await the.installation.user({ name: 'Ada Lovelace' })
  const secret = await the.installation.enableTotp(user)
  const page = await the.person()
  const request = party.request()
  await page.goto(request.url)
  await enterPassword(page, { ...user, password: 'wrong' })
  await page.getByText('Incorrect email address or password.').waitFor()
  await enterPassword(page, user)
  await enterCode(page, oneTimeCode(secret))
  await consent(page)
  const tokens = await party.tokens(page, request)
  assert.equal((await party.userinfo(tokens)).body.name, 'Ada Lovelace')
  const again = party.request({ prompt: 'none' })
  await page.goto(again.url)
  const second = await party.tokens(page, again)
  assert.equal(second.claims.auth_time, tokens.claims.auth_time)
  const refreshed = await party.refresh(second)
  const target = { id_token_hint: tokens.id_token, post_logout_redirect_uri: `${party.origin}/bye` }
  await page.goto(`${the.installation.issuer}/oauth2/logout?${new URLSearchParams(target)}`)
  await party.receives(page, '/bye')
  assert.equal((await party.userinfo(refreshed)).status, 200)
  await party.post('/oauth2/revoke', { token: refreshed.refresh_token })
  assert.equal((await party.userinfo(refreshed)).status, 401)
  await page.goto(party.request().url)
  await expectPage(page, 'Sign in')
})
