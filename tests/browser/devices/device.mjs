// A device that asks for access (RFC 8628), by openid-client.

import * as oidc from 'openid-client'
import { expectPage } from '../support/browser.mjs'

const DEVICE_CODE = 'urn:ietf:params:oauth:grant-type:device_code'

/** Registers a client for devices. `options` are further options of `clients create`. */
export function deviceClient(installation, options = []) {
  return installation.json(['clients', 'create', '--name', 'Photo Frame', '--public', '--scope', 'openid email offline_access',
    '--grant-type', `${DEVICE_CODE},refresh_token`, ...options])
}

/** Starts a device. Returns its codes, and a function that polls until the user has answered. */
export async function deviceOf(installation, { client_id }, scope = 'openid email') {
  const options = { execute: [oidc.allowInsecureRequests] }
  const config = await oidc.discovery(new URL(installation.issuer), client_id, undefined, oidc.None(), options)
  const started = await oidc.initiateDeviceAuthorization(config, { scope })
  return { config, ...started, tokens: () => oidc.pollDeviceAuthorizationGrant(config, started) }
}

/** Types the code of a device. */
export async function enterUserCode(page, { verification_uri }, code) {
  await page.goto(verification_uri)
  await expectPage(page, 'Connect a device')
  await page.getByLabel('Code').fill(code)
  await page.getByRole('button', { name: 'Continue' }).click()
}
