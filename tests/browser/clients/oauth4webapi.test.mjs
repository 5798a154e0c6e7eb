// oauth4webapi: sign-in by form_post, userinfo, refresh, revocation and logout.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as oauth from 'oauth4webapi'
import { consent, enterPassword, expectPage } from '../support/browser.mjs'
import { SCOPE } from '../support/installation.mjs'
import { rig } from '../support/rig.mjs'

const the = rig()
const insecure = { [oauth.allowInsecureRequests]: true }

test('oauth4webapi: login, userinfo, refresh, revocation, logout', async () => {
  const user = await the.installation.user({ name: 'Ada Lovelace' })
  const party = await the.client({ options: (origin) => ['--post-logout-redirect-uri', `${origin}/bye`] })
  const issuer = new URL(the.installation.issuer)
  const server = await oauth.processDiscoveryResponse(issuer, await oauth.discoveryRequest(issuer, insecure))
  const client = { client_id: party.client.client_id }
  const authentication = oauth.ClientSecretBasic(party.client.client_secret)

  const [verifier, nonce, state] = [oauth.generateRandomCodeVerifier(), oauth.generateRandomNonce(), oauth.generateRandomState()]
  const url = new URL(server.authorization_endpoint)
  url.search = new URLSearchParams({
    response_type: 'code',
    response_mode: 'form_post',
    client_id: client.client_id,
    redirect_uri: party.redirectUri,
    scope: SCOPE,
    state,
    nonce,
    code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
  })
  const page = await the.person()
  await page.goto(url.href)
  await enterPassword(page, user)
  await consent(page)
  const { parameters } = await party.receives(page, '/callback')
  const answer = oauth.validateAuthResponse(server, client, new URLSearchParams(parameters), state)

  const exchanged = await oauth.authorizationCodeGrantRequest(
    server, client, authentication, answer, party.redirectUri, verifier, insecure)
  const checks = { expectedNonce: nonce, requireIdToken: true }
  const tokens = await oauth.processAuthorizationCodeResponse(server, client, exchanged, checks)
  const { sub } = oauth.getValidatedIdTokenClaims(tokens)
  assert.equal(sub, user.id)

  const userinfo = async (token) => {
    const response = await oauth.userInfoRequest(server, client, token, insecure)
    return oauth.processUserInfoResponse(server, client, sub, response)
  }
  const about = await userinfo(tokens.access_token)
  assert.deepEqual([about.name, about.email], ['Ada Lovelace', user.email])
  const refresh = await oauth.refreshTokenGrantRequest(server, client, authentication, tokens.refresh_token, insecure)
  const refreshed = await oauth.processRefreshTokenResponse(server, client, refresh)
  await userinfo(refreshed.access_token)

  const end = new URL(server.end_session_endpoint)
  end.search = new URLSearchParams({ id_token_hint: tokens.id_token, post_logout_redirect_uri: `${party.origin}/bye` })
  await page.goto(end.href)
  await party.receives(page, '/bye')
  await oauth.processRevocationResponse(
    await oauth.revocationRequest(server, client, authentication, refreshed.refresh_token, insecure))
  await assert.rejects(userinfo(refreshed.access_token), oauth.WWWAuthenticateChallengeError)
  await page.goto(url.href)
  await expectPage(page, 'Sign in')
})
