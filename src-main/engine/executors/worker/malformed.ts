import type { Failure } from '../../../../src-shared/contract/index.ts'
import { CLOSE } from '../../../../src-shared/contract/worker-protocol.ts'
import type { Holding } from './holding.ts'
import type { Link } from './link.ts'
import type { SessionParts } from './parts.ts'
import { ProtocolError } from './protocol-error.ts'

/** Of a message, in the reason of a close: that has 123 bytes in all. */
const QUOTED = 40
const FIX =
  'Correct what the code gives to the SDK; if it gives nothing odd, the SDK and the engine are of different versions.'

const ENDINGS: ReadonlySet<unknown> = new Set(['result', 'error', 'suspend', 'aborted'])
const REQUESTS: ReadonlySet<unknown> = new Set(['submit', 'select', 'cancel', 'secret'])
/** What an execution says by the way: it goes on without. */
const ASIDES: ReadonlySet<unknown> = new Set(['asset', 'progress'])
/** What it must say, and what the worker would say again until it has an answer. */
const DUTIES: ReadonlySet<unknown> = new Set(['started', 'log', 'metric'])

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

interface Answerer {
  readonly holding: Holding
  readonly parts: SessionParts
  readonly link: Link | null
}

/**
 * Lets the execution that said it bear it, so that all others of its worker go on: a request is refused, an ending becomes a
 * failure with words.
 *
 * @returns false when it belongs to no execution of this session
 */
export function answerMalformed(fault: MalformedMessage, session: Answerer): boolean {
  const { type, token } = fault.given
  if (type === 'declare') return refuse(fault, session.link)
  if (typeof token !== 'string') return false
  const held = session.holding.held.get(token)
  if (held === undefined && !session.parts.over.has(token)) return false
  if (REQUESTS.has(type) && refuse(fault, session.link)) return true
  if (ASIDES.has(type)) {
    session.link?.send({ type: 'refused', problem: fault.problem })
    return true
  }
  const isEnding = ENDINGS.has(type)
  if (!isEnding && !REQUESTS.has(type) && !DUTIES.has(type)) return false
  if (!isEnding) session.link?.send({ type: 'abort', token, reason: 'stale' })
  else if (held === undefined) session.link?.record(token)
  if (held !== undefined) session.holding.fail(held, fault.problem)
  return true
}

/** False when its number is none, so that nobody would know what is refused. */
function refuse({ given, problem }: MalformedMessage, link: Link | null): boolean {
  const { id } = given
  if (typeof id !== 'number' || !Number.isSafeInteger(id) || id < 0) return false
  link?.send({ type: 'refused', id, problem })
  return true
}
