import { app, type BrowserWindow, dialog } from 'electron'
import type { EngineKeeper } from '../engine/index.ts'
import { activeRuns } from '../engine/index.ts'
import { log } from '../log.ts'

export interface QuitOptions {
  readonly data: string
  readonly engine: EngineKeeper
  readonly window: () => BrowserWindow | undefined
  /** Called when it is certain, before anything closes */
  readonly onQuit: () => void
}

/** What a person wants to become of the engine. */
type Wish = 'keep' | 'stop' | 'cancel'

export interface Quitting {
  /** Whether the desktop is about to end: windows close then, instead of hiding. */
  readonly isCertain: boolean
}

/**
 * Quitting asks when runs are active. Without any, an engine that this desktop has started is stopped with it, and one
 * that somebody else has started is left alone. A sign-out, a shutdown or a signal asks nothing and stops nothing.
 */
export function handleQuit({ data, engine, window, onQuit }: QuitOptions): Quitting {
  let isCertain = false
  let isAsking = false

  const end = (): void => {
    isCertain = true
    onQuit()
    app.quit()
  }

  const decide = async (): Promise<void> => {
    const active = engine.state.phase === 'ready' ? await activeRuns(data) : null
    const wish = active !== null && active > 0 ? await askFor(active, window()) : engine.hasStarted ? 'stop' : 'keep'
    if (wish === 'cancel') return
    if (wish === 'stop') {
      for (const open of [window()]) open?.hide()
      await engine.stop().catch((error: unknown) => log('the engine did not stop', error))
    }
    end()
  }

  app.on('before-quit', (event) => {
    if (isCertain) return
    event.preventDefault()
    if (isAsking) return
    isAsking = true
    decide()
      .catch((error: unknown) => {
        log('quitting failed, and is done without asking', error)
        end()
      })
      .finally(() => {
        isAsking = false
      })
  })
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, end)
  return {
    get isCertain() {
      return isCertain
    },
  }
}

const WISHES: readonly Wish[] = ['keep', 'stop', 'cancel']

async function askFor(active: number, window: BrowserWindow | undefined): Promise<Wish> {
  const isOne = active === 1
  const options = {
    type: 'question',
    title: 'Quit Weir',
    message: `${active} run${isOne ? ' is' : 's are'} active.`,
    detail:
      `In the background, ${isOne ? 'it goes' : 'they go'} on as if this window were open. If the engine is stopped, steps that have begun ` +
      'go on by themselves and are taken back at its next start; no further step begins until then.',
    buttons: ['Keep running in the background', 'Stop the engine', 'Cancel'],
    defaultId: 0,
    cancelId: 2,
    noLink: true,
  } as const
  const box = { ...options, buttons: [...options.buttons] }
  const { response } =
    window === undefined ? await dialog.showMessageBox(box) : await dialog.showMessageBox(window, box)
  return WISHES[response] ?? 'cancel'
}
