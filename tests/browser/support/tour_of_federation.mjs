// A tour of the pages with upstream providers, for axe and the screenshots.

import { enterPassword, expectPage } from './browser.mjs'
import { continueWith } from './openid_provider.mjs'

/** Visits the pages that only a server with the provider `corp` shows. */
export async function tourOfFederation(the, corp, visit) {
  const page = await the.person()
  await page.goto(the.party.request().url)
  await page.getByRole('link', { name: 'Continue with Corp' }).waitFor()
  await visit('login-with-providers', page)
  await continueWith(page, 'Corp')
  await page.getByRole('link', { name: /Cancel/ }).click()
  await expectPage(page, 'Sign-in with Corp failed')
  await visit('upstream-failed', page)
  await page.goto(`${the.installation.issuer}/account/security`)
  await enterPassword(page, await the.installation.user())
  await expectPage(page, 'Security')
  await visit('security-with-providers', page)
  await page.getByRole('button', { name: 'Link Corp' }).click()
  await corp.signIn(page, 'grace')
  await page.getByText('grace@example.com').waitFor()
  await visit('security-with-identity', page)
}
