// openid-client for the grants and the ID token, jose for the access tokens.

import assert from 'node:assert/strict'
import * as client from 'openid-client'
import * as harness from './harness.mjs'

const { algorithms, clients, issuer, loginScope, redirectUri, refused, challenged } = harness

const methods = {
  client_secret_basic: (secret) => client.ClientSecretBasic(secret),
  client_secret_post: (secret) => client.ClientSecretPost(secret),
  none: () => client.None(),
}

async function configure({ client_id, client_secret }, method, algorithm) {
  const metadata = { client_secret, id_token_signed_response_alg: algorithm }
  const options = { execute: [client.allowInsecureRequests, client.enableNonRepudiationChecks] }
  return client.discovery(new URL(issuer), client_id, metadata, methods[method](client_secret), options)
}

async function clientCredentials(algorithm, method) {
  const { machine } = clients[algorithm]
  const config = await configure(machine, method, algorithm)
  const tokens = await client.clientCredentialsGrant(config, { scope: 'api:read' })
  assert.equal(tokens.expires_in, 3600)
  assert.equal(tokens.scope, 'api:read')
  assert.equal(tokens.refresh_token, undefined)
  const verify = harness.accessTokenVerifier(config.serverMetadata().jwks_uri)
  harness.checkMachineToken(await verify(tokens.access_token, algorithm, machine.client_id), machine.client_id, 'api:read')
}

async function authorize(clientId) {
  const checks = {
    pkceCodeVerifier: client.randomPKCECodeVerifier(),
    expectedNonce: client.randomNonce(),
    expectedState: client.randomState(),
  }
  const callback = await harness.logIn({
    response_type: 'code',
    client_id: clientId,
    redirect_uri: redirectUri,
    scope: loginScope,
    state: checks.expectedState,
    nonce: checks.expectedNonce,
    code_challenge: await client.calculatePKCECodeChallenge(checks.pkceCodeVerifier),
    code_challenge_method: 'S256',
  })
  return { callback, checks }
}

async function codeExchange(algorithm, method, kind) {
  const registered = clients[algorithm][kind]
  const clientId = registered.client_id
  const config = await configure(registered, method, algorithm)
  const verify = harness.accessTokenVerifier(config.serverMetadata().jwks_uri)
  const { callback, checks } = await authorize(clientId)

  const tokens = await client.authorizationCodeGrant(config, callback, checks)
  harness.checkUserToken(await verify(tokens.access_token, algorithm, clientId), clientId)
  harness.checkIdToken(tokens.claims(), clientId, checks.expectedNonce, kind)

  const second = await client.refreshTokenGrant(config, tokens.refresh_token)
  harness.checkUserToken(await verify(second.access_token, algorithm, clientId), clientId)
  assert.notEqual(second.refresh_token, tokens.refresh_token)
  const third = await client.refreshTokenGrant(config, second.refresh_token)
  harness.checkUserToken(await verify(third.access_token, algorithm, clientId), clientId)

  const refresh = (token) => () => client.refreshTokenGrant(config, token)
  await refused(client.ResponseBodyError, 'invalid_grant', refresh(tokens.refresh_token))
  // The replay revoked the grant, so the newest refresh token is dead too.
  await refused(client.ResponseBodyError, 'invalid_grant', refresh(third.refresh_token))
}

async function wrongVerifier() {
  const registered = clients.RS256.public
  const config = await configure(registered, 'none', 'RS256')
  const { callback, checks } = await authorize(registered.client_id)
  const others = { ...checks, pkceCodeVerifier: client.randomPKCECodeVerifier() }
  await refused(client.ResponseBodyError, 'invalid_grant', () => client.authorizationCodeGrant(config, callback, others))
}

async function withWrongSecret(method) {
  const config = await configure({ ...clients.RS256.machine, client_secret: 'not-the-secret' }, method, 'RS256')
  return () => client.clientCredentialsGrant(config, { scope: 'api:read' })
}

const step = harness.report(`openid-client ${harness.version('openid-client')}`)
for (const alg of algorithms) {
  for (const how of ['client_secret_basic', 'client_secret_post']) {
    await step(`client credentials, ${alg}, ${how}`, () => clientCredentials(alg, how))
  }
  for (const how of Object.keys(methods)) {
    const kind = how === 'none' ? 'public' : 'confidential'
    await step(`code with PKCE, ID token, refresh, replay, ${alg}, ${how}`, () => codeExchange(alg, how, kind))
  }
}
await step('a wrong secret is invalid_client and a challenge, client_secret_basic', async () =>
  challenged(client.WWWAuthenticateChallengeError, await withWrongSecret('client_secret_basic')))
await step('a wrong secret is invalid_client, client_secret_post', async () =>
  refused(client.ResponseBodyError, 'invalid_client', await withWrongSecret('client_secret_post')))
await step('a wrong code verifier is invalid_grant', wrongVerifier)
