// Apache with mod_auth_openidc protects a folder: sign-in, userinfo, refresh and logout.

import assert from 'node:assert/strict'
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { consent, enterPassword, expectPage } from '../support/browser.mjs'
import { eventually, freePort, start } from '../support/process.mjs'
import { rig } from '../support/rig.mjs'

const the = rig()
const folder = mkdtempSync(join(tmpdir(), 'countersign-apache-'))
// If root starts Apache, it serves requests as an unprivileged user, who must be able to read the pages.
chmodSync(folder, 0o755)
const identity = process.getuid() === 0 ? 'User nobody\nGroup nogroup' : ''
let apache
after(async () => {
  await apache?.stop()
  rmSync(folder, { recursive: true, force: true })
})

// Path of the modules on Debian.
const module = (name) => `LoadModule ${name}_module /usr/lib/apache2/modules/mod_${name}.so`

/** The responses have headers with the data that the module received about the user. */
const configuration = (origin, port, issuer, client) => `
${identity}
ServerRoot ${folder}
ServerName 127.0.0.1
Listen 127.0.0.1:${port}
PidFile ${folder}/pid
DocumentRoot ${folder}/pages
ErrorLog ${folder}/error.log
${['mpm_event', 'authz_core', 'authz_user', 'authn_core', 'dir', 'headers', 'auth_openidc'].map(module).join('\n')}
OIDCProviderMetadataURL ${issuer}/.well-known/openid-configuration
OIDCClientID ${client.client_id}
OIDCClientSecret ${client.client_secret}
OIDCRedirectURI ${origin}/private/callback
OIDCCryptoPassphrase ${crypto.randomUUID()}
OIDCScope "openid profile email offline_access"
OIDCPassRefreshToken On
OIDCCacheType shm
<Location /private>
  AuthType openid-connect
  Require valid-user
  # Without it a browser may keep the page for a tenth of its age, and show it after the logout.
  Header always set Cache-Control no-store
  Header always set X-Sub "expr=%{reqenv:OIDC_CLAIM_sub}"
  Header always set X-Name "expr=%{reqenv:OIDC_CLAIM_name}"
  Header always set X-Email "expr=%{reqenv:OIDC_CLAIM_email}"
  Header always set X-Access-Token "expr=%{reqenv:OIDC_access_token}"
</Location>
`

test('mod_auth_openidc with Apache: login, userinfo, refresh, logout', async () => {
  const user = await the.installation.user({ name: 'Ada Lovelace' })
  const port = await freePort()
  const origin = `http://127.0.0.1:${port}`
  const options = ['--post-logout-redirect-uri', `${origin}/bye.html`]
  const client = await the.installation.client(`${origin}/private/callback`, { options })
  mkdirSync(join(folder, 'pages/private'), { recursive: true })
  writeFileSync(join(folder, 'pages/private/index.html'), '<!doctype html><title>Private</title><h1>Private</h1>')
  writeFileSync(join(folder, 'pages/bye.html'), '<!doctype html><title>Bye</title><h1>Bye</h1>')
  const file = join(folder, 'apache.conf')
  writeFileSync(file, configuration(origin, port, the.installation.issuer, client))
  apache = start('/usr/sbin/apache2', ['-f', file, '-D', 'FOREGROUND'])
  await eventually('Apache is ready', () => {
    if (apache.hasEnded) throw new Error(apache.log)
    return fetch(`${origin}/bye.html`).then((answer) => answer.ok, () => false)
  })

  const page = await the.person()
  await page.goto(`${origin}/private/`)
  await enterPassword(page, user)
  const [answer] = await Promise.all([page.waitForResponse(`${origin}/private/`), consent(page)])
  await page.waitForURL(`${origin}/private/`)
  const headers = await answer.allHeaders()
  // Name and email address come from the userinfo endpoint. The ID token has neither.
  assert.deepEqual([headers['x-sub'], headers['x-name'], headers['x-email']], [user.id, 'Ada Lovelace', user.email])

  const token = headers['x-access-token']
  const query = new URLSearchParams({ refresh: `${origin}/private/`, access_token: token })
  const refreshed = await page.goto(`${origin}/private/callback?${query}`)
  assert.equal(refreshed.url(), `${origin}/private/`, 'no error is added to the address')
  assert.notEqual((await refreshed.allHeaders())['x-access-token'], token)

  await page.goto(`${origin}/private/callback?${new URLSearchParams({ logout: `${origin}/bye.html` })}`)
  await page.waitForURL(`${origin}/bye.html`)
  await page.goto(`${origin}/private/`)
  await expectPage(page, 'Sign in')
})
