import { assetsOfStep } from '../../../src-shared/assets/index.ts'
import type {
  Asset,
  AttemptFacts,
  Json,
  LogLine,
  Page,
  Question,
  QueueEntry,
  Run,
  RunEvent,
  RunResult,
  RunStatus,
  RunSummary,
  Workflow,
} from '../../../src-shared/contract/index.ts'
import { ProblemError } from '../../../src-shared/contract/index.ts'
import { type MetricPoint, readMetrics } from '../executors/index.ts'
import {
  type JournalEntries,
  type RunState,
  readSecrets,
  type StartRequest,
  unitsOf,
  valuesOf,
  workspaceNotFound,
} from '../orchestrator/index.ts'
import type { Project } from '../projects/index.ts'
import type { RunRow } from '../storage/index.ts'
import { codeOf, viewWorkflow } from '../workflows/index.ts'
import { createNames, type Names, scopeFrom } from '../workspaces/index.ts'
import { attemptFacts } from './attempt.ts'
import { toRunEvents } from './events.ts'
import { hasStep, type LoggedExecution, loggedExecutions, loggedOf, written } from './executions.ts'
import { followLines } from './follow.ts'
import { type LogLines, readLines } from './logs.ts'
import { createViews, runNotFound, type Views } from './views.ts'

export interface Caller {
  readonly actor: string
  readonly idempotencyKey: string | null
}

export interface ListQuery {
  readonly workflow?: string
  /** Name of one */
  readonly workspace?: string
  readonly statuses?: readonly RunStatus[]
  readonly triggers?: readonly RunSummary['trigger'][]
  readonly search?: string
  /** ms since 1970: created at or after, and before */
  readonly since?: number
  readonly until?: number
  readonly cursor?: string
  readonly limit: number
}

export interface QuestionQuery {
  readonly run?: string
  /** Name of one */
  readonly workspace?: string
  readonly limit: number
}

export interface LogRequest {
  readonly step?: string
  readonly attempt?: number
  readonly stream?: LogLine['stream']
  readonly tail?: number
  readonly follow: boolean
}

/** Runs of one project: reads from the journal, changes through the orchestrator. */
export type RunService = ReturnType<typeof createRunService>

export function createRunService(project: Project) {
  const views = createViews(project)
  return {
    ...reading(project, views),
    ...details(project, views),
    ...changing(project, views),
    ...watching(project, views),
  }
}

function changing({ thread }: Project, { replays, summary, view }: Views) {
  return {
    async start(request: StartRequest, caller: Caller): Promise<Run> {
      const { run } = await thread.call('start', request, caller)
      return view(run)
    },

    async cancel(id: string, caller: Caller, reason: string | null): Promise<RunSummary> {
      await thread.call('cancel', id, caller, reason)
      return summary(id)
    },

    async cancelStep(id: string, step: string, caller: Caller): Promise<RunSummary> {
      await thread.call('cancelStep', id, step, caller)
      return summary(id)
    },

    async rerun(id: string, from: string, workspace: string | null, caller: Caller): Promise<RunSummary> {
      await thread.call('rerun', id, from, caller, workspace)
      return summary(id)
    },

    async approve(
      id: string,
      step: string,
      answer: { approved: boolean; answers: Record<string, Json>; comment: string | null },
      caller: Caller,
    ): Promise<RunSummary> {
      await thread.call('approve', id, step, answer, caller)
      return summary(id)
    },

    async remove(id: string): Promise<void> {
      await thread.call('remove', id)
      replays.drop(id)
    },
  }
}

/** What single steps are asked about. */
function details(project: Project, { values, stateOf }: Views) {
  const { thread } = project
  return {
    /** What an attempt was given and what it ran. */
    attempt: async (id: string, step: string, attempt: number): Promise<AttemptFacts> =>
      attemptFacts(values, project.runsFolder, { run: await stateOf(id), step, attempt }),

    /** What an attempt measured; the newest attempt when none is named. */
    async metrics(id: string, step: string, asked: { readonly attempt?: number | undefined; readonly points: number }) {
      const run = await stateOf(id)
      refuseUnknownStep(run, step, 'path.step')
      const wanted = asked.attempt === undefined ? { step } : { step, attempt: asked.attempt }
      const execution = loggedExecutions(run, project.runsFolder, wanted).at(-1)
      if (execution === undefined) return { attempt: null, series: [] }
      const series = await readMetrics(execution.folder, asked.points)
      return {
        attempt: execution.attempt,
        series: series.map(({ points, ...rest }) => ({ ...rest, points: points.map(toTuple) })),
      }
    },

    /** What could run and does not yet, with why. */
    async queue({ workspace, limit }: Omit<QuestionQuery, 'run'>): Promise<{ items: QueueEntry[]; total: number }> {
      const names = await createNames(await project.reader())
      const within = workspace === undefined ? null : known(names, workspace)
      const all = (await thread.call('queued')).filter((one) => within === null || one.workspace === within)
      const items = all.slice(0, limit).map(({ since, target, ...one }) => ({
        ...one,
        ...(target === null ? {} : { target }),
        workspace: names.of(one.workspace),
        since: new Date(since).toISOString(),
      }))
      return { items, total: all.reduce((sum, { count }) => sum + count, 0) }
    },

    /** What waits for an answer of a person, the longest wait first. */
    async questions({ run, workspace, limit }: QuestionQuery): Promise<{ items: Question[]; total: number }> {
      const names = await createNames(await project.reader())
      const within = workspace === undefined ? null : known(names, workspace)
      const all = (await thread.call('questions')).filter(
        (one) => (run === undefined || one.run === run) && (within === null || one.workspace === within),
      )
      const items = all.slice(0, limit).map(({ since, ...one }) => ({
        ...one,
        workspace: names.of(one.workspace),
        since: new Date(since).toISOString(),
      }))
      return { items, total: all.length }
    },
  }
}

function reading(project: Project, { replays, values, view, withoutSteps, changes }: Views) {
  const { thread } = project
  return {
    async list({ cursor, limit, workspace, ...filters }: ListQuery): Promise<Page<RunSummary>> {
      const storage = await project.reader()
      const names = await createNames(storage)
      const after = cursor === undefined ? {} : { after: parseCursor(cursor) }
      const within = workspace === undefined ? {} : { workspace: known(names, workspace) }
      const rows = await storage.runs({ ...filters, ...within, ...after, limit: limit + 1 })
      const shown = rows.slice(0, limit)
      const last = shown.at(-1)
      const next = rows.length > limit && last !== undefined ? `${last.createdAt}.${last.id}` : null
      return { items: shown.map((row) => names.summary(summaryOfRow(row, project.name))), next }
    },

    get: view,

    getWithoutSteps: withoutSteps,

    changes,

    /** The version that the run is pinned to. */
    async workflow(id: string): Promise<Workflow> {
      const storage = await project.reader()
      const run = await storage.run(id)
      if (run === null) throw runNotFound(id)
      const version = await storage.workflowByDigest(run.plan, run.version)
      if (version === null) throw new Error(`the workflow version ${run.plan} of run ${id} is missing`)
      const [lastRun = null] = await storage.lastRuns([version.name])
      return viewWorkflow(version, lastRun, await codeOf(version, storage, await scopeFrom(storage, undefined)))
    },

    async result(id: string): Promise<RunResult & { status: RunStatus }> {
      const { status, result } = await withoutSteps(id)
      if (result === null) {
        throw new ProblemError('run_not_finished', `run ${id} is ${status}`, { fix: 'ask again when it has ended' })
      }
      return { ...result, status }
    },

    why: (id: string, step: string | null) => thread.call('why', id, step),

    /** Assets that the executions of a run have left; null when there is no such run. */
    async assetsOf(id: string): Promise<readonly Asset[] | null> {
      const run = await replays.run(id)
      if (run === null) return null
      // A list that leaves out what is damaged would look whole.
      for (const ref of [...valuesOf(run)]) await values.load(ref)
      const shown = await view(id)
      return shown.steps.flatMap((step) => assetsOfStep(id, step))
    },
  }
}

/** What is followed while it happens: output and events. */
function watching(project: Project, { replays, stateOf }: Views) {
  return {
    /** Lines of output, several at once; see the contract. Refuses before the first line when there is no such run or step. */
    async logs(id: string, request: LogRequest, signal: AbortSignal): Promise<AsyncIterable<LogLines>> {
      const run = await stateOf(id)
      if (request.step !== undefined) refuseUnknownStep(run, request.step, 'query.step')
      const secrets = run.secrets.length === 0 ? {} : await readSecrets(project.runsFolder, id)
      const query = {
        mask: Object.values(secrets),
        ...(request.stream === undefined ? {} : { stream: request.stream }),
        ...(request.tail === undefined ? {} : { tail: request.tail }),
      }
      const wanted = {
        ...(request.step === undefined ? {} : { step: request.step }),
        ...(request.attempt === undefined ? {} : { attempt: request.attempt }),
      }
      const executions = loggedExecutions(run, project.runsFolder, wanted)
      if (!request.follow || run.finished !== null) {
        return readLines(await written(executions, project.runsFolder, id), query)
      }
      let cursor: number | null = null
      const watch = {
        async executions() {
          const replay = await replays.open(id)
          if (replay === null) return null
          const changed = cursor === null ? null : replay.changes.after(cursor)
          cursor = replay.cursor
          return {
            executions: loggedOf(changed ?? unitsOf(replay.run), project.runsFolder, wanted),
            over: replay.run.finished !== null,
          }
        },
        written: (asked: readonly LoggedExecution[]) => written(asked, project.runsFolder, id),
        onChange: (listener: () => void) =>
          project.onCommit((entries) => {
            if (entries.some((entry) => entry.run === id)) listener()
          }),
      }
      return followLines(watch, query, signal)
    },

    async eventsAfter(after: number, limit: number, run?: string): Promise<{ items: RunEvent[]; cursor: number }> {
      const storage = await project.reader()
      const entries = run === undefined ? await storage.journalAfter(after, limit) : await storage.journal(run, after)
      const taken = entries.slice(0, limit)
      return {
        items: taken.flatMap((entry) => toRunEvents(project.name, entry)),
        cursor: taken.at(-1)?.cursor ?? after,
      }
    },

    async lastCursor(): Promise<number> {
      return (await project.reader()).lastCursor()
    },

    onCommit: (listener: (entries: JournalEntries) => void) => project.onCommit(listener),
  }
}

function known(names: Names, workspace: string): string {
  const id = names.idOf(workspace)
  if (id === undefined) throw workspaceNotFound(workspace, 'query.workspace')
  return id
}

/** As the contract types a point. */
const toTuple = ([at, value, x]: MetricPoint): [number, number, number | null] => [at, value, x]

function refuseUnknownStep(run: RunState, step: string, field: string): void {
  if (hasStep(run, step)) return
  throw new ProblemError('step_not_found', `run ${run.id} has no step ${step}`, {
    field,
    fix: `see its steps with: weir run inspect ${run.id}`,
  })
}

function parseCursor(cursor: string): { createdAt: number; id: string } {
  const [createdAt, id] = cursor.split('.')
  if (id === undefined || !/^\d+$/.test(createdAt ?? '')) {
    throw new ProblemError('bad_request', 'the cursor is not one that this list has answered', {
      field: 'query.cursor',
      fix: 'use `next` of the page before',
    })
  }
  return { createdAt: Number(createdAt), id }
}

const iso = (ms: number | null): string | null => (ms === null ? null : new Date(ms).toISOString())

function summaryOfRow(row: RunRow, project: string): RunSummary {
  return {
    id: row.id,
    project,
    workspace: row.workspace,
    workflow: row.workflow,
    version: row.version,
    status: row.status,
    trigger: row.trigger,
    parent: row.parentRun === null || row.parentStep === null ? null : { run: row.parentRun, step: row.parentStep },
    priority: row.priority,
    createdAt: new Date(row.createdAt).toISOString(),
    startedAt: iso(row.startedAt),
    finishedAt: iso(row.finishedAt),
    durationMs: row.finishedAt === null ? null : row.earlierMs + row.finishedAt - (row.startedAt ?? row.finishedAt),
    reruns: row.reruns,
    earlierMs: row.earlierMs,
    counts: {
      total: row.total,
      done: row.done,
      succeeded: row.succeeded,
      failed: row.failed,
      skipped: row.skipped,
      cancelled: Math.max(0, row.done - row.succeeded - row.failed - row.skipped),
      items: {
        total: row.items,
        done: row.itemsDone,
        failed: row.itemsFailed,
        dropped: row.dropped,
        cancelled: row.itemsCancelled,
        calls: row.calls,
      },
    },
  }
}
