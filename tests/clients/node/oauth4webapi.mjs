// oauth4webapi for the grants, the ID token and, as a resource server, the access tokens (RFC 9068).

import assert from 'node:assert/strict'
import * as oauth from 'oauth4webapi'
import * as harness from './harness.mjs'

const { algorithms, clients, issuer, loginScope, redirectUri, refused, challenged } = harness

const insecure = { [oauth.allowInsecureRequests]: true }
const issuerUrl = new URL(issuer)
const server = await oauth.processDiscoveryResponse(issuerUrl, await oauth.discoveryRequest(issuerUrl, insecure))
const verifyWithJose = harness.accessTokenVerifier(server.jwks_uri)

const methods = {
  client_secret_basic: (secret) => oauth.ClientSecretBasic(secret),
  client_secret_post: (secret) => oauth.ClientSecretPost(secret),
  none: () => oauth.None(),
}

/** The claims of an access token, as a resource server built on this library sees them; jose must agree. */
async function verify(token, algorithm, audience) {
  const request = new Request('https://api.example/', { headers: { authorization: `Bearer ${token}` } })
  const options = { ...insecure, signingAlgorithms: [algorithm] }
  const claims = await oauth.validateJwtAccessToken(server, request, audience, options)
  assert.deepEqual({ ...(await verifyWithJose(token, algorithm, audience)) }, { ...claims })
  return claims
}

async function requestMachineToken({ client_id, client_secret }, method) {
  const client = { client_id }
  const parameters = { scope: 'api:read' }
  const authentication = methods[method](client_secret)
  const response = await oauth.clientCredentialsGrantRequest(server, client, authentication, parameters, insecure)
  return oauth.processClientCredentialsResponse(server, client, response)
}

async function clientCredentials(algorithm, method) {
  const { machine } = clients[algorithm]
  const tokens = await requestMachineToken(machine, method)
  assert.equal(tokens.expires_in, 3600)
  assert.equal(tokens.scope, 'api:read')
  assert.equal(tokens.refresh_token, undefined)
  harness.checkMachineToken(await verify(tokens.access_token, algorithm, machine.client_id), machine.client_id, 'api:read')
}

async function authorize(client) {
  const verifier = oauth.generateRandomCodeVerifier()
  const nonce = oauth.generateRandomNonce()
  const state = oauth.generateRandomState()
  const callback = await harness.logIn({
    response_type: 'code',
    client_id: client.client_id,
    redirect_uri: redirectUri,
    scope: loginScope,
    state,
    nonce,
    code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
  })
  return { answer: oauth.validateAuthResponse(server, client, callback, state), verifier, nonce }
}

async function exchange(client, authentication, { answer, verifier, nonce }) {
  const response = await oauth.authorizationCodeGrantRequest(
    server, client, authentication, answer, redirectUri, verifier, insecure)
  const options = { expectedNonce: nonce, requireIdToken: true }
  const tokens = await oauth.processAuthorizationCodeResponse(server, client, response, options)
  await oauth.validateApplicationLevelSignature(server, response, insecure)
  return tokens
}

async function codeExchange(algorithm, method, kind) {
  const { client_id, client_secret } = clients[algorithm][kind]
  const client = { client_id, id_token_signed_response_alg: algorithm }
  const authentication = methods[method](client_secret)
  const authorization = await authorize(client)

  const tokens = await exchange(client, authentication, authorization)
  harness.checkUserToken(await verify(tokens.access_token, algorithm, client_id), client_id)
  harness.checkIdToken(oauth.getValidatedIdTokenClaims(tokens), client_id, authorization.nonce, kind)

  const refresh = async (token) => {
    const response = await oauth.refreshTokenGrantRequest(server, client, authentication, token, insecure)
    return oauth.processRefreshTokenResponse(server, client, response)
  }
  const second = await refresh(tokens.refresh_token)
  harness.checkUserToken(await verify(second.access_token, algorithm, client_id), client_id)
  assert.notEqual(second.refresh_token, tokens.refresh_token)
  const third = await refresh(second.refresh_token)
  harness.checkUserToken(await verify(third.access_token, algorithm, client_id), client_id)

  await refused(oauth.ResponseBodyError, 'invalid_grant', () => refresh(tokens.refresh_token))
  // The replay revoked the grant, so the newest refresh token is dead too.
  await refused(oauth.ResponseBodyError, 'invalid_grant', () => refresh(third.refresh_token))
}

async function wrongVerifier() {
  const client = { client_id: clients.RS256.public.client_id }
  const authorization = await authorize(client)
  const other = { ...authorization, verifier: oauth.generateRandomCodeVerifier() }
  await refused(oauth.ResponseBodyError, 'invalid_grant', () => exchange(client, oauth.None(), other))
}

const withWrongSecret = (method) => () =>
  requestMachineToken({ ...clients.RS256.machine, client_secret: 'not-the-secret' }, method)

const step = harness.report(`oauth4webapi ${harness.version('oauth4webapi')}`)
for (const alg of algorithms) {
  for (const how of ['client_secret_basic', 'client_secret_post']) {
    await step(`client credentials, ${alg}, ${how}`, () => clientCredentials(alg, how))
  }
  for (const how of Object.keys(methods)) {
    const kind = how === 'none' ? 'public' : 'confidential'
    await step(`code with PKCE, ID token, refresh, replay, ${alg}, ${how}`, () => codeExchange(alg, how, kind))
  }
}
await step('a wrong secret is invalid_client and a challenge, client_secret_basic', () =>
  challenged(oauth.WWWAuthenticateChallengeError, withWrongSecret('client_secret_basic')))
await step('a wrong secret is invalid_client, client_secret_post', () =>
  refused(oauth.ResponseBodyError, 'invalid_client', withWrongSecret('client_secret_post')))
await step('a wrong code verifier is invalid_grant', wrongVerifier)
