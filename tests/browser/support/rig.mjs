// Common setup of the test files: a browser, a server and a client.

import { after, before } from 'node:test'
import { launch, newTab, person } from './browser.mjs'
import { Installation } from './installation.mjs'
import { RelyingParty } from './relying_party.mjs'

/** Starts them before the tests of a file and stops them afterwards. `options` are those of `Installation.make`. */
export function rig(options = {}) {
  const parts = {
    /** Creates a user with a new browser context. */
    person: (settings) => person(parts.browser, settings),
    newTab,
    /** Registers another client. */
    async client(settings) {
      const party = await RelyingParty.registered(parts.installation, settings)
      parts.parties.push(party)
      return party
    },
    parties: [],
  }
  before(async () => {
    parts.browser = await launch()
    parts.installation = await Installation.started(options)
    parts.party = await parts.client()
  })
  after(async () => {
    await parts.browser?.close()
    parts.parties.forEach((party) => party.stop())
    await parts.installation?.stop()
  })
  return parts
}
