// A tour of the pages of `countersign dev`.

import { consent, enterPassword, expectPage } from './browser.mjs'

/** Calls `visit(name, page)` on each page that only `countersign dev` has. */
export async function tourOfDemo(demo, page, visit) {
  await page.goto(demo.issuer)
  await expectPage(page, 'Countersign is ready')
  await visit('dev-start', page)
  await page.getByRole('link', { name: /^Try it/ }).click()
  await enterPassword(page, demo.user())
  await consent(page)
  await expectPage(page, /^Signed in as/)
  await visit('dev-tokens', page)
  await page.goto(`${demo.issuer}/try/callback?state=unknown`)
  await expectPage(page, 'Sign-in failed')
  await visit('dev-failed', page)
}
