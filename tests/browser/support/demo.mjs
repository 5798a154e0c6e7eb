// The server of `countersign dev`, in a folder of its own that goes with it.

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { eventually, start } from './process.mjs'

export class Demo {
  /** Starts it on a random port. */
  static async started() {
    const demo = new Demo()
    // What it makes in the folder it runs in would go with the folder.
    demo.folder = mkdtempSync(join(tmpdir(), 'countersign-dev-'))
    process.on('exit', () => rmSync(demo.folder, { recursive: true, force: true }))
    const args = ['dev', '--ephemeral', '--listen', '127.0.0.1:0']
    demo.server = start(process.env.COUNTERSIGN_BIN, args, { cwd: demo.folder })
    // Up to the last line that tests read.
    const banner = /Open in a browser: (\S+)\/\n[^]*demo user .*\n/
    demo.issuer = await eventually('dev is ready', () => {
      if (demo.server.hasEnded) throw new Error(demo.server.log)
      return demo.server.log.match(banner)?.[1]
    })
    return demo
  }

  /** The demo user, as the banner has it. */
  user() {
    const [, email, password] = this.server.log.match(/demo user +(\S+) +(\S+)/)
    return { email, password }
  }

  async stop() {
    await this.server.stop()
  }
}
