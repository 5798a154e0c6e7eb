// A device that keeps passkeys, as Chromium makes one up for tests (Web Authentication section 11).

import { expectPage } from './browser.mjs'

/** Gives a page such a device: it checks its user by itself and says yes. */
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
    /** Whether its user is recognized from now on. */
    recognize: (isUserVerified) => session.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified }),
    /** The passkeys on it. */
    credentials: async () => (await session.send('WebAuthn.getCredentials', { authenticatorId })).credentials,
  }
}

/** Enrolls a passkey on the account page, for a person who is logged in. */
export async function addPasskey(page, installation, name = 'My laptop') {
  await page.goto(`${installation.issuer}/account`)
  await page.getByRole('link', { name: 'Add' }).click()
  await expectPage(page, 'Add a passkey')
  await page.getByLabel('Passkey name').fill(name)
  await page.getByRole('button', { name: 'Create passkey' }).click()
  await page.getByText('Your passkey has been added.').waitFor()
}
