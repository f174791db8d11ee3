import type { RunEvent } from '../../src-shared/contract/index.ts'
import type { Session } from './connect.ts'
import { Endurance } from './endurance.ts'
import type { ExitName } from './exit-codes.ts'
import { Interrupted } from './failure.ts'
import type { Colors } from './output.ts'
import { cut } from './progress.ts'
import { formatTime } from './times.ts'

export interface EventsOptions {
  readonly run?: string
  readonly after?: number
  readonly limit?: number
  readonly follow?: boolean
}

const DEFAULT_LIMIT = 1000
/** The API's limit for one answer. */
const MAX_PAGE = 10_000

export async function events(session: Session, options: EventsOptions): Promise<ExitName | undefined> {
  const cursor = await past(session, options)
  if (options.follow === true) await follow(session, options, cursor)
  return undefined
}

/** Prints what has happened; answers where to go on. With --follow alone there is no past: only what is new. */
async function past(session: Session, options: EventsOptions): Promise<number | undefined> {
  const { client, routes, project } = session
  if (options.follow === true && options.after === undefined && options.run === undefined) return undefined
  let left = options.limit ?? (options.follow === true ? Number.POSITIVE_INFINITY : DEFAULT_LIMIT)
  let after = options.after ?? 0
  while (left > 0) {
    const query = { after, limit: Math.min(left, MAX_PAGE), ...(options.run === undefined ? {} : { run: options.run }) }
    const page = await client.call(routes.events.list, { params: { project }, query })
    for (const event of page.items) await print(session, event)
    left -= page.items.length
    after = page.cursor
    if (page.items.length === 0) break
  }
  return after
}

async function follow(session: Session, options: EventsOptions, from: number | undefined): Promise<void> {
  const { project } = session
  const stop = new AbortController()
  process.once('SIGINT', () => stop.abort(new Interrupted()))
  const endurance = new Endurance(session, 'weir events --follow')
  let after = from
  while (!stop.signal.aborted) {
    const stream = session.client.subscribe({
      project,
      signal: stop.signal,
      ...(options.run === undefined ? {} : { run: options.run }),
      ...(after === undefined ? {} : { after }),
    })
    try {
      void stream.ready.then(
        () => endurance.alive(),
        () => undefined,
      ) // a refusal is thrown by the loop
      for await (const event of stream) await print(session, event)
      if (stop.signal.aborted) break
    } catch (error) {
      after = stream.cursor === 0 ? after : stream.cursor
      await endurance.recover(error, stop.signal)
    }
  }
  throw new Interrupted()
}

const print = async ({ output }: Session, event: RunEvent): Promise<void> =>
  await output.item(event, () => cut(eventText(event, output.colors), output.width))

/** `1204  2026-11-21 10:00:03  k3m9abcd  stats[3]#2  execution.finished  {…}` */
export function eventText(event: RunEvent, colors: Colors): string {
  const index = event.index === undefined ? '' : `[${event.index}]`
  const attempt = event.attempt === undefined ? '' : `#${event.attempt}`
  const place = event.step === undefined ? '' : `${event.step}${index}${attempt}`
  const data = Object.keys(event.data).length === 0 ? '' : colors.dim(JSON.stringify(event.data))
  return [String(event.cursor), formatTime(event.at), event.run, event.type, place, data]
    .filter((part) => part !== '')
    .join('  ')
}
