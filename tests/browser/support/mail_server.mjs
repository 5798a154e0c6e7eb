// A mail server: aiosmtpd, from the Debian package python3-aiosmtpd. It stores messages in a Maildir.

import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { eventually, freePort, start } from './process.mjs'

/** Returns the link of a mail. */
export const linkOf = (mail) => mail.text.match(/^http\S+token=\S+$/m)[0]

/** Returns the code of a mail. */
export const codeOf = (mail) => mail.text.match(/^ +(\d{6})$/m)[1]

/** A mail server on a random port of this machine, which accepts every message. */
export class MailServer {
  /** Starts the server. `folder` must not exist. */
  static async started(folder) {
    const server = new MailServer()
    const port = await freePort()
    server.folder = folder
    server.url = `smtp://127.0.0.1:${port}?tls=none`
    const handler = ['-c', 'aiosmtpd.handlers.Mailbox', folder]
    // The package belongs to the Python of Debian, which may not be the first one in the path.
    server.process = start('/usr/bin/python3', ['-m', 'aiosmtpd', '-n', '-l', `127.0.0.1:${port}`, ...handler])
    await eventually('the mail server listens', () => {
      if (server.process.hasEnded) throw new Error(server.process.log)
      return answers(port)
    })
    return server
  }

  /** Returns all messages, oldest first. */
  mails() {
    const folder = join(this.folder, 'new')
    const names = existsSync(folder) ? readdirSync(folder).sort() : []
    return names.map((name) => parsed(readFileSync(join(folder, name), 'utf8')))
  }

  /** Waits for message number `count` to an address, and returns it. */
  mailTo(email, count = 1) {
    const all = () => this.mails().filter((mail) => mail.to === email)
    return eventually(`${count} mails to ${email}`, () => all()[count - 1])
  }

  stop() {
    return this.process.stop()
  }
}

function answers(port) {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    socket.once('data', () => resolve(true))
    socket.once('error', () => resolve(false))
    socket.once('data', () => socket.destroy())
  })
}

/** Returns recipient, subject, text and HTML of a message (RFC 2045 to 2047). */
export function parsed(message) {
  const [head, body] = halves(message)
  const boundary = header(head, 'content-type').match(/boundary="([^"]+)"/)[1]
  const parts = body.split(`--${boundary}`).slice(1, -1).map((part) => halves(part.replace(/^\r?\n/, '')))
  const content = (type) => {
    const [own, text] = parts.find(([own]) => header(own, 'content-type').startsWith(type))
    return decoded(text, header(own, 'content-transfer-encoding'))
  }
  const subject = header(head, 'subject').replace(/=\?utf-8\?b\?([^?]*)\?=\s*/gi, (_, text) => Buffer.from(text, 'base64').toString())
  return { to: header(head, 'to'), subject, text: content('text/plain'), html: content('text/html') }
}

function halves(text) {
  const at = text.search(/\r?\n\r?\n/)
  return [text.slice(0, at), text.slice(at).replace(/^\r?\n\r?\n/, '')]
}

function header(head, name) {
  const unfolded = head.replace(/\r?\n[ \t]+/g, ' ')
  return unfolded.match(new RegExp(`^${name}: (.*)$`, 'im'))?.[1].trim() ?? ''
}

function decoded(text, encoding) {
  if (encoding === 'base64') return Buffer.from(text, 'base64').toString()
  if (encoding !== 'quoted-printable') return text
  const bytes = text.replace(/=\r?\n/g, '').replace(/=([0-9A-F]{2})/g, (_, hex) => String.fromCharCode(parseInt(hex, 16)))
  return Buffer.from(bytes, 'latin1').toString()
}
