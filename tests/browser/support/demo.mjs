// A server of `countersign dev`, in a temporary folder.

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { eventually, start } from './process.mjs'

export class Demo {
  /** Starts it on a random port. */
  static async started() {
    const demo = new Demo()
    // The server may create files in its working directory, so the folder is temporary.
    demo.folder = mkdtempSync(join(tmpdir(), 'countersign-dev-'))
    process.on('exit', () => rmSync(demo.folder, { recursive: true, force: true }))
    const args = ['dev', '--ephemeral', '--listen', '127.0.0.1:0']
    demo.server = start(process.env.COUNTERSIGN_BIN, args, { cwd: demo.folder })
    // Matches up to the last line that the tests read.
    const banner = /Open in a browser: (\S+)\/\n[^]*demo user .*\n/
    demo.issuer = await eventually('dev is ready', () => {
      if (demo.server.hasEnded) throw new Error(demo.server.log)
      return demo.server.log.match(banner)?.[1]
    })
    return demo
  }

  /** Returns the demo user from the banner. */
  user() {
    const [, email, password] = this.server.log.match(/demo user +(\S+) +(\S+)/)
    return { email, password }
  }

  async stop() {
    await this.server.stop()
  }
}
