// What the Node client programs share: settings, the login, the claims that are due, the report.

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { createRemoteJWKSet, jwtVerify } from 'jose'

export const issuer = process.env.COUNTERSIGN_TEST_ISSUER
export const clients = JSON.parse(process.env.COUNTERSIGN_CLIENTS)
export const redirectUri = process.env.COUNTERSIGN_REDIRECT_URI
const user = JSON.parse(process.env.COUNTERSIGN_USER)
const password = process.env.COUNTERSIGN_PASSWORD

export const algorithms = ['RS256', 'ES256', 'EdDSA']
export const loginScope = 'openid profile email'

/** The version of a package as it is installed. */
export function version(name) {
  const file = new URL(`../../node_modules/${name}/package.json`, import.meta.url)
  return JSON.parse(readFileSync(file, 'utf8')).version
}

/** Does what the browser of the user would: takes an authorization request, returns the URL it is sent back to. */
export async function logIn(request) {
  const step = await post('/v1/oauth2/authorize', { ...request, email: user.email, password })
  assert.equal(step.is_mfa, false)
  const confirmed = await post('/v1/oauth2/authorize/confirm', { next_step_auth_id: step.next_step_auth_id })
  assert.equal(confirmed.redirect_uri, redirectUri)
  const callback = new URL(redirectUri)
  callback.search = new URLSearchParams({ code: confirmed.code, state: request.state, iss: issuer }).toString()
  return callback
}

async function post(path, body) {
  const response = await fetch(`${issuer}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  const text = await response.text()
  assert.equal(response.status, 200, `${path} answered ${response.status}: ${text}`)
  return JSON.parse(text)
}

/** A verifier of access tokens by jose: signature against the JWKS, `typ`, issuer, audience and times. */
export function accessTokenVerifier(jwksUri) {
  const keys = createRemoteJWKSet(new URL(jwksUri))
  return async (token, algorithm, audience) => {
    const options = { algorithms: [algorithm], issuer, audience, typ: 'at+jwt' }
    const { payload } = await jwtVerify(token, keys, options)
    return payload
  }
}

/** The claims of a token of the client credentials grant. */
export function checkMachineToken(claims, clientId, scope) {
  checkAccessToken(claims, clientId, scope)
  assert.equal(claims.sub, clientId, 'sub')
  assert.equal(claims.gty, 'client_credentials', 'gty')
}

/** The claims of an access token with a resource owner behind it. */
export function checkUserToken(claims, clientId) {
  checkAccessToken(claims, clientId, loginScope)
  assert.equal(claims.sub, user.id, 'sub')
  assert.equal('gty' in claims, false, 'presence of gty')
}

function checkAccessToken(claims, clientId, scope) {
  assert.equal(claims.iss, issuer, 'iss')
  assert.equal(claims.aud, clientId, 'aud')
  assert.equal(claims.client_id, clientId, 'client_id')
  assert.equal(claims.token_use, 'access', 'token_use')
  assert.deepEqual(claims.scope.split(' ').sort(), scope.split(' ').sort(), 'scope')
  assert.equal(claims.exp - claims.iat, 3600, 'lifetime')
  assert.ok(claims.jti, 'jti')
}

/** The claims of an ID token, beyond what a library checks by itself. */
export function checkIdToken(claims, clientId, nonce, kind) {
  assert.equal(claims.iss, issuer, 'iss')
  assert.equal(claims.sub, user.id, 'sub')
  assert.equal(claims.aud, clientId, 'aud')
  assert.equal(claims.nonce, nonce, 'nonce')
  assert.ok(!('token_use' in claims), 'token_use')
  assert.equal(typeof claims.auth_time, 'number', 'auth_time')
  assert.equal(claims.email, kind === 'confidential' ? user.email : undefined, 'email')
}

/** Fails unless the library raises its own error with this code of RFC 6749 section 5.2. */
export async function refused(errorType, code, call) {
  const error = await raised(errorType, call)
  assert.equal(error.error, code)
}

/**
 * Fails unless the library reports a 401 with a challenge for Basic. Both libraries put the challenge
 * before the body, so the error code is read from the response that the error carries.
 */
export async function challenged(errorType, call) {
  const error = await raised(errorType, call)
  assert.equal(error.status, 401)
  assert.equal(error.cause[0].scheme, 'basic')
  assert.equal((await error.response.json()).error, 'invalid_client')
}

async function raised(errorType, call) {
  let answer
  try {
    answer = await call()
  } catch (error) {
    if (error instanceof errorType) return error
    throw error
  }
  throw new assert.AssertionError({ message: 'accepted, where a refusal is due', actual: Object.keys(answer) })
}

/** One line for each step that passed or failed; a failure sets the exit status, and the next step runs all the same. */
export function report(library) {
  return async (name, call) => {
    try {
      await call()
      console.log(`ok   ${library}: ${name}`)
    } catch (error) {
      process.exitCode = 1
      console.log(`FAIL ${library}: ${name}: ${String(error.message).replaceAll('\n', ' ')}`)
      console.error(error)
    }
  }
}
