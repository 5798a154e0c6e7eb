// Child processes of tests. They end with the test.

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'

const running = new Set()
// Kills the processes of a test that ended early.
process.on('exit', () => running.forEach((child) => child.kill('SIGKILL')))
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => process.exit(1))

/** Starts a program that runs until it is stopped. `log` collects its output. */
export function start(program, args, options = {}) {
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'], ...options })
  running.add(child)
  const ended = once(child, 'close').catch((error) => [error])
  const service = {
    log: '',
    hasEnded: false,
    /** Stops the program and waits for its end. */
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

/** Runs a program and returns its standard output. */
export async function run(program, args, { input = '', ...options } = {}) {
  const child = spawn(program, args, { stdio: 'pipe', ...options })
  let out = ''
  let err = ''
  child.stdout.setEncoding('utf8').on('data', (text) => (out += text))
  child.stderr.setEncoding('utf8').on('data', (text) => (err += text))
  // A program that reads no input may exit before the input is written.
  child.stdin.on('error', () => {})
  child.stdin.end(input)
  const [status] = await once(child, 'close')
  if (status !== 0) throw new Error(`${program} ${args.join(' ')}: status ${status}: ${err}`)
  return out
}

/** Returns a free port. */
export async function freePort() {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address()
  server.close()
  await once(server, 'close')
  return port
}

/** Polls until the result is truthy, and returns it. `what` describes the condition in the timeout error. */
export async function eventually(what, ask, seconds = 30) {
  const until = Date.now() + seconds * 1000
  for (;;) {
    const answer = await ask()
    if (answer) return answer
    if (Date.now() > until) throw new Error(`${what}: not within ${seconds} s`)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}
