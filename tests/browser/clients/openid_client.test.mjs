// openid-client: sign-in, userinfo, refresh, introspection, revocation and logout.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as oidc from 'openid-client'
import { consent, enterPassword, expectPage } from '../support/browser.mjs'
import { SCOPE } from '../support/installation.mjs'
import { rig } from '../support/rig.mjs'

const the = rig()

test('openid-client: login, userinfo, refresh, introspection, revocation, logout', async () => {
  const user = await the.installation.user({ name: 'Ada Lovelace' })
  const party = await the.client({ options: (origin) => ['--post-logout-redirect-uri', `${origin}/bye`] })
  const { client_id, client_secret } = party.client
  const options = { execute: [oidc.allowInsecureRequests] }
  const config = await oidc.discovery(new URL(the.installation.issuer), client_id, client_secret, undefined, options)

  const verifier = oidc.randomPKCECodeVerifier()
  const checks = { pkceCodeVerifier: verifier, expectedNonce: oidc.randomNonce(), expectedState: oidc.randomState(), maxAge: 600 }
  const url = oidc.buildAuthorizationUrl(config, {
    redirect_uri: party.redirectUri,
    scope: SCOPE,
    state: checks.expectedState,
    nonce: checks.expectedNonce,
    max_age: '600',
    code_challenge: await oidc.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
  })
  const page = await the.person()
  await page.goto(url.href)
  await enterPassword(page, user)
  await consent(page)
  await page.waitForURL(`${party.redirectUri}?*`)

  const tokens = await oidc.authorizationCodeGrant(config, new URL(page.url()), checks)
  const { sub } = tokens.claims()
  assert.equal(sub, user.id)
  const about = await oidc.fetchUserInfo(config, tokens.access_token, sub)
  assert.deepEqual([about.name, about.email], ['Ada Lovelace', user.email])
  const refreshed = await oidc.refreshTokenGrant(config, tokens.refresh_token)
  await oidc.fetchUserInfo(config, refreshed.access_token, sub)
  assert.equal((await oidc.tokenIntrospection(config, refreshed.access_token)).active, true)

  await page.goto(oidc.buildEndSessionUrl(config, {
    id_token_hint: refreshed.id_token ?? tokens.id_token,
    post_logout_redirect_uri: `${party.origin}/bye`,
    state: 'gone',
  }).href)
  assert.equal((await party.receives(page, '/bye')).parameters.state, 'gone')
  await oidc.tokenRevocation(config, refreshed.refresh_token)
  assert.equal((await oidc.tokenIntrospection(config, refreshed.access_token)).active, false)
  await page.goto(url.href)
  await expectPage(page, 'Sign in')
})
