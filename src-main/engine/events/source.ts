import type { RunEvent } from '../../../src-shared/contract/index.ts'

/** A piece of the journal. All events of one cursor are in the same piece, because a commit is seen whole or not. */
export interface EventPage {
  readonly items: RunEvent[]
  /** Read on from here: the cursor of the last item, or the one that was asked with when there is none */
  readonly cursor: number
}

/** Where events come from: the journal for what was, and the commits for what is. */
export interface EventSource {
  exists(project: string): boolean | Promise<boolean>
  /** Cursor of the newest event, 0 when there is none. */
  lastCursor(project: string): number | Promise<number>
  /**
   * Events after a cursor, oldest first, about `limit` of them. The answer's cursor equals `cursor` when, and only when,
   * nothing newer is there (of the run, when one is given).
   */
  after(project: string, cursor: number, limit: number, run?: string): EventPage | Promise<EventPage>
  /** Calls back after each commit, in order, with its events (of all runs). Returns what ends it. */
  onCommit(project: string, listener: (events: readonly RunEvent[]) => void): () => void
}
