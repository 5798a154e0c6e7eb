// Messages to a webhook, verified by the library of the Standard Webhooks specification. The receiver is down at first
// and in between.

import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { createServer } from 'node:http'
import { setTimeout as wait } from 'node:timers/promises'
import { promisify } from 'node:util'
import { Webhook } from 'standardwebhooks'
import * as harness from './harness.mjs'

const created = JSON.parse(process.env.COUNTERSIGN_WEBHOOK)
const { hostname, port } = new URL(created.url)

/** Runs a command of Countersign and returns its output. */
async function run(...words) {
  const { stdout } = await promisify(execFile)(process.env.COUNTERSIGN_BIN, words)
  return stdout
}

const countersign = async (...words) => JSON.parse(await run(...words, '--json'))

const received = []
let receiver

async function listen() {
  receiver = createServer((request, response) => {
    const pieces = []
    request.on('data', (piece) => pieces.push(piece))
    request.on('end', () => {
      received.push({ headers: request.headers, body: Buffer.concat(pieces).toString() })
      response.writeHead(204).end()
    })
  })
  await new Promise((resolve) => receiver.listen(Number(port), hostname, resolve))
}

async function close() {
  receiver.closeAllConnections()
  await new Promise((resolve) => receiver.close(resolve))
}

/** Waits until these events have arrived. */
async function arrived(ids) {
  for (let tries = 0; tries < 600; tries += 1) {
    const known = new Set(received.map((message) => message.headers['webhook-id']))
    if (ids.every((id) => known.has(id))) return
    await wait(50)
  }
  assert.fail('the events did not arrive within 30 seconds')
}

/** The IDs of the events of users in the audit log. */
async function recorded() {
  const events = await countersign('audit', 'list', '--limit=100')
  return events.filter((event) => event.action.startsWith('user.')).map((event) => event.id)
}

const step = harness.report(`standardwebhooks ${harness.version('standardwebhooks')}`)
let webhook = new Webhook(created.signing_secret)

await step('events from before the receiver was up arrive, signed', async () => {
  await wait(2_000)
  await listen()
  await arrived(await recorded())
  for (const { headers, body } of received) {
    const message = webhook.verify(body, headers)
    assert.equal(message.type, message.data.action)
    assert.equal(headers['webhook-id'], message.data.id)
    assert.equal(Date.parse(message.timestamp) / 1000, message.data.at)
  }
})
await step('an altered message and another secret are detected', () => {
  const [{ headers, body }] = received
  assert.throws(() => webhook.verify(body.replace('user.', 'admin.'), headers))
  assert.throws(() => webhook.verify(body, { ...headers, 'webhook-id': 'other' }))
  assert.throws(() => new Webhook('whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=').verify(body, headers))
})
await step('both secrets verify after a rotation', async () => {
  const rotated = await countersign('webhooks', 'rotate-secret', created.name)
  await run('webhooks', 'test', created.name)
  const { headers, body } = received.at(-1)
  for (const secret of [created.signing_secret, rotated.signing_secret]) {
    assert.equal(new Webhook(secret).verify(body, headers).type, 'webhook.test')
  }
  webhook = new Webhook(rotated.signing_secret)
})
await step('an outage of the receiver loses and repeats nothing', async () => {
  received.length = 0
  const before = new Set(await recorded())
  await close()
  for (const name of ['eve', 'bob']) await countersign('users', 'create', '--email', `${name}@example.com`)
  await wait(3_000)
  await listen()
  await countersign('users', 'create', '--email', 'tom@example.com')
  const expected = (await recorded()).filter((id) => !before.has(id))
  await arrived(expected)
  received.forEach(({ headers, body }) => webhook.verify(body, headers))
  const ids = new Set(received.map((message) => message.headers['webhook-id']))
  assert.deepEqual([...ids].sort(), expected.sort())
})
await close()
