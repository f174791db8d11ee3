import { timingSafeEqual } from 'node:crypto'
import { chmodSync, closeSync, fsyncSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import type { Authenticate } from './principal.ts'
import { digestOf, newSecret } from './random.ts'

const TOKEN_FORM = /^[A-Za-z0-9_-]{43}$/

/** The token of this data folder in `<data>/token`, readable by its owner alone; made at the first start. */
export function readOrMakeToken(data: string): string {
  const path = join(data, 'token')
  const present = readToken(path)
  if (present !== null) {
    chmodSync(path, 0o600)
    return present
  }
  const token = newSecret()
  // Complete or absent: a cut write must not leave half a token behind.
  const draft = `${path}.new`
  const file = openSync(draft, 'w', 0o600)
  try {
    writeSync(file, `${token}\n`)
    fsyncSync(file)
  } finally {
    closeSync(file)
  }
  chmodSync(draft, 0o600)
  renameSync(draft, path)
  return token
}

function readToken(path: string): string | null {
  try {
    const text = readFileSync(path, 'utf8').trim()
    return TOKEN_FORM.test(text) ? text : null
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null
    throw error
  }
}

/** Whoever may open the socket, or knows the local token, is the owner of the machine's engine: MASTER. */
export function localAuthenticate(token: string): Authenticate {
  const expected = digestOf(token)
  return ({ viaSocket, bearer }) => {
    if (viaSocket) return { name: 'local', permissions: ['MASTER'] }
    if (bearer === null) return null
    // Digests have one length, so that the comparison takes the same time for every guess.
    return timingSafeEqual(digestOf(bearer), expected) ? { name: 'local', permissions: ['MASTER'] } : null
  }
}
