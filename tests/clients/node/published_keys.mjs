// oauth4webapi with private_key_jwt; jose makes the keys, which this program publishes at the jwks_uri of the client.

import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import { setTimeout as wait } from 'node:timers/promises'
import { exportJWK } from 'jose'
import * as oauth from 'oauth4webapi'
import * as harness from './harness.mjs'

const insecure = { [oauth.allowInsecureRequests]: true }
const issuerUrl = new URL(harness.issuer)
const server = await oauth.processDiscoveryResponse(issuerUrl, await oauth.discoveryRequest(issuerUrl, insecure))
const client = { client_id: harness.clients.published.client_id }

const published = { keys: [] }
let requests = 0
const keyServer = createServer((_, response) => {
  requests += 1
  response.setHeader('content-type', 'application/jwk-set+json')
  response.end(JSON.stringify(published))
})
const { hostname, port } = new URL(harness.clients.published.jwks_uri)
await new Promise((resolve) => keyServer.listen(Number(port), hostname, resolve))

/** A new key pair. */
async function makeKey(kid) {
  const { privateKey, publicKey } = await oauth.generateKeyPair('ES256', { extractable: true })
  return { kid, privateKey, jwk: { ...(await exportJWK(publicKey)), kid, use: 'sig', alg: 'ES256' } }
}

async function requestToken({ privateKey, kid }) {
  const authentication = oauth.PrivateKeyJwt({ key: privateKey, kid })
  const parameters = { scope: 'api:read' }
  const response = await oauth.clientCredentialsGrantRequest(server, client, authentication, parameters, insecure)
  return oauth.processClientCredentialsResponse(server, client, response)
}

const [first, second, foreign] = await Promise.all(['first', 'second', 'foreign'].map(makeKey))
published.keys = [first.jwk]

const step = harness.report(`oauth4webapi ${harness.version('oauth4webapi')}`)
await step('private_key_jwt with published keys, one request for them', async () => {
  for (let index = 0; index < 5; index += 1) {
    assert.equal((await requestToken(first)).scope, 'api:read')
  }
  assert.equal(requests, 1)
})
await step('a key that is not published is invalid_client', () =>
  harness.refused(oauth.ResponseBodyError, 'invalid_client', () => requestToken(foreign)))
await step('a rotated key works without a restart', async () => {
  published.keys = [second.jwk, first.jwk]
  // The server asks for the keys at most every 10 seconds.
  await wait(10_500)
  assert.equal((await requestToken(second)).scope, 'api:read')
  assert.equal((await requestToken(first)).scope, 'api:read')
})
keyServer.close()
