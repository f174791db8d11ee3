import type { Holding } from './holding.ts'
import type { Link } from './link.ts'
import type { SessionParts } from './parts.ts'
import type { MalformedMessage } from './protocol-error.ts'

const ENDINGS: ReadonlySet<unknown> = new Set(['result', 'error', 'suspend', 'aborted'])
const REQUESTS: ReadonlySet<unknown> = new Set(['submit', 'select', 'cancel', 'secret'])
/** What an execution says by the way: it goes on without. */
const ASIDES: ReadonlySet<unknown> = new Set(['asset', 'progress'])
/** What it must say, and what the worker would say again until it has an answer. */
const DUTIES: ReadonlySet<unknown> = new Set(['started', 'log', 'metric'])

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
