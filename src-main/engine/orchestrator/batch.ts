import type { CommitBatch, IdempotencyRow, NewJournalEntry, RunRow } from '../storage/index.ts'
import { cacheScope } from './code/cache-scope.ts'
import {
  counts,
  type Event,
  earlierMs,
  executionId,
  findUnit,
  type RunState,
  runStatus,
  type State,
  type ValueRef,
} from './core/index.ts'
import type { Values } from './values.ts'

/** How often the counts of a run that goes on are written to its row. Less than what screens wait after an event before they ask for lists. */
const PROGRESS_MS = 300

/** How many events one journal entry holds, so that no row grows without bound. */
const EVENTS_PER_ENTRY = 1_000

/** Collects what one turn has decided, as one transaction. */
export interface BatchBuilder {
  add(events: readonly Event[]): void
  remember(row: IdempotencyRow): void
  readonly size: number
  /** When rows are to be written that are behind their runs, also when nothing more happens; null: none is */
  readonly rowsDueAt: number | null
  /** The batch, and runs that have ended in it. Empties the builder. */
  build(now: number): { batch: CommitBatch; ended: string[] }
}

export function createBatchBuilder(state: State, values: Values): BatchBuilder {
  /** What the row of a run said last, so that it is written only when it changes. */
  const written = new Map<string, { status: string; at: number }>()
  /** Runs that went on since their rows were written */
  const behind = new Set<string>()
  let rowsDueAt: number | null = null
  let events: Event[] = []
  let idempotency: IdempotencyRow[] = []

  return {
    add(more) {
      for (const event of more) events.push(event)
    },
    remember(row) {
      idempotency.push(row)
    },
    get size() {
      return events.length + idempotency.length
    },
    get rowsDueAt() {
      return rowsDueAt
    },
    build(now) {
      const entries = journal(events)
      const due = new Set(rowsDueAt !== null && now >= rowsDueAt ? behind : [])
      const runs: RunRow[] = []
      const ended: string[] = []
      for (const id of new Set([...events.map((event) => event.run), ...due])) {
        const run = state.runs.get(id)
        if (run === undefined) {
          behind.delete(id)
          continue
        }
        const status = runStatus(run)
        const before = written.get(id)
        const isEarly = before?.status === status && now - before.at < PROGRESS_MS && !due.has(id)
        if (run.finished !== null) ended.push(id)
        if (isEarly && run.finished === null) {
          behind.add(id)
          rowsDueAt ??= now + PROGRESS_MS
          continue
        }
        behind.delete(id)
        if (run.finished === null) written.set(id, { status, at: now })
        else written.delete(id)
        runs.push(rowOf(run))
      }
      if (behind.size === 0) rowsDueAt = null
      const batch: CommitBatch = {
        entries,
        runs,
        cache: events.flatMap((event) => cacheRows(state, event)),
        blobs: events.flatMap((event) => blobRows(values, event)),
        idempotency,
      }
      events = []
      idempotency = []
      return { batch, ended }
    },
  }
}

/** One entry for consecutive events of the same run; the order between runs that are parent and child is kept. */
function journal(events: readonly Event[]): NewJournalEntry[] {
  const entries: NewJournalEntry[] = []
  for (let from = 0; from < events.length; ) {
    const first = events[from] as Event
    let to = from + 1
    while (to < events.length && to - from < EVENTS_PER_ENTRY && events[to]?.run === first.run) to += 1
    entries.push({ run: first.run, at: first.at, events: JSON.stringify(events.slice(from, to)) })
    from = to
  }
  return entries
}

function rowOf(run: RunState): RunRow {
  const { parent } = run
  const { items, cancelled: _, ...steps } = counts(run)
  return {
    id: run.id,
    workflow: run.workflow,
    version: run.version,
    plan: run.plan.digest,
    workspace: run.workspace,
    rerunIn: run.rerunIn.length === 0 ? '' : ` ${run.rerunIn.join(' ')} `,
    status: runStatus(run),
    trigger: run.trigger,
    parentRun: parent?.run ?? null,
    parentStep: parent === null ? null : parent.index === undefined ? parent.step : `${parent.step}[${parent.index}]`,
    priority: run.priority,
    createdAt: run.createdAt,
    startedAt: run.startedAt,
    finishedAt: run.finishedAt,
    ...steps,
    items: items.total,
    itemsDone: items.done,
    itemsFailed: items.failed,
    itemsCancelled: items.cancelled,
    calls: items.calls,
    dropped: items.dropped,
    reruns: run.rounds.length,
    earlierMs: earlierMs(run),
  }
}

function cacheRows(state: State, event: Event): CommitBatch['cache'] {
  if (event.type !== 'execution.finished' || event.status !== 'succeeded' || event.outputs === undefined) return []
  // A recurrent target that returned nothing has not ended.
  if (event.retryAt !== undefined) return []
  const unit = findUnit(state, event.run, event.step, event.index)
  const execution = unit?.executions.find((one) => one.token === event.token)
  if (unit === undefined || execution?.cache == null) return []
  return [
    {
      key: execution.cache.key,
      ...cacheScope(unit),
      workspace: execution.workspace,
      execution: executionId(unit, execution.attempt),
      run: event.run,
      at: event.at,
      outputs: JSON.stringify(event.outputs),
      parts: JSON.stringify(execution.cache.parts ?? {}),
    },
  ]
}

function blobRows(values: Values, event: Event): CommitBatch['blobs'] {
  return refsOf(event).flatMap((ref) => values.digests(ref).map((digest) => ({ run: event.run, digest })))
}

function refsOf(event: Event): ValueRef[] {
  switch (event.type) {
    case 'run.created':
      return [event.params]
    case 'run.finished':
      return event.outputs === null ? [] : [event.outputs]
    case 'step.called':
      return [event.args]
    case 'execution.assets':
      return [event.assets]
    case 'step.expanded':
      return [event.items]
    case 'step.cached':
      return [event.outputs]
    case 'step.finished':
      return event.outputs === undefined ? [] : [event.outputs]
    case 'execution.dispatched':
      return event.inputs === undefined ? [] : [event.inputs]
    case 'execution.finished':
      return event.outputs === undefined ? [] : [event.outputs]
    default:
      return []
  }
}
