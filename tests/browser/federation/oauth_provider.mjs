// An upstream provider with OAuth 2.0 only, in the shape of GitHub: a form as the token response unless the request asks
// for JSON, errors with the status 200, a number as the user ID, and a list of addresses.

import assert from 'node:assert/strict'
import { createHash, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:http'

const SECRET = 'the secret of countersign at the provider'

export class OAuthProvider {
  /** Starts a provider and sets it up at the server with the name `hub`. */
  static async started(installation) {
    const upstream = new OAuthProvider()
    upstream.codes = new Map()
    upstream.tokens = new Map()
    upstream.redirectUri = `${installation.issuer}/rp/callback/hub`
    upstream.server = createServer((request, response) => upstream.#answer(request, response)).listen(0, '127.0.0.1')
    upstream.server.unref()
    await once(upstream.server, 'listening')
    upstream.origin = `http://127.0.0.1:${upstream.server.address().port}`
    const at = (path) => `${upstream.origin}${path}`
    await installation.command([
      'upstream-providers', 'create', 'hub', '--preset', 'github', '--display-name', 'Hub', '--type', 'oauth2',
      '--authorization-endpoint', at('/login/oauth/authorize'), '--token-endpoint', at('/login/oauth/access_token'),
      '--userinfo-endpoint', at('/user'), '--emails-endpoint', at('/user/emails'), '--client-id', 'countersign',
      '--client-secret-stdin', '--trusted-domains', '*', '--allow-private-network=true',
    ], SECRET)
    return upstream
  }

  async #answer(request, response) {
    let body = ''
    for await (const piece of request.setEncoding('utf8')) body += piece
    const { pathname, searchParams } = new URL(request.url, this.origin)
    const json = (value) => {
      response.setHeader('content-type', 'application/json')
      response.end(JSON.stringify(value))
    }
    const user = this.tokens.get(request.headers.authorization?.replace(/^Bearer /, ''))
    if (pathname === '/login/oauth/authorize') {
      this.#authorize(searchParams, response)
    } else if (pathname === '/login/oauth/access_token') {
      assert.equal(request.headers.accept, 'application/json')
      json(this.#redeem(new URLSearchParams(body)))
    } else if (pathname === '/user' && user) {
      json({ id: user.id, login: user.login, name: null, email: null, avatar_url: `${this.origin}/${user.id}.png` })
    } else if (pathname === '/user/emails' && user) {
      const other = { email: `other-${user.login}@example.com`, primary: false, verified: true }
      json([other, { email: `${user.login}@example.com`, primary: true, verified: user.verified }])
    } else {
      response.statusCode = 404
      response.end()
    }
  }

  /** Shows a page with a link for each user. */
  #authorize(parameters, response) {
    assert.equal(parameters.get('redirect_uri'), this.redirectUri)
    assert.equal(parameters.get('code_challenge_method'), 'S256')
    const links = [{ id: 583231, login: 'octo', verified: true }, { id: 583232, login: 'unverified', verified: false }]
    const shown = links.map((user) => {
      const code = randomBytes(16).toString('base64url')
      this.codes.set(code, { user, challenge: parameters.get('code_challenge') })
      const back = `${this.redirectUri}?${new URLSearchParams({ code, state: parameters.get('state') })}`
      return `<a href="${back.replaceAll('&', '&amp;')}">${user.login}</a>`
    })
    response.setHeader('content-type', 'text/html; charset=utf-8')
    response.end(`<!doctype html><html lang="en"><title>Hub</title><h1>Hub</h1>${shown.join(' ')}</html>`)
  }

  #redeem(form) {
    const found = this.codes.get(form.get('code'))
    this.codes.delete(form.get('code'))
    const challenge = createHash('sha256').update(form.get('code_verifier') ?? '').digest('base64url')
    const isClient = form.get('client_id') === 'countersign' && form.get('client_secret') === SECRET
    if (!found || found.challenge !== challenge || !isClient) return { error: 'bad_verification_code' }
    const token = randomBytes(16).toString('base64url')
    this.tokens.set(token, found.user)
    return { access_token: token, token_type: 'bearer', scope: 'read:user,user:email' }
  }

  stop() {
    this.server.close()
    this.server.closeAllConnections()
  }
}
