import type { WebSocket } from 'ws'
import { z } from 'zod'
import { eventSocketPath } from '../../../src-shared/contract/events.ts'
import { ask, engineSocket } from './ask.ts'

/** What the desktop wants to know of a run. */
export interface RunNews {
  readonly type: 'run.created' | 'run.finished'
  readonly project: string
  readonly run: string
  /** How it ended */
  readonly status: string | null
  /** Run of the step that started it, if one did */
  readonly isChild: boolean
}

/** How the connection ended: `stopped` when the engine said that it goes, `cut` when it was just gone. */
export type Ending = 'stopped' | 'cut'

/** Close code of an engine that stops (RFC 6455, "going away"). */
const GOING_AWAY = 1001
const HANDSHAKE_TIMEOUT_MS = 5_000
/** How often it is looked whether there are projects that are not followed yet. */
const PROJECTS_MS = 30_000

const Projects = z.object({ items: z.array(z.object({ name: z.string() })) })
const Message = z.discriminatedUnion('type', [
  z.object({ type: z.literal('subscribed'), id: z.string(), cursor: z.int() }),
  z.object({ type: z.literal('events'), id: z.string(), cursor: z.int(), events: z.array(z.unknown()) }),
  z.object({ type: z.literal('resync'), id: z.string(), cursor: z.int() }),
])
const RunEvent = z.object({
  type: z.enum(['run.created', 'run.finished']),
  project: z.string(),
  run: z.string(),
  data: z.object({ status: z.string().optional(), trigger: z.string().optional() }),
})

/** Positions in the journals of the projects, kept over a restart of the engine so that no ended run is missed. */
export type Cursors = Map<string, number>

/**
 * Follows the runs of all projects on one socket. It is also how the desktop notices at once that the engine is gone,
 * without asking it again and again. Resolves when the connection ended; null when there could be none.
 */
export async function follow(
  data: string,
  cursors: Cursors,
  onRun: (news: RunNews) => void,
  signal: AbortSignal,
  projectsMs = PROJECTS_MS,
): Promise<Ending | null> {
  const { WebSocket } = await import('ws')
  const projects = await projectsOf(data)
  if (projects === null) return null
  const socket = new WebSocket(`ws+unix://${engineSocket(data)}:${eventSocketPath}`, {
    handshakeTimeout: HANDSHAKE_TIMEOUT_MS,
    perMessageDeflate: false,
  })
  const stop = (): void => socket.terminate()
  signal.addEventListener('abort', stop, { once: true })
  const followed = new Set<string>()
  const followAll = (names: readonly string[]): void => {
    for (const project of names) {
      if (followed.has(project)) continue
      followed.add(project)
      subscribe(socket, project, cursors.get(project))
    }
  }
  const lookForMore = setInterval(() => void projectsOf(data).then((names) => followAll(names ?? [])), projectsMs)
  return new Promise((resolve) => {
    let isOpen = false
    socket.once('open', () => {
      isOpen = true
      followAll(projects)
    })
    socket.on('message', (data: Buffer) => hear(socket, data.toString(), cursors, onRun))
    socket.on('error', stop)
    socket.once('close', (code) => {
      signal.removeEventListener('abort', stop)
      clearInterval(lookForMore)
      resolve(isOpen ? (code === GOING_AWAY ? 'stopped' : 'cut') : null)
    })
  })
}

async function projectsOf(data: string): Promise<string[] | null> {
  try {
    const { items } = Projects.parse(await ask(engineSocket(data), '/api/v1/projects'))
    return items.map(({ name }) => name)
  } catch {
    return null // the engine is starting, stopping or of another kind: the caller asks again
  }
}

function subscribe(socket: WebSocket, project: string, after: number | undefined): void {
  socket.send(JSON.stringify({ type: 'subscribe', id: project, project, ...(after === undefined ? {} : { after }) }))
}

function hear(socket: WebSocket, text: string, cursors: Cursors, onRun: (news: RunNews) => void): void {
  const message = Message.safeParse(JSON.parse(text)).data
  if (message === undefined) return
  cursors.set(message.id, message.cursor)
  if (message.type === 'resync') subscribe(socket, message.id, message.cursor)
  if (message.type !== 'events') return
  for (const raw of message.events) {
    // Most events are of steps, and a busy run has hundreds a second: only what may be of use is looked at closer.
    if (!isOfRun(raw)) continue
    const event = RunEvent.safeParse(raw).data
    if (event === undefined) continue
    const { type, project, run } = event
    onRun({ type, project, run, status: event.data.status ?? null, isChild: event.data.trigger === 'parent' })
  }
}

const isOfRun = (raw: unknown): boolean =>
  typeof raw === 'object' &&
  raw !== null &&
  'type' in raw &&
  (raw.type === 'run.created' || raw.type === 'run.finished')
