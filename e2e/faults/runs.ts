import type { Client } from '../../src-shared/client/index.ts'
import { type Json, ProblemError, type Run, type RunStep, routes } from '../../src-shared/contract/index.ts'
import { until } from './weir.ts'

export const project = 'default'
export const inProject = { params: { project } }

/** Saves a definition and starts a run of it. */
export async function start(client: Client, source: string, params: Record<string, Json> = {}): Promise<string> {
  const { name } = await client.call(routes.workflows.apply, { ...inProject, body: { source } })
  const { id } = await client.call(routes.runs.start, { ...inProject, body: { workflow: name, params } })
  return id
}

export const read = (client: Client, run: string): Promise<Run> =>
  client.call(routes.runs.get, { params: { project, run } })

/** The run, once it has ended. */
export const ended = (client: Client, run: string): Promise<Run> =>
  until(`the end of run ${run}`, async () => {
    const now = await client.call(routes.runs.get, { params: { project, run } }).catch(() => null)
    return now !== null && ['succeeded', 'failed', 'cancelled'].includes(now.status) ? now : null
  })

export function step(run: Run, key: string): RunStep {
  const found = run.steps.find((one) => one.key === key)
  if (found === undefined) throw new Error(`there is no step ${key}`)
  return found
}

/** The problem with which a call was refused. */
export async function refusal(call: Promise<unknown>): Promise<ProblemError> {
  const error: unknown = await call.then(
    (answer) => new Error(`it was not refused but answered ${JSON.stringify(answer)}`),
    (reason: unknown) => reason,
  )
  if (error instanceof ProblemError) return error
  throw error
}
