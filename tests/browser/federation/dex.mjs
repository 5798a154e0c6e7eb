// An upstream provider: dex, with users of its own.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { eventually, freePort, start } from '../support/process.mjs'

const SECRET = 'the secret of countersign at dex'
const PASSWORD = 'the password at dex'
const HASH = '$2a$10$aXD0atBiNCAT0qqyjW1tlen3bojamg9wsCDnxwcRbEXxTnCYs/L0q'

export class Dex {
  /** Starts dex, which `run` builds, and sets it up at the server with the name `dex`. */
  static async started(installation, emails) {
    const dex = new Dex()
    const host = `127.0.0.1:${await freePort()}`
    dex.issuer = `http://${host}/dex`
    dex.folder = mkdtempSync(join(tmpdir(), 'countersign-dex-'))
    const file = join(dex.folder, 'dex.json')
    writeFileSync(file, JSON.stringify({
      issuer: dex.issuer,
      storage: { type: 'memory' },
      web: { http: host },
      staticClients: [{
        id: 'countersign',
        name: 'Countersign',
        secret: SECRET,
        redirectURIs: [`${installation.issuer}/rp/callback/dex`],
      }],
      enablePasswordDB: true,
      staticPasswords: emails.map((email, number) => ({
        email, hash: HASH, username: email.split('@')[0], userID: `user-${number}`,
      })),
    }))
    dex.service = start(process.env.COUNTERSIGN_TEST_DEX, ['serve', file])
    await eventually('dex serves', async () => {
      if (dex.service.hasEnded) throw new Error(dex.service.log)
      return fetch(`${dex.issuer}/.well-known/openid-configuration`).then(({ ok }) => ok, () => false)
    })
    await installation.command([
      'upstream-providers', 'create', 'dex', '--display-name', 'Dex', '--type', 'oidc', '--issuer', dex.issuer,
      '--client-id', 'countersign', '--client-secret-stdin', '--trusted-domains', 'example.com',
      '--allow-private-network=true',
    ], SECRET)
    return dex
  }

  /** Signs a user in on the pages of dex, and agrees to share the data. */
  async signIn(page, email) {
    await page.getByPlaceholder('email address').fill(email)
    await page.getByPlaceholder('password').fill(PASSWORD)
    await page.getByRole('button', { name: 'Login' }).click()
    await page.getByRole('button', { name: 'Grant Access' }).click()
  }

  async stop() {
    await this.service.stop()
    rmSync(this.folder, { recursive: true })
  }
}
