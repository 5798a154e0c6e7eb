// Processes that tests start: none outlives the test.

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'

const running = new Set()
// What a test that ended early has left.
process.on('exit', () => running.forEach((child) => child.kill('SIGKILL')))
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => process.exit(1))

/** Starts a program that goes on until it is stopped. What it says is kept in `log`. */
export function start(program, args, options = {}) {
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'], ...options })
  running.add(child)
  const ended = once(child, 'close').catch((error) => [error])
  const service = {
    log: '',
    hasEnded: false,
    /** Asks it to end, and waits until it has. */
    async stop() {
      child.kill('SIGTERM')
      await ended
    },
  }
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text) => (service.log += text))
  }
  ended.then(([status]) => {
    service.hasEnded = true
    service.log += `\n(ended: ${status})`
    running.delete(child)
  })
  return service
}

/** Runs a program to its end and answers with what it wrote to standard output. */
export async function run(program, args, { input = '', ...options } = {}) {
  const child = spawn(program, args, { stdio: 'pipe', ...options })
  let out = ''
  let err = ''
  child.stdout.setEncoding('utf8').on('data', (text) => (out += text))
  child.stderr.setEncoding('utf8').on('data', (text) => (err += text))
  // A program that reads no input may be gone before it is there.
  child.stdin.on('error', () => {})
  child.stdin.end(input)
  const [status] = await once(child, 'close')
  if (status !== 0) throw new Error(`${program} ${args.join(' ')}: status ${status}: ${err}`)
  return out
}

/** A port that nobody listens on. */
export async function freePort() {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address()
  server.close()
  await once(server, 'close')
  return port
}

/** Asks until the answer is truthy, and answers with that. `what` is for the error if that takes too long. */
export async function eventually(what, ask, seconds = 30) {
  const until = Date.now() + seconds * 1000
  for (;;) {
    const answer = await ask()
    if (answer) return answer
    if (Date.now() > until) throw new Error(`${what}: not within ${seconds} s`)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}
