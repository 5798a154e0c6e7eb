// One-time codes of an authenticator app (RFC 6238: SHA-1, six digits, 30 seconds).

import { createHmac } from 'node:crypto'

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'

function bytes(base32) {
  const letters = base32.toUpperCase().replaceAll(/[^A-Z2-7]/g, '')
  const bits = [...letters].map((letter) => ALPHABET.indexOf(letter).toString(2).padStart(5, '0')).join('')
  return Buffer.from(bits.match(/.{8}/g).map((byte) => Number.parseInt(byte, 2)))
}

/**
* Returns the code of a secret for the current time step plus `step`. The server accepts each code once, and codes of
* one step earlier or later. A test that needs two codes uses steps 0 and 1. Step -1 could expire before it arrives.
 */
export function oneTimeCode(secret, step = 0) {
  const counter = Buffer.alloc(8)
  counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000) + step))
  const digest = createHmac('sha1', bytes(secret)).update(counter).digest()
  const number = digest.readUInt32BE(digest.at(-1) & 15) & 0x7fffffff
  return String(number % 1_000_000).padStart(6, '0')
}
