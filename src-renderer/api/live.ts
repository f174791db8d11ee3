import { useEffect, useRef } from 'react'
import { EngineUnreachable } from '../../src-shared/client/index.ts'
import type { RunEvent } from '../../src-shared/contract/index.ts'
import { client } from './client.ts'
import { checkSoon, useConnection } from './connection.ts'
import { PROJECT } from './project.ts'
import { keyOf, queryClient } from './queries.ts'

export interface LiveOptions {
  /** Events of this run only */
  readonly run?: string
  /** Resume after this cursor; only what is new when absent */
  readonly after?: number
}

/** Wait before a subscription that was cut is opened again. */
const RETRY_MS = 500

/**
 * Events of the project or of one run while `signal` is not aborted, also across restarts of the engine: goes on after
 * the last one that was handed out, so that none is lost or seen twice. `onGap` is called after each new connection.
 */
export async function follow(
  options: LiveOptions,
  onEvents: (events: readonly RunEvent[]) => void,
  signal: AbortSignal,
): Promise<void> {
  let after = options.after
  while (!signal.aborted) {
    const stream = client().subscribe({
      project: PROJECT,
      signal,
      ...(options.run === undefined ? {} : { run: options.run }),
      ...(after === undefined ? {} : { after }),
    })
    try {
      await stream.ready
      after = stream.cursor
      for await (const event of stream) {
        onEvents([event])
        after = stream.cursor
      }
    } catch (error) {
      if (signal.aborted) return
      if (error instanceof EngineUnreachable) checkSoon()
    }
    await pause(RETRY_MS, signal)
  }
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(done, ms)
    signal.addEventListener('abort', done, { once: true })
    function done(): void {
      clearTimeout(timer)
      signal.removeEventListener('abort', done)
      resolve()
    }
  })
}

/** Follows events for as long as the component is shown. */
export function useLive(
  options: LiveOptions & { readonly enabled?: boolean },
  onEvents: (events: readonly RunEvent[]) => void,
): void {
  const { run, enabled = true } = options
  const latest = useRef({ onEvents, after: options.after })
  latest.current = { onEvents, after: options.after }
  useEffect(() => {
    if (!enabled) return
    const stop = new AbortController()
    const { after } = latest.current
    void follow(
      { ...(run === undefined ? {} : { run }), ...(after === undefined ? {} : { after }) },
      (events) => latest.current.onEvents(events),
      stop.signal,
    )
    return () => stop.abort()
  }, [run, enabled])
}

/** At most this often a list is asked for again because of events. */
const REFRESH_MS = 400

/** Asks again for the answers of these routes when events of the project say that they may have changed. */
export function useLiveRefresh(
  routes: readonly { readonly id: string }[],
  isOfInterest: (event: RunEvent) => boolean = isOfRun,
): void {
  const timer = useRef<ReturnType<typeof setTimeout> | null>(null)
  const generation = useConnection((store) => store.generation)
  const refresh = (): void => {
    timer.current = null
    for (const route of routes) void queryClient.invalidateQueries({ queryKey: keyOf(route) })
  }
  useLive({ enabled: generation > 0 }, (events) => {
    if (timer.current === null && events.some(isOfInterest)) timer.current = setTimeout(refresh, REFRESH_MS)
  })
  useEffect(() => () => clearTimeout(timer.current ?? undefined), [])
}

const isOfRun = (event: RunEvent): boolean => event.type.startsWith('run.')
