// A client of a test's own: it writes authorization requests, hears the answers, and speaks to the endpoints as the
// specifications say, without a library in between. It is on another site than the server (127.0.0.1, not localhost).

import assert from 'node:assert/strict'
import { createHash, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { createRemoteJWKSet, jwtVerify } from 'jose'
import { SCOPE } from './installation.mjs'
import { eventually } from './process.mjs'

const random = () => randomBytes(32).toString('base64url')

export class RelyingParty {
  /** Listens, and registers itself. `options` are of `clients create`; they may need the address, so they are a function of it. */
  static async registered(installation, { name, scope, options = () => [] } = {}) {
    const party = new RelyingParty()
    party.installation = installation
    party.heard = []
    party.server = createServer((request, response) => party.#hear(request, response)).listen(0, '127.0.0.1')
    // The end of a test is not to wait for connections that a browser keeps.
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
   * What came in at a path with these parameters, once there is something; the oldest is taken away. A browser that
   * brought it may still be on its way to the page there: see `receives`.
   */
  hears(path, parameters = {}) {
    const wanted = Object.entries(parameters)
    return eventually(`a request to ${path} with ${JSON.stringify(parameters)}`, () => {
      const fits = (request) => request.path === path && wanted.every(([name, value]) => request.parameters[name] === value)
      const place = this.heard.findIndex(fits)
      return place >= 0 && this.heard.splice(place, 1)[0]
    })
  }

  /** What a browser brought to a path, once the page there has loaded. Until then it cannot be sent elsewhere. */
  async receives(page, path, parameters) {
    const heard = await this.hears(path, parameters)
    await page.waitForURL(({ origin, pathname }) => origin === this.origin && pathname === path)
    return heard
  }

  /** An authorization request with fresh values. `extra` adds parameters, or takes those away that are undefined there. */
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

  /** The answer to an authorization request that this browser brought, by `method`. */
  async answer(page, request, method = 'GET') {
    const heard = await this.receives(page, '/callback', { state: request.parameters.state })
    assert.equal(heard.method, method)
    assert.equal(heard.parameters.iss, this.installation.issuer, 'iss (RFC 9207)')
    return heard.parameters
  }

  /** The tokens for the code that this browser brought. */
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

  /** The answer of the token endpoint, which has to be a good one. */
  async token(parameters) {
    const { status, body } = await this.post('/oauth2/token', parameters)
    assert.equal(status, 200, JSON.stringify(body))
    return body
  }

  refresh(tokens) {
    return this.token({ grant_type: 'refresh_token', refresh_token: tokens.refresh_token })
  }

  /** A form to an endpoint that authenticates clients. */
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

  /** The claims of an ID token whose signature, issuer, audience and times are right. */
  async idToken(token) {
    return (await this.verified(token)).payload
  }

  /** Any JWT of the server for this client. */
  verified(token, options = {}) {
    this.keys ??= createRemoteJWKSet(new URL(`${this.installation.address}/oauth2/jwks.json`))
    return jwtVerify(token, this.keys, { issuer: this.installation.issuer, audience: this.client.client_id, ...options })
  }

  /** The answer of the userinfo endpoint. */
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
