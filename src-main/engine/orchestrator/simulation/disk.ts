import type { Plan } from '../../workflows/index.ts'
import type { CacheHit, Event, ValueRef, Workspace } from '../core/index.ts'
import { TREE } from './tree.ts'

interface CacheRow extends CacheHit {
  readonly at: number
  readonly outputs: ValueRef
}

/** What survives a crash of the engine: whole commits, in order. Events come back as they were written: as JSON. */
export class Disk {
  epoch = 0
  private readonly runs = new Map<string, Event[]>()
  private readonly order: Event[] = []
  private readonly dispatched = new Map<
    string,
    { readonly key: string; readonly execution: string; readonly workspace: string }
  >()
  private readonly cache = new Map<string, CacheRow[]>()
  private readonly workspaces = new Map<string, string>()
  tree: readonly Workspace[] = TREE
  readonly active = new Set<string>()
  readonly plans = new Map<string, Plan>()

  /** Writes all of them or, when the engine dies before, none. Returns them as a reader sees them. */
  commit(events: readonly Event[]): readonly Event[] {
    const written = JSON.parse(JSON.stringify(events)) as Event[]
    for (const event of written) this.write(event)
    return written
  }

  /** Events of the runs that have not ended, in the order in which they were decided. */
  replay(): readonly Event[] {
    return this.order.filter((event) => this.active.has(event.run))
  }

  journal(run: string): readonly Event[] {
    return this.runs.get(run) ?? []
  }

  /** What was committed, by run. */
  journals(): ReadonlyMap<string, readonly Event[]> {
    return this.runs
  }

  has(run: string): boolean {
    return this.runs.has(run)
  }

  /** Newest result with this key in the first workspace that has one, not older than `notBefore`. */
  cacheHit(key: string, workspaces: readonly string[], notBefore: number): CacheHit | null {
    for (const workspace of workspaces) {
      const row = this.cache.get(key)?.findLast((one) => one.workspace === workspace && one.at >= notBefore)
      if (row !== undefined) return { workspace, source: row.source, outputs: row.outputs }
    }
    return null
  }

  private write(event: Event): void {
    this.order.push(event)
    const before = this.runs.get(event.run)
    if (before === undefined) this.runs.set(event.run, [event])
    else before.push(event)
    if (event.type === 'run.created') this.workspaces.set(event.run, event.workspace)
    if (event.type === 'run.created' || event.type === 'run.reopened') this.active.add(event.run)
    if (event.type === 'run.finished') this.active.delete(event.run)
    if (event.type === 'execution.dispatched' && event.cache !== undefined) {
      const unit = event.index === undefined ? event.step : `${event.step}[${event.index}]`
      const execution = `${event.run}:${unit}:${event.attempt}`
      const workspace = event.workspace ?? this.workspaces.get(event.run) ?? ''
      this.dispatched.set(event.token, { key: event.cache.key, execution, workspace })
    }
    if (event.type !== 'execution.finished' || event.retryAt !== undefined) return
    if (event.status === 'succeeded' && event.outputs !== undefined) {
      const made = this.dispatched.get(event.token)
      if (made === undefined) return
      const row = { source: made.execution, outputs: event.outputs, workspace: made.workspace, at: event.at }
      const rows = this.cache.get(made.key)
      if (rows === undefined) this.cache.set(made.key, [row])
      else rows.push(row)
    }
  }
}
