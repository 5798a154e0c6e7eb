// A client without a library: it builds authorization requests, receives the responses, and calls the endpoints as the
// specifications describe. It is on another site than the server (127.0.0.1 instead of localhost).

import assert from 'node:assert/strict'
import { createHash, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { createRemoteJWKSet, jwtVerify } from 'jose'
import { SCOPE } from './installation.mjs'
import { eventually } from './process.mjs'

const random = () => randomBytes(32).toString('base64url')

export class RelyingParty {
  /** Starts listening and registers the client. `options` maps the origin to options of `clients create`. */
  static async registered(installation, { name, scope, options = () => [] } = {}) {
    const party = new RelyingParty()
    party.installation = installation
    party.heard = []
    party.server = createServer((request, response) => party.#hear(request, response)).listen(0, '127.0.0.1')
    // Open connections of a browser must not delay the end of a test.
    party.server.unref()
    await once(party.server, 'listening')
    party.origin = `http://127.0.0.1:${party.server.address().port}`
    party.redirectUri = `${party.origin}/callback`
    party.client = await installation.client(party.redirectUri, { name, scope, options: options(party.origin) })
    return party
  }

  async #hear(request, response) {
    let body = ''
    for await (const piece of request.setEncoding('utf8')) body += piece
    const { pathname, searchParams } = new URL(request.url, this.origin)
    const parameters = Object.fromEntries(request.method === 'POST' ? new URLSearchParams(body) : searchParams)
    if (pathname !== '/favicon.ico') this.heard.push({ method: request.method, path: pathname, parameters })
    response.setHeader('content-type', 'text/html; charset=utf-8')
    response.end(`<!doctype html><html lang="en"><title>Client</title><h1>${pathname}</h1></html>`)
  }

  /**
   * Waits for a request to a path with these parameters, removes the oldest one and returns it. The browser may not yet
   * have loaded the page: see `receives`.
   */
  hears(path, parameters = {}) {
    const wanted = Object.entries(parameters)
    return eventually(`a request to ${path} with ${JSON.stringify(parameters)}`, () => {
      const fits = (request) => request.path === path && wanted.every(([name, value]) => request.parameters[name] === value)
      const place = this.heard.findIndex(fits)
      return place >= 0 && this.heard.splice(place, 1)[0]
    })
  }

  /** Returns the request of a browser to a path, after the page has loaded. Navigating earlier would fail. */
  async receives(page, path, parameters) {
    const heard = await this.hears(path, parameters)
    // `waitForURL` would fail when a second click aborts the navigation of the first.
    await eventually(`the browser is at ${path}`, () => {
      const { origin, pathname } = new URL(page.url())
      return origin === this.origin && pathname === path
    })
    await page.waitForLoadState()
    return heard
  }

  /** Returns an authorization request with fresh values. `extra` adds parameters. An undefined value removes one. */
  request(extra = {}) {
    const verifier = random()
    const parameters = {
      response_type: 'code',
      client_id: this.client.client_id,
      redirect_uri: this.redirectUri,
      scope: SCOPE,
      state: random(),
      nonce: random(),
      code_challenge: createHash('sha256').update(verifier).digest('base64url'),
      code_challenge_method: 'S256',
      ...extra,
    }
    const given = Object.entries(parameters).filter(([, value]) => value !== undefined)
    const url = `${this.installation.issuer}/oauth2/authorize?${new URLSearchParams(given)}`
    return { url, parameters: Object.fromEntries(given), verifier }
  }

  /** Returns the authorization response that this browser delivered by `method`. */
  async answer(page, request, method = 'GET') {
    const heard = await this.receives(page, '/callback', { state: request.parameters.state })
    assert.equal(heard.method, method)
    assert.equal(heard.parameters.iss, this.installation.issuer, 'iss (RFC 9207)')
    return heard.parameters
  }

  /** Redeems the code that this browser delivered and returns the tokens. */
  async tokens(page, request, method) {
    const answer = await this.answer(page, request, method)
    assert.ok(answer.code, `there is a code in ${JSON.stringify(answer)}`)
    const tokens = await this.token({
      grant_type: 'authorization_code',
      code: answer.code,
      redirect_uri: this.redirectUri,
      code_verifier: request.verifier,
    })
    tokens.claims = await this.idToken(tokens.id_token)
    assert.equal(tokens.claims.nonce, request.parameters.nonce, 'nonce')
    return tokens
  }

  /** Returns the response of the token endpoint, which must be successful. */
  async token(parameters) {
    const { status, body } = await this.post('/oauth2/token', parameters)
    assert.equal(status, 200, JSON.stringify(body))
    return body
  }

  refresh(tokens) {
    return this.token({ grant_type: 'refresh_token', refresh_token: tokens.refresh_token })
  }

  /** Posts a form with client authentication. */
  async post(path, parameters) {
    const { client_id, client_secret } = this.client
    const authorization = `Basic ${Buffer.from(`${client_id}:${client_secret}`).toString('base64')}`
    const response = await fetch(`${this.installation.address}${path}`, {
      method: 'POST',
      headers: { authorization },
      body: new URLSearchParams(parameters),
    })
    return { status: response.status, body: await response.json() }
  }

  /** Verifies an ID token (signature, issuer, audience, times) and returns its claims. */
  async idToken(token) {
    return (await this.verified(token)).payload
  }

  /** Verifies a JWT of the server for this client. */
  verified(token, options = {}) {
    this.keys ??= createRemoteJWKSet(new URL(`${this.installation.address}/oauth2/jwks.json`))
    return jwtVerify(token, this.keys, { issuer: this.installation.issuer, audience: this.client.client_id, ...options })
  }

  /** Returns the response of the userinfo endpoint. */
  async userinfo(tokens) {
    const headers = { authorization: `Bearer ${tokens.access_token}` }
    const response = await fetch(`${this.installation.address}/oauth2/userinfo`, { headers })
    const body = await response.text()
    return { status: response.status, body: body === '' ? undefined : JSON.parse(body) }
  }

  stop() {
    this.server.close()
    this.server.closeAllConnections()
  }
}
