import { create } from 'zustand'
import { EngineUnreachable } from '../../src-shared/client/index.ts'
import { engineRoutes, ProblemError, type Version } from '../../src-shared/contract/index.ts'
import type { EngineState } from '../../src-shared/desktop/bridge.ts'
import { bridge } from './bridge.ts'
import { client, signInByLink } from './client.ts'

/** How these screens stand with the engine. */
export type Connection =
  | { readonly phase: 'connecting' }
  | { readonly phase: 'ready'; readonly version: Version }
  /** It was there and is not, or does not answer yet; screens keep what they show */
  | { readonly phase: 'lost'; readonly reason: string }
  /** It will not come by itself */
  | { readonly phase: 'failed'; readonly reason: string; readonly fix: string | null }
  /** The console without a session, or with one that has ended */
  | { readonly phase: 'signedOut'; readonly reason: string | null }

interface ConnectionStore {
  readonly connection: Connection
  /** Grows whenever the engine came (back): what was fetched before is old then. */
  readonly generation: number
}

/** How often a lost engine is looked for; a local one comes back in well under a second. */
const RETRY_MS = 700
/**
 * How often a ready engine is asked whether it is. Events notice a loss at once; this is for a browser in which none are open:
 * a desktop watches the engine itself, and says what becomes of it.
 */
const CHECK_MS = 15_000
/** A local engine answers this question in milliseconds. One that is silent for so long hangs, or its machine does. */
const SILENT_MS = 5_000

export const useConnection = create<ConnectionStore>(() => ({ connection: { phase: 'connecting' }, generation: 0 }))

const set = (connection: Connection): void => useConnection.setState({ connection })
let timer: ReturnType<typeof setTimeout> | undefined
let desktop: EngineState | null = null

/** Starts watching the engine; once, when the screens start. */
export function watchConnection(): void {
  void signInByLink()
    .catch((error: unknown) => {
      if (error instanceof ProblemError)
        set({ phase: 'signedOut', reason: `${error.message} ${error.context.fix ?? ''}` })
    })
    .then(check)
  bridge?.engine.onState(followDesktop)
  void bridge?.engine.state().then(followDesktop)
  window.addEventListener('online', checkSoon)
  document.addEventListener('visibilitychange', checkSoon)
}

/** Called by whoever notices that the engine does not answer: looks again at once. */
export function checkSoon(): void {
  clearTimeout(timer)
  void check()
}

function followDesktop(state: EngineState): void {
  desktop = state
  if (state.phase === 'failed') set({ phase: 'failed', reason: state.reason, fix: state.fix })
  else if (state.phase === 'lost') set({ phase: 'lost', reason: state.reason })
  else checkSoon()
}

let isChecking = false

async function check(): Promise<void> {
  if (isChecking) return
  isChecking = true
  try {
    const version = await client().call(engineRoutes.version, {}, { signal: AbortSignal.timeout(SILENT_MS) })
    const { connection } = useConnection.getState()
    if (connection.phase !== 'ready' || connection.version.version !== version.version) {
      useConnection.setState(({ generation }) => ({
        connection: { phase: 'ready', version },
        generation: generation + 1,
      }))
    }
  } catch (error) {
    failed(error)
  } finally {
    isChecking = false
  }
  const { phase } = useConnection.getState().connection
  clearTimeout(timer)
  if (phase === 'ready' && desktop?.phase === 'ready') return
  timer = setTimeout(() => void check(), phase === 'ready' ? CHECK_MS : RETRY_MS)
}

function failed(error: unknown): void {
  const { connection } = useConnection.getState()
  if (error instanceof ProblemError && error.code === 'unauthorized') {
    if (connection.phase !== 'signedOut') set({ phase: 'signedOut', reason: null })
    return
  }
  // The desktop knows more than a call that failed.
  if (desktop !== null && (desktop.phase === 'failed' || desktop.phase === 'lost')) return
  if (connection.phase === 'connecting' || connection.phase === 'lost') return
  if (error instanceof EngineUnreachable || error instanceof ProblemError || isSilence(error)) {
    set({ phase: 'lost', reason: error.message })
  } else throw error
}

const isSilence = (error: unknown): error is DOMException =>
  error instanceof DOMException && error.name === 'TimeoutError'
