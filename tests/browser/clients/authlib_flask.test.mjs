// Authlib in a Flask application: sign-in, userinfo, refresh and logout.

import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { consent, enterPassword, expectPage } from '../support/browser.mjs'
import { eventually, freePort, start } from '../support/process.mjs'
import { rig } from '../support/rig.mjs'

const the = rig()
let app
after(() => app?.stop())

test('Authlib with Flask: login, userinfo, refresh, logout', async () => {
  const user = await the.installation.user({ name: 'Ada Lovelace' })
  const port = await freePort()
  const origin = `http://127.0.0.1:${port}`
  const client = await the.installation.client(`${origin}/callback`, { options: ['--post-logout-redirect-uri', `${origin}/`] })
  const program = fileURLToPath(new URL('flask_app.py', import.meta.url))
  const args = ['-B', program, the.installation.issuer, String(port), client.client_id, client.client_secret]
  app = start(process.env.COUNTERSIGN_TEST_PYTHON, args)
  await eventually('Flask is ready', () => !app.hasEnded && fetch(origin).then((answer) => answer.ok, () => false))

  const page = await the.person()
  const json = async (path) => {
    const response = await page.goto(`${origin}${path}`)
    const text = await response.text()
    assert.equal(response.status(), 200, text + app.log)
    return JSON.parse(text)
  }
  await page.goto(`${origin}/login`)
  await enterPassword(page, user)
  await consent(page)
  await page.waitForURL(`${origin}/`)
  assert.equal(await json('/'), user.id)
  assert.deepEqual(await json('/id-token'), { name: 'Ada Lovelace', email: user.email })
  const about = await json('/userinfo')
  assert.deepEqual([about.sub, about.name, about.email], [user.id, 'Ada Lovelace', user.email])
  assert.deepEqual(await json('/refresh'), { rotated: true })
  assert.equal((await json('/userinfo')).sub, user.id)

  await page.goto(`${origin}/logout`)
  await page.waitForURL(`${origin}/`)
  assert.equal(await json('/'), null)
  await page.goto(`${origin}/login`)
  await expectPage(page, 'Sign in')
})
