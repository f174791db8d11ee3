import { createHash, randomBytes } from 'node:crypto'

/** 256 bits: nobody guesses one, however often he may try. */
const SECRET_BYTES = 32

/** A new secret, as it travels in addresses and headers. */
export const newSecret = (): string => randomBytes(SECRET_BYTES).toString('base64url')

/**
 * What is kept of a secret. Secrets are compared and looked up by their digests only: how long that takes says nothing
 * about a secret, because nobody can choose the digest of a guess.
 */
export const digestOf = (secret: string): Buffer => createHash('sha256').update(secret).digest()
