import { randomInt } from 'node:crypto'

/** Letters and digits without look-alikes: no 0, 1, i, l, o, u. */
const ALPHABET = '23456789abcdefghjkmnpqrstvwxyz'
const RUN_ID_LENGTH = 8

/** A new run identifier: one of 30^8 = 6.6e11. */
export const newRunId = (): string =>
  Array.from({ length: RUN_ID_LENGTH }, () => ALPHABET[randomInt(ALPHABET.length)]).join('')
