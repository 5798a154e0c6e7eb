// Every page passes axe-core, in the light and dark themes, and fits on a narrow phone.

import assert from 'node:assert/strict'
import { createRequire } from 'node:module'
import { readFileSync } from 'node:fs'
import { after, test } from 'node:test'
import { Demo } from './support/demo.mjs'
import { OpenIdProvider } from './support/openid_provider.mjs'
import { rig } from './support/rig.mjs'
import { tour, tourOfLostFactor, tourOfSetup, tourOfSignUp } from './support/tour.mjs'
import { tourOfDemo } from './support/tour_of_demo.mjs'
import { tourOfFederation } from './support/tour_of_federation.mjs'

const the = rig()
const strict = rig({ settings: { LOGIN__SECOND_FACTOR: 'required' } })
const TERMS = { LOGIN__TERMS_URL: 'https://example.com/terms', LOGIN__TERMS_VERSION: '1' }
const open = rig({ settings: { LOGIN__SIGN_UP: 'open', ...TERMS } })
const lost = rig({ settings: { LOGIN__FACTOR_RESET_DELAY: 3 * 86_400 } })
const federated = rig()
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
let demo, corp
after(() => demo?.stop())
after(() => corp?.stop())

/** Returns the issues that axe finds on a page, and whether a narrow page overflows. */
async function complaints(name, page) {
  const found = []
  await page.evaluate(axe)
  for (const colorScheme of ['light', 'dark']) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
    const { violations } = await page.evaluate(() => globalThis.axe.run())
    for (const { id, nodes } of violations) {
      found.push(...nodes.map((node) => `${name}, ${colorScheme}: ${id}: ${node.html}: ${node.failureSummary}`))
    }
  }
  const size = page.viewportSize()
  await page.setViewportSize({ width: 320, height: 640 })
  const [wide, room] = await page.evaluate(() => [document.documentElement.scrollWidth, document.documentElement.clientWidth])
  if (wide > room) found.push(`${name}: ${wide} pixels wide on a screen of ${room}`)
  await page.setViewportSize(size)
  return found
}

test('axe finds no issues on the pages of the server', async () => {
  const found = []
  const visit = async (name, page) => found.push(...(await complaints(name, page)))
  await tour(the, visit)
  await tourOfSetup(strict, visit)
  await tourOfSignUp(open, visit)
  await tourOfLostFactor(lost, visit)
  assert.deepEqual(found, [])
})

test('axe finds no issues on the pages with upstream providers', async () => {
  corp = await OpenIdProvider.started(federated.installation)
  const found = []
  await tourOfFederation(federated, corp, async (name, page) => {
    await page.waitForLoadState()
    found.push(...(await complaints(name, page)))
  })
  assert.deepEqual(found, [])
})

test('axe finds no issues on the pages of dev', async () => {
  demo = await Demo.started()
  const found = []
  await tourOfDemo(demo, await the.person(), async (name, page) => found.push(...(await complaints(name, page))))
  assert.deepEqual(found, [])
})
