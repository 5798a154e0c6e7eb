// A server with its store, master key, clients and users, created with the command line as an operator does it.

import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parsed } from './mail_server.mjs'
import { newDatabase } from './postgres.mjs'
import { eventually, freePort, run, start } from './process.mjs'

const program = process.env.COUNTERSIGN_BIN

/** Default scope of clients. */
export const SCOPE = 'openid profile email offline_access'

export class Installation {
  /** Creates an empty installation. `settings` are environment variables without prefix, such as `LIFETIMES__LOGIN`. */
  static async make({ settings = {}, postgres = false } = {}) {
    const installation = new Installation()
    installation.folder = mkdtempSync(join(tmpdir(), 'countersign-browser-'))
    process.on('exit', () => rmSync(installation.folder, { recursive: true, force: true }))
    const port = await freePort()
    // Use a host name: passkeys are bound to a domain, and an IP address is not a domain.
    installation.address = `http://localhost:${port}`
    installation.issuer = settings.ISSUER ?? installation.address
    const file = join(installation.folder, 'master.key')
    if (postgres) installation.database = await newDatabase()
    const store = installation.database?.url ?? `sqlite://${join(installation.folder, 'countersign.db')}`
    installation.mailbox = join(installation.folder, 'mail')
    mkdirSync(installation.mailbox)
    const all = {
      LISTEN: `127.0.0.1:${port}`,
      ISSUER: installation.issuer,
      // Tests with an https issuer send some requests to the address.
      HOSTS: '*',
      STORE__URL: store,
      MASTER_KEY_FILE: file,
      MAIL__URL: `file://${installation.mailbox}`,
      MAIL__FROM: 'Countersign <id@example.org>',
      // The clients of the tests run on this machine.
      OUTBOUND__PRIVATE_NETWORKS: 'back_channel_logout',
      ...settings,
    }
    const named = Object.entries(all).map(([name, value]) => [`COUNTERSIGN__${name}`, String(value)])
    installation.options = { cwd: installation.folder, env: { ...process.env, ...Object.fromEntries(named) } }
    writeFileSync(file, await installation.command(['keys', 'generate-master']), { mode: 0o600 })
    await installation.command(['migrate'])
    return installation
  }

  /** Creates an installation and starts its server. */
  static async started(options) {
    const installation = await Installation.make(options)
    await installation.start()
    return installation
  }

  /** Runs a command and returns its output. */
  command(args, input) {
    return run(program, args, { ...this.options, input })
  }

  async json(args, input) {
    return JSON.parse(await this.command([...args, '--json'], input))
  }

  /** Creates a user. The default email address is unique. */
  async user({ email = `user-${crypto.randomUUID()}@example.com`, name, password = 'correct horse battery' } = {}) {
    const options = name === undefined ? [] : ['--name', name]
    const user = await this.json(['users', 'create', '--email', email, '--password-stdin', ...options], password)
    return { ...user, email, password }
  }

  /** Enables one-time codes for a user and returns the base32 secret. */
  async enableTotp(user) {
    return (await this.json(['users', 'enable-totp', user.email])).secret
  }

  /** Registers a client for `redirectUri`. */
  client(redirectUri, { name = 'Photo Prints', scope = SCOPE, options = [] } = {}) {
    const grants = ['--grant-type', 'authorization_code', '--grant-type', 'refresh_token']
    return this.json(
      ['clients', 'create', '--name', name, ...grants, '--scope', scope, '--redirect-uri', redirectUri, ...options])
  }

  /** Returns all sent emails, oldest first. An incomplete file has another extension. */
  mails() {
    const names = readdirSync(this.mailbox).sort()
    return names.filter((name) => name.endsWith('.eml')).map((name) => readFileSync(join(this.mailbox, name), 'utf8'))
  }

  /** Returns the texts of all mails to an address, oldest first. */
  textsTo(email) {
    return this.mails().map(parsed).filter((mail) => mail.to === email).map((mail) => mail.text)
  }

  /** Returns the latest code for an address. */
  codeFor(email) {
    const newest = () => this.mails().findLast((mail) => mail.includes(email))
    return eventually(`a mail to ${email}`, () => newest()?.match(/^Subject: (\d{6}) is your verification code/m)?.[1])
  }

  /** Starts the server and waits until it is ready. */
  async start() {
    this.server = start(program, ['serve'], this.options)
    await eventually('the server is ready', async () => {
      if (this.server.hasEnded) throw new Error(this.server.log)
      const answer = await fetch(`${this.address}/health/ready`).catch(() => undefined)
      return answer?.ok
    })
  }

  /** Stops the server and deletes its database. */
  async stop() {
    await this.server?.stop()
    await this.database?.drop()
  }
}
