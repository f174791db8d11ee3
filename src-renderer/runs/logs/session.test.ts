import { beforeEach, describe, expect, test } from 'vitest'
import { EngineUnreachable } from '../../../src-shared/client/index.ts'
import { type LogLine, ProblemError } from '../../../src-shared/contract/index.ts'
import type { Tryer } from './expressions.ts'
import { LogParser } from './ndjson.ts'
import { tried } from './packed.ts'
import type { FromWorker, LogState, ToWorker } from './protocol.ts'
import { LogSession } from './session.ts'

/** What the engine does in one reading of the log. */
type Reading = (push: (lines: readonly LogLine[]) => void, signal: AbortSignal) => Promise<void>

const DEADLINE_MS = 5_000
let messages: FromWorker[]
let listeners: (() => void)[]
let readings: Reading[]
let session: LogSession
let isHung: boolean

const lineAt = (text: string, more: Partial<LogLine> = {}): LogLine => ({
  at: '2026-11-21T10:00:00.000Z',
  step: 'fit',
  attempt: 1,
  stream: 'stdout',
  text,
  ...more,
})

const numbered = (from: number, to: number): LogLine[] =>
  Array.from({ length: to - from }, (_, index) => lineAt(`line ${from + index}`))

/** As the worker does it, here; `isHung`: it never answers. */
function tryer(): Tryer {
  const made: Tryer = {
    onmessage: null,
    terminate: () => undefined,
    postMessage(message) {
      if (isHung) return
      queueMicrotask(() => made.onmessage?.({ data: tried(message) }))
    },
  }
  return made
}

beforeEach(() => {
  const mine: FromWorker[] = []
  const listening: (() => void)[] = []
  messages = mine
  listeners = listening
  readings = []
  isHung = false
  session = new LogSession({
    post(message) {
      mine.push(message)
      for (const listener of listening) listener()
    },
    async read(store, _address, onBytes, signal) {
      const parser = new LogParser(store)
      const reading = readings.shift()
      if (reading === undefined) throw new Error('the log was read once more than the test knows')
      await reading((lines) => {
        const bytes = new TextEncoder().encode(lines.map((line) => `${JSON.stringify(line)}\n`).join(''))
        parser.push(bytes)
        onBytes(bytes.length)
      }, signal)
      parser.end()
    },
    makeTryer: tryer,
    pause: () => Promise.resolve(),
    breathe: () => new Promise((resolve) => setImmediate(resolve)),
  })
})

function until<T>(look: () => T | undefined): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(
      () => reject(new Error(`it did not come; the last state: ${JSON.stringify(state())}`)),
      DEADLINE_MS,
    )
    const check = (): void => {
      const found = look()
      if (found === undefined) return
      clearTimeout(timer)
      resolve(found)
    }
    listeners.push(check)
    check()
  })
}

const states = (): Omit<LogState, 'sources'>[] =>
  messages.flatMap((message) => (message.type === 'state' ? [message.state] : []))
const state = (): Omit<LogState, 'sources'> | undefined => states().at(-1)
type State = Omit<LogState, 'sources'>
const reached = (is: (state: State) => boolean): Promise<State> =>
  until(() => {
    const now = state()
    return now !== undefined && is(now) ? now : undefined
  })

const open = (isTail = false): void =>
  session.receive({ type: 'open', origin: 'http://engine', path: '/logs', token: null, isTail })

async function textOf(from: number, to: number): Promise<string[]> {
  const id = 1_000_000 + messages.length
  session.receive({ type: 'text', id, from, to })
  const body = await until(() => messages.find((message) => message.type === 'text' && message.id === id))
  return body.type === 'text' && typeof body.body === 'string' ? body.body.split('\n') : []
}

const show = (more: Partial<Extract<ToWorker, { type: 'show' }>>): void =>
  session.receive({
    type: 'show',
    filter: { step: null, attempt: null, stream: null, level: null },
    query: null,
    onlyMatches: false,
    revision: 1,
    ...more,
  })

const texts = (lines: readonly LogLine[]): string[] => lines.map(({ text }) => text)

describe('reading', () => {
  test('says how far it is, and when all is there', async () => {
    readings = [async (push) => push(numbered(0, 1000))]
    open()
    expect(await reached(({ phase }) => phase === 'complete')).toMatchObject({ lines: 1000, rows: 1000, problem: null })
    expect(await textOf(0, 1000)).toEqual(texts(numbered(0, 1000)))
  })

  test('a stream that is cut is read again: nothing twice, nothing lost, and what was there stays meanwhile', async () => {
    let pass = (): void => undefined
    const gate = new Promise<void>((resolve) => {
      pass = resolve
    })
    readings = [
      async (push) => {
        push(numbered(0, 700))
        throw new EngineUnreachable('ECONNRESET', 'The connection was cut.')
      },
      async () => {
        throw new EngineUnreachable('ECONNREFUSED', 'No engine answers.')
      },
      async (push) => {
        push(numbered(0, 300))
        await gate
        push(numbered(300, 650))
        throw new EngineUnreachable('ECONNRESET', 'The connection was cut.')
      },
      async (push) => {
        push(numbered(0, 900))
        push(numbered(900, 1200))
      },
    ]
    open()
    await reached(({ phase, lines }) => phase === 'cut' && lines === 700)
    pass()
    await reached(({ phase }) => phase === 'complete')
    expect(await textOf(0, 5000)).toEqual(texts(numbered(0, 1200)))
    const counts = states().map(({ lines }) => lines)
    expect(counts).toEqual(counts.toSorted((a, b) => a - b))
  })

  test('a connection that is dead without having been cut is given up when the engine is back', async () => {
    readings = [
      async (push, signal) => {
        push(numbered(0, 10))
        await new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason)))
      },
      async (push) => push(numbered(0, 20)),
    ]
    open()
    await reached(({ phase }) => phase === 'live')
    session.receive({ type: 'again' })
    await reached(({ phase }) => phase === 'complete')
    session.receive({ type: 'again' })
    expect(await textOf(0, 50)).toEqual(texts(numbered(0, 20)))
  })

  test('a step that has written nothing yet is not waited for', async () => {
    readings = [
      async (push, signal) => {
        push([])
        await new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason)))
      },
      async (push) => push(numbered(0, 2)),
    ]
    open()
    expect(await reached(({ phase }) => phase === 'live')).toMatchObject({ lines: 0 })
    session.receive({ type: 'again' })
    expect(await reached(({ phase }) => phase === 'complete')).toMatchObject({ lines: 2 })
  })

  test('a run whose log has become shorter shows what is there now', async () => {
    readings = [
      async (push) => {
        push(numbered(0, 700))
        throw new EngineUnreachable('ECONNRESET', 'The connection was cut.')
      },
      async (push) => push(numbered(0, 5)),
    ]
    open()
    expect(await reached(({ phase }) => phase === 'complete')).toMatchObject({ lines: 5, readings: 2 })
  })

  test('a refusal ends it, with all that the engine said', async () => {
    readings = [
      async () => {
        throw new ProblemError('run_not_found', 'There is no run x.', { fix: 'List them.' })
      },
    ]
    open()
    expect((await reached(({ phase }) => phase === 'failed')).problem).toEqual({
      code: 'run_not_found',
      message: 'There is no run x.',
      context: { fix: 'List them.' },
    })
  })

  test('a log without lines is complete', async () => {
    readings = [async () => undefined]
    open()
    expect(await reached(({ phase }) => phase === 'complete')).toMatchObject({ lines: 0 })
  })
})

describe('search and filter', () => {
  const mixed = Array.from({ length: 10_000 }, (_, index) =>
    lineAt(index % 100 === 0 ? `Straße ERROR ${index}` : `fine ${index}`, {
      step: index % 2 === 0 ? 'fit' : `clean[${index % 10}]`,
      stream: index % 4 === 0 ? 'stderr' : 'stdout',
      attempt: index % 3 === 0 ? 2 : 1,
    }),
  )
  beforeEach(async () => {
    readings = [async (push) => push([...mixed, lineAt('a \u001b[31mcol\u001b[0moured err\u001b[1mor')])]
    open()
    await reached(({ phase }) => phase === 'complete')
  })

  const found = async (row: number, direction: 1 | -1) => {
    const id = 2_000_000 + messages.length
    session.receive({ type: 'find', id, row, direction })
    const message = await until(() => messages.find((one) => one.type === 'found' && one.id === id))
    return message.type === 'found' ? message.found : null
  }

  test.each([
    ['error', false, false, 101],
    ['ERROR', false, true, 100],
    ['STRASSE', false, false, 0],
    ['STRAßE', false, false, 100],
    ['coloured error', false, false, 1],
    ['^fine [0-9]$', true, false, 9],
    ['.*', false, false, 0],
    ['nowhere', false, false, 0],
  ])('%s (expression: %s, case: %s) is in %i lines', async (text, isRegExp, matchCase, count) => {
    show({ query: { text, isRegExp, matchCase } })
    const done = await reached(({ revision, scanned, lines }) => revision === 1 && scanned === lines)
    expect([done.matches, done.queryProblem]).toEqual([count, null])
  })

  test('goes from match to match, round the end', async () => {
    show({ query: { text: 'ERROR 9', isRegExp: false, matchCase: true } })
    expect(await found(0, 1)).toEqual({ row: 900, place: 1 })
    expect(await found(901, 1)).toEqual({ row: 9000, place: 2 })
    expect(await found(9901, 1)).toEqual({ row: 900, place: 1 })
    expect(await found(900, -1)).toEqual({ row: 9900, place: 11 })
  })

  test('only lines that match, of one step and stream', async () => {
    show({
      query: { text: 'ERROR', isRegExp: false, matchCase: false },
      onlyMatches: true,
      filter: { step: 'fit', attempt: 2, stream: 'stderr', level: null },
    })
    const wanted = mixed.filter(
      ({ text, step, attempt, stream }) =>
        text.includes('ERROR') && step === 'fit' && attempt === 2 && stream === 'stderr',
    )
    const done = await reached(({ revision, scanned, lines }) => revision === 1 && scanned === lines)
    expect(done.rows).toBe(wanted.length)
    expect(await textOf(0, 100)).toEqual(texts(wanted))
  })

  test('a step is also the items of its fan-out', async () => {
    show({ filter: { step: 'clean', attempt: null, stream: null, level: null } })
    expect((await reached(({ revision, scanned, lines }) => revision === 1 && scanned === lines)).rows).toBe(5000)
    show({ filter: { step: 'clean[3]', attempt: null, stream: null, level: null }, revision: 2 })
    expect((await reached(({ revision, scanned, lines }) => revision === 2 && scanned === lines)).rows).toBe(1000)
  })

  test('an expression with a mistake is told in words', async () => {
    show({ query: { text: '(', isRegExp: true, matchCase: false } })
    expect((await reached(({ revision }) => revision === 1)).queryProblem).toMatch(
      /^This is no regular expression: Unterminated group/,
    )
  })

  test('an expression that takes forever is given up, and the next search works', async () => {
    isHung = true
    show({ query: { text: '(a+)+$', isRegExp: true, matchCase: false } })
    expect((await reached(({ queryProblem }) => queryProblem !== null)).queryProblem).toMatch(/takes too long/)
    isHung = false
    show({ query: { text: 'ERROR', isRegExp: true, matchCase: true }, revision: 2 })
    expect((await reached(({ revision, scanned, lines }) => revision === 2 && scanned === lines)).matches).toBe(100)
  })

  test('rows come with the places of the search marked, and cut where they are long', async () => {
    readings = [async (push) => push([lineAt(`x${'y'.repeat(9_999)}`)])]
    show({ query: { text: 'fine', isRegExp: false, matchCase: false } })
    session.receive({ type: 'rows', id: 5, from: 1, count: 2 })
    const message = await until(() => messages.find((one) => one.type === 'rows' && one.id === 5))
    expect(message).toMatchObject({
      rows: [
        { line: 2, text: 'fine 1', marks: [[0, 4]] },
        { line: 3, text: 'fine 2' },
      ],
    })
  })
})

test('what is saved is what was written: colours stay, and a line that came in pieces is one line', async () => {
  const lines = [
    lineAt('\u001b[31mred\u001b[0m'),
    lineAt('first ', { partial: true }),
    lineAt('second'),
    lineAt('10%\r20%'),
  ]
  readings = [async (push) => push(lines)]
  open()
  await reached(({ phase }) => phase === 'complete')
  session.receive({ type: 'file', id: 7, onlyShown: false })
  const message = await until(() => messages.find((one) => one.type === 'text' && one.id === 7))
  const body = message.type === 'text' && message.body instanceof Blob ? await message.body.text() : null
  expect(body).toBe('\u001b[31mred\u001b[0m\nfirst second\n10%\r20%\n')
})
