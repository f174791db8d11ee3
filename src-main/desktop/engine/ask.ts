import { existsSync, readFileSync } from 'node:fs'
import { request } from 'node:http'
import { join } from 'node:path'
import { socketPlace } from '../../supervisor/socket-path.ts'

/**
 * Small questions to the engine over its socket, with Node's own means: the contract's client brings schemas along whose
 * loading a window would have to wait for. The answers are parsed where they are used.
 */

/** A local engine answers in milliseconds; one that is this slow is busy with its start or its stop. */
const TIMEOUT_MS = 3_000
const ANSWER_LIMIT_BYTES = 1024 * 1024

/** Where the engine of a data folder said that it listens, or where it would. */
export function engineSocket(data: string): string {
  const { socket } = said(data)
  return typeof socket === 'string' && socket !== '' ? socket : socketPlace(data, 'engine').path
}

/** Which start of the engine wrote its address: another one each time. */
export function startOf(data: string): string {
  const { pid, startedAt } = said(data)
  return `${String(pid)} ${String(startedAt)}`
}

/** What the engine said of itself; empty when there is none, or one that is about to say it. */
function said(data: string): Readonly<Record<string, unknown>> {
  try {
    const content: unknown = JSON.parse(readFileSync(join(data, 'engine.json'), 'utf8'))
    return typeof content === 'object' && content !== null ? { ...content } : {}
  } catch {
    return {}
  }
}

/** Whether an engine has said that it listens, and not yet that it does no more. */
export const hasAddress = (data: string): boolean => existsSync(join(data, 'engine.json'))

/** The JSON that a GET is answered with; rejects when there is none. */
export function ask(socketPath: string, path: string): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const call = request({ socketPath, path, host: 'localhost', agent: false, timeout: TIMEOUT_MS }, (answer) => {
      const parts: Buffer[] = []
      let size = 0
      answer.on('data', (part: Buffer) => {
        size += part.length
        if (size > ANSWER_LIMIT_BYTES) call.destroy(new Error(`the answer to ${path} is too long`))
        else parts.push(part)
      })
      answer.once('error', reject)
      answer.once('end', () => {
        if (answer.statusCode !== 200) reject(new Error(`${path} was answered with ${answer.statusCode ?? 0}`))
        else resolve(parsed(Buffer.concat(parts).toString(), reject))
      })
    })
    call.once('timeout', () => call.destroy(new Error(`${path} was not answered in time`)))
    call.once('error', reject)
    call.end()
  })
}

function parsed(text: string, reject: (error: unknown) => void): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    reject(error)
    return undefined
  }
}

/** Sockets are files but on Windows: where there is none nobody listens, and a first start need not ask. */
export const canListen = (socketPath: string): boolean => process.platform === 'win32' || existsSync(socketPath)

/** The version of the engine that answers, or null when none does. */
export async function versionOf(data: string): Promise<string | null> {
  if (!canListen(engineSocket(data))) return null
  try {
    const health = (await ask(engineSocket(data), '/api/v1/health')) as { version?: unknown; status?: unknown }
    // One that stops will not be there for the next call.
    return typeof health.version === 'string' && health.status !== 'stopping' ? health.version : null
  } catch {
    return null
  }
}

/** Runs that are under way in all projects; null when no engine answers. */
export async function activeRuns(data: string): Promise<number | null> {
  try {
    const { projects } = (await ask(engineSocket(data), '/api/v1/engine')) as { projects?: unknown }
    if (!Array.isArray(projects)) return null
    return projects.reduce<number>((sum, project: { activeRuns?: unknown }) => {
      return sum + (typeof project.activeRuns === 'number' ? project.activeRuns : 0)
    }, 0)
  } catch {
    return null
  }
}
