import type { RunQuery, RunRow } from '../storage.ts'
import type { SqliteHandle } from './handle.ts'
import { escapeLike } from './like.ts'
import { ACTIVE_CONDITION, ENDED_CONDITION } from './schema.ts'

const COLUMNS = `id, workflow, version, plan, workspace, status, "trigger" AS "trigger", parent_run AS parentRun,
  parent_step AS parentStep, priority, created_at AS createdAt, started_at AS startedAt, finished_at AS finishedAt,
  total, done, succeeded, failed, skipped, items, items_done AS itemsDone, items_failed AS itemsFailed, dropped,
  reruns, earlier_ms AS earlierMs, rerun_in AS rerunIn, items_cancelled AS itemsCancelled, calls`

export const runById = (db: SqliteHandle, id: string): RunRow | null =>
  db.get<RunRow>(`SELECT ${COLUMNS} FROM runs WHERE id = ?`, id)

/** What one page of one status is asked for, as conditions on columns of `runs` with their values. */
interface Conditions {
  readonly sql: string
  readonly values: readonly (string | number)[]
}

/**
 * Every case reads a range of one index, in order. Filters by status ask for a page of each status and merge them, because
 * an index is in order of time only within one status. Triggers, workspaces and searched texts are looked for in the rows
 * of that range: they have no index, so a rare one costs a look at every run that is kept (some 10 ms for 10,000).
 */
export function listRuns(db: SqliteHandle, query: RunQuery): readonly RunRow[] {
  const { workflow, statuses, limit } = query
  const common = conditionsOf(query)
  const page = (sql: string, ...values: string[]): RunRow[] =>
    db.all<RunRow>(
      `SELECT ${COLUMNS} FROM runs WHERE ${sql} ${common.sql} ORDER BY created_at DESC, id DESC LIMIT ?`,
      ...values,
      ...common.values,
      limit,
    )
  const within = workflow === undefined ? { sql: '', values: [] } : { sql: 'workflow = ? AND', values: [workflow] }
  if (statuses === undefined) return page(within.sql, ...within.values)
  return [...new Set(statuses)]
    .flatMap((status) => page(`${within.sql} status = ? AND`, ...within.values, status))
    .sort(newestFirst)
    .slice(0, limit)
}

function conditionsOf({ after, since, until, triggers, workspace, search }: RunQuery): Conditions {
  const [createdAt, id] = firstOf(after, until)
  const sql = ['(created_at, id) < (?, ?)']
  const values: (string | number)[] = [createdAt, id]
  if (since !== undefined) {
    sql.push('created_at >= ?')
    values.push(asInteger(since))
  }
  if (triggers !== undefined) {
    sql.push(`"trigger" IN (SELECT value FROM json_each(?))`)
    values.push(JSON.stringify(triggers))
  }
  if (workspace !== undefined) {
    sql.push(IN_WORKSPACE)
    values.push(workspace, workspace)
  }
  if (search !== undefined && search !== '') {
    sql.push(`(workflow LIKE ? ESCAPE '\\' OR id LIKE ? ESCAPE '\\')`)
    values.push(`%${escapeLike(search)}%`, `${escapeLike(search)}%`)
  }
  return { sql: sql.join(' AND '), values }
}

/** Runs that were started, or run again, in a workspace: it is asked for twice. */
export const IN_WORKSPACE = `(workspace = ? OR instr(rerun_in, ' ' || ? || ' ') > 0)`

/** The place that the page starts behind: of the page before, or the end of the time that is asked for. */
function firstOf(after: RunQuery['after'], until: number | undefined): readonly [number, string] {
  const end = asInteger(until ?? Number.POSITIVE_INFINITY)
  return after !== undefined && after.createdAt < end ? [after.createdAt, after.id] : [end, '']
}

/** Newest run of each name: one look into an index a name, in one statement. */
export const lastRuns = (db: SqliteHandle, workflows: readonly string[]): readonly RunRow[] =>
  db.all<RunRow>(
    `SELECT ${COLUMNS} FROM runs WHERE id IN (
       SELECT (SELECT id FROM runs WHERE workflow = value ORDER BY created_at DESC, id DESC LIMIT 1) FROM json_each(?))`,
    JSON.stringify(workflows),
  )

function newestFirst(a: RunRow, b: RunRow): number {
  if (a.createdAt !== b.createdAt) return b.createdAt - a.createdAt
  if (a.id === b.id) return 0
  return a.id < b.id ? 1 : -1
}

export const activeRuns = (db: SqliteHandle): readonly string[] =>
  db.all<{ id: string }>(`SELECT id FROM runs WHERE ${ACTIVE_CONDITION} ORDER BY created_at, id`).map((row) => row.id)

/** A child's results belong to its parent for as long as that, or anything above it, is active. */
const WITHOUT_ACTIVE_ANCESTOR = `
  (parent_run IS NULL OR NOT EXISTS (
    WITH RECURSIVE above (id, parent_run, status) AS (
      SELECT id, parent_run, status FROM runs AS parent WHERE parent.id = runs.parent_run
      UNION
      SELECT next.id, next.parent_run, next.status FROM above JOIN runs AS next ON next.id = above.parent_run
    )
    SELECT 1 FROM above WHERE ${ACTIVE_CONDITION}))`

/** The planner would rather read all ended runs by status and sort them. */
export const ENDED = `runs INDEXED BY runs_ended WHERE ${ENDED_CONDITION}`

/** A place in the list of ended runs, which is ordered by the time at which they ended. */
interface EndedPlace {
  readonly finishedAt: number
  readonly id: string
}

/** Both rules say "everything up to a place in that list", so the later place stands for both: one range of an index. */
export function expiredRuns(
  db: SqliteHandle,
  query: { keepRuns: number; endedBefore: number; limit: number },
): readonly string[] {
  const tooOld: EndedPlace = { finishedAt: asInteger(query.endedBefore), id: '' }
  const tooMany = newestBeyond(db, query.keepRuns)
  const last = tooMany !== null && tooMany.finishedAt >= tooOld.finishedAt ? tooMany : tooOld
  return db
    .all<{ id: string }>(
      `SELECT id FROM ${ENDED} AND (finished_at, id) <= (?, ?) AND ${WITHOUT_ACTIVE_ANCESTOR}
       ORDER BY finished_at, id LIMIT ?`,
      last.finishedAt,
      last.id,
      query.limit,
    )
    .map((row) => row.id)
}

/** The newest ended run that is not among the newest `keep`; null when there are no more than that. */
function newestBeyond(db: SqliteHandle, keep: number): EndedPlace | null {
  if (keep === Number.POSITIVE_INFINITY) return null // without counting them all to find that out
  return db.get<EndedPlace>(
    `SELECT finished_at AS finishedAt, id FROM ${ENDED} ORDER BY finished_at DESC, id DESC LIMIT 1 OFFSET ?`,
    asInteger(keep),
  )
}

/** SQLite knows no infinity among its integers; "keep all" and "never" are given as such. */
const asInteger = (value: number): number =>
  Math.trunc(Math.min(Math.max(value, Number.MIN_SAFE_INTEGER), Number.MAX_SAFE_INTEGER))
