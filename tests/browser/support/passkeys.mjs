// Virtual authenticators of Chromium (Web Authentication section 11).

import { expectPage } from './browser.mjs'

/** Adds a virtual authenticator to a page. It verifies its user automatically. */
export async function addAuthenticator(page) {
  const session = await page.context().newCDPSession(page)
  await session.send('WebAuthn.enable')
  const { authenticatorId } = await session.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  })
  return {
    /** Sets whether user verification succeeds. */
    recognize: (isUserVerified) => session.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified }),
    /** Returns the passkeys of the authenticator. */
    credentials: async () => (await session.send('WebAuthn.getCredentials', { authenticatorId })).credentials,
  }
}

/** Registers a passkey on the account page, for a signed-in user. */
export async function addPasskey(page, installation, name = 'My laptop') {
  await page.goto(`${installation.issuer}/account`)
  await page.getByRole('link', { name: 'Add' }).click()
  await expectPage(page, 'Add a passkey')
  await page.getByLabel('Passkey name').fill(name)
  await page.getByRole('button', { name: 'Create passkey' }).click()
  await page.getByText('Your passkey has been added.').waitFor()
}
