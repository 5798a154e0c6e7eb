// An upstream provider: node-oidc-provider, with its pages for development.

import { once } from 'node:events'
import { createServer } from 'node:http'
import { exportJWK, generateKeyPair } from 'jose'
import Provider from 'oidc-provider'
import { expectPage } from './browser.mjs'

const SECRET = 'the secret of countersign at the provider'

export class OpenIdProvider {
  /** Starts a provider that has the server as its client, and sets it up at the server with the name `corp`. */
  static async started(installation, { options = [] } = {}) {
    const upstream = new OpenIdProvider()
    upstream.server = createServer().listen(0, '127.0.0.1')
    upstream.server.unref()
    await once(upstream.server, 'listening')
    upstream.issuer = `http://127.0.0.1:${upstream.server.address().port}`
    const { privateKey } = await generateKeyPair('RS256', { extractable: true })
    const key = { ...await exportJWK(privateKey), kid: 'first', alg: 'RS256', use: 'sig' }
    const here = (path) => `${installation.issuer}/rp/${path}/corp`
    upstream.provider = new Provider(upstream.issuer, {
      clients: [{
        client_id: 'countersign',
        client_secret: SECRET,
        redirect_uris: [here('callback')],
        post_logout_redirect_uris: [`${installation.issuer}/rp/logout`],
        backchannel_logout_uri: here('backchannel'),
        backchannel_logout_session_required: true,
      }],
      claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name'] },
      cookies: { keys: ['a key for the cookies of the provider'] },
      features: { backchannelLogout: { enabled: true } },
      // Its own client rejects addresses of this machine.
      fetch: (url, { dispatcher, ...options }) => fetch(url, options),
      findAccount: (_, id) => ({
        accountId: id,
        claims: () => ({ sub: id, email: `${id}@example.com`, email_verified: true, name: `${id} at Corp` }),
      }),
      jwks: { keys: [key] },
    })
    upstream.server.on('request', upstream.provider.callback())
    await installation.command([
      'upstream-providers', 'create', 'corp', '--display-name', 'Corp', '--type', 'oidc', '--issuer', upstream.issuer,
      '--client-id', 'countersign', '--client-secret-stdin', '--trusted-domains', 'example.com',
      '--allow-private-network=true', '--rp-initiated-logout=true', ...options,
    ], SECRET)
    return upstream
  }

  /** Signs a user in on the pages of the provider, and agrees to share the data. */
  async signIn(page, login) {
    await page.getByPlaceholder('Enter any login').fill(login)
    await page.getByPlaceholder('and password').fill('any')
    await page.getByRole('button', { name: 'Sign-in' }).click()
    await this.agree(page)
  }

  async agree(page) {
    await page.getByRole('button', { name: 'Continue' }).click()
  }

  /** Signs the user of a browser out at the provider. */
  async signOut(page) {
    await page.goto(`${this.issuer}/session/end`)
    await page.getByRole('button', { name: 'Yes, sign me out' }).click()
    await page.getByText('Sign-out Success').first().waitFor()
  }

  stop() {
    this.server.close()
    this.server.closeAllConnections()
  }
}

/** Leaves the sign-in page for the provider. */
export async function continueWith(page, name) {
  await expectPage(page, 'Sign in')
  await page.getByRole('link', { name: `Continue with ${name}` }).click()
}
