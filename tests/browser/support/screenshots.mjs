// Takes screenshots of every page, for phone and desktop, light and dark: target/screenshots/PAGE-DEVICE-SCHEME.png.

import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { Demo } from './demo.mjs'
import { OpenIdProvider } from './openid_provider.mjs'
import { rig } from './rig.mjs'
import { tour, tourOfLostFactor, tourOfSetup, tourOfSignUp } from './tour.mjs'
import { tourOfDemo } from './tour_of_demo.mjs'
import { tourOfFederation } from './tour_of_federation.mjs'

const folder = process.env.COUNTERSIGN_SCREENSHOTS
mkdirSync(folder, { recursive: true })
const the = rig()
const strict = rig({ settings: { LOGIN__SECOND_FACTOR: 'required' } })
const open = rig({ settings: { LOGIN__SIGN_UP: 'open', LOGIN__TERMS_URL: 'https://example.com/terms', LOGIN__TERMS_VERSION: '1' } })
const lost = rig({ settings: { LOGIN__FACTOR_RESET_DELAY: 3 * 86_400 } })
const federated = rig()
const devices = { desktop: { width: 1280, height: 800 }, phone: { width: 390, height: 844 } }

async function takePictures(name, page) {
  for (const [device, size] of Object.entries(devices)) {
    await page.setViewportSize(size)
    for (const colorScheme of ['light', 'dark']) {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
      await page.screenshot({ path: join(folder, `${name}-${device}-${colorScheme}.png`), fullPage: true, caret: 'hide' })
    }
  }
}

test('screenshots', async () => {
  const person = (options) => the.person({ deviceScaleFactor: 2, ...options })
  await tour({ ...the, person }, takePictures)
  await tourOfSetup({ ...strict, person }, takePictures)
  await tourOfSignUp({ ...open, person: (options) => open.person({ deviceScaleFactor: 2, ...options }) }, takePictures)
  await tourOfLostFactor({ ...lost, person: (options) => lost.person({ deviceScaleFactor: 2, ...options }) }, takePictures)
  const corp = await OpenIdProvider.started(federated.installation)
  try {
    await tourOfFederation({ ...federated, person: (options) => federated.person({ deviceScaleFactor: 2, ...options }) }, corp, takePictures)
  } finally {
    await corp.stop()
  }
  const demo = await Demo.started()
  try {
    await tourOfDemo(demo, await person(), takePictures)
  } finally {
    await demo.stop()
  }
})
