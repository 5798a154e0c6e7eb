// One-time codes, as an authenticator app makes them (RFC 6238: SHA-1, six digits, 30 seconds).

import { createHmac } from 'node:crypto'

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'

function bytes(base32) {
  const letters = base32.toUpperCase().replaceAll(/[^A-Z2-7]/g, '')
  const bits = [...letters].map((letter) => ALPHABET.indexOf(letter).toString(2).padStart(5, '0')).join('')
  return Buffer.from(bits.match(/.{8}/g).map((byte) => Number.parseInt(byte, 2)))
}

/**
 * The code of a secret. The server takes each code once, and those one step early or late: `step` is which. A test that
 * needs two takes step 0 and then 1, which is right even if a step ends before the code arrives; -1 would be too late.
 */
export function oneTimeCode(secret, step = 0) {
  const counter = Buffer.alloc(8)
  counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000) + step))
  const digest = createHmac('sha1', bytes(secret)).update(counter).digest()
  const number = digest.readUInt32BE(digest.at(-1) & 15) & 0x7fffffff
  return String(number % 1_000_000).padStart(6, '0')
}
