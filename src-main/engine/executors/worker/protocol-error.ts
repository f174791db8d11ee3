import type { Failure } from '../../../../src-shared/contract/index.ts'
import { CLOSE } from '../../../../src-shared/contract/worker-protocol.ts'

/** Of a message, in the reason of a close: that has 123 bytes in all. */
const QUOTED = 40
const FIX =
  'Correct what the code gives to the SDK; if it gives nothing odd, the SDK and the engine are of different versions.'

/** What a worker said that ends its connection; `code` is one of CLOSE, the message is the reason that it is told. */
export class ProtocolError extends Error {
  override readonly name = 'ProtocolError'
  readonly code: number

  constructor(code: number, reason: string) {
    super(reason)
    this.code = code
  }
}

/** A message that is not as the protocol has it. When nobody can answer for it, it ends the connection. */
export class MalformedMessage extends ProtocolError {
  readonly given: Readonly<Record<string, unknown>>
  readonly problem: Failure

  /** @param words where and what is wrong: ` at calls.0.options: …` */
  constructor(given: Readonly<Record<string, unknown>>, words: string) {
    const text = `a message "${String(given['type']).slice(0, QUOTED)}" is malformed${words}`
    super(CLOSE.malformed, text)
    this.given = given
    this.problem = { code: 'request_malformed', message: `The engine was sent ${text}.`, fix: FIX }
  }
}
