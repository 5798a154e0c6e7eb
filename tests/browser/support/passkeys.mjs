// Virtual authenticators of Chromium (Web Authentication section 11).

import { expectPage } from './browser.mjs'

/** Adds a virtual authenticator to a page. It verifies its user automatically. */
export async function addAuthenticator(page, transport = 'internal') {
  const session = await page.context().newCDPSession(page)
  await session.send('WebAuthn.enable')
  const { authenticatorId } = await session.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      transport,
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  })
  return {
    /** Sets whether the user is there, and picks the passkeys that a page offers. */
    attend: (enabled) => session.send('WebAuthn.setAutomaticPresenceSimulation', { authenticatorId, enabled }),
    /** Sets whether user verification succeeds. */
    recognize: (isUserVerified) => session.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified }),
    /** Takes the authenticator away. */
    remove: () => session.send('WebAuthn.removeVirtualAuthenticator', { authenticatorId }),
    /** Returns the passkeys of the authenticator. */
    credentials: async () => (await session.send('WebAuthn.getCredentials', { authenticatorId })).credentials,
  }
}

/** Declines the passkey that the server offers after a password sign-in on a device with an authenticator. */
export async function declineOffer(page) {
  await expectPage(page, 'Sign in faster next time')
  await page.getByRole('button', { name: 'Not now' }).click()
}

/** Registers a passkey on the account page, for a signed-in user. */
export async function addPasskey(page, installation) {
  await page.goto(`${installation.issuer}/account/security`)
  await page.getByRole('link', { name: 'Add' }).click()
  await expectPage(page, 'Add a passkey')
  await page.getByRole('button', { name: 'Create passkey' }).click()
  await page.getByText('Your passkey has been added.').waitFor()
}
