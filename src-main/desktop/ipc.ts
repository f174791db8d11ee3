import { BrowserWindow, type IpcMainInvokeEvent, ipcMain } from 'electron'
import { z } from 'zod'
import { type Question, questions, type Reply } from '../../src-shared/desktop/channels.ts'
import { askToOpen, askToSave, DocumentProblem, type Documents } from './documents/index.ts'
import type { EngineKeeper } from './engine/index.ts'
import { log } from './log.ts'
import { PreferenceChanges, type PreferenceStore } from './preferences.ts'
import { isRoute } from './routes.ts'
import { isOurPage, type Windows } from './windows/index.ts'

/** The longest text that is written to a file. */
const MAX_TEXT = 32 * 1024 * 1024
const MAX_PATH = 4096

const Route = z.string().refine(isRoute, 'no address of a screen')
const Text = z.string().max(MAX_TEXT)
const Path = z.string().min(1).max(MAX_PATH)
const Digest = z.string().regex(/^[0-9a-f]{64}$/)
/** A name and no path: where a file goes is said in the dialog. */
const FileName = z
  .string()
  .min(1)
  .max(200)
  .transform((name) => name.replace(/[\\/:*?"<>|]/g, '-').replace(/^\.+/, ''))

export interface Parts {
  readonly data: string
  readonly windows: Windows
  readonly engine: EngineKeeper
  readonly documents: Documents
  readonly preferences: PreferenceStore
  readonly showLogs: () => Promise<void>
  readonly quit: () => void
}

/** Answers the questions of the bridge: from our pages only, with arguments that were looked at. */
export function answerScreens({ windows, engine, documents, preferences, showLogs, quit }: Parts): void {
  answer('listenOpen', z.tuple([]), (window) => windows.listens(window))
  answer('newWindow', z.tuple([Route]), (_window, [route]) => void windows.open(route))
  answer('quit', z.tuple([]), quit)
  answer('engineState', z.tuple([]), () => engine.state)
  answer('engineRestart', z.tuple([]), () => engine.restart())
  answer('engineShowLogs', z.tuple([]), showLogs)
  answer('documentOpen', z.tuple([]), (window) => askToOpen(window, documents))
  answer('documentSave', z.tuple([Path, Text, Digest]), (_window, [path, text, digest]) =>
    documents.save(path, text, digest),
  )
  answer('documentSaveAs', z.tuple([FileName, Text]), (window, [name, text]) =>
    askToSave(window, documents, name, text),
  )
  answer('preferencesGet', z.tuple([]), () => preferences.now)
  answer('preferencesSet', z.tuple([PreferenceChanges]), (_window, [changes]) => preferences.set(changes as object))
}

function answer<T>(question: Question, args: z.ZodType<T>, reply: (window: BrowserWindow, args: T) => unknown): void {
  ipcMain.handle(questions[question], async (event, ...raw: unknown[]): Promise<Reply> => {
    const window = windowOf(event)
    if (window === null) {
      log(`${questions[question]} was asked by ${event.senderFrame?.url.slice(0, 200) ?? 'nobody'} and refused`)
      return { ok: false, message: 'Only the screens of Weir may ask this.' }
    }
    const parsed = args.safeParse(raw)
    if (!parsed.success) return { ok: false, message: `${questions[question]}: ${z.prettifyError(parsed.error)}` }
    try {
      return { ok: true, value: (await reply(window, parsed.data)) ?? null }
    } catch (error) {
      if (!(error instanceof DocumentProblem)) log(`${questions[question]} failed`, error)
      return { ok: false, message: wordsOf(error) }
    }
  })
}

const windowOf = (event: IpcMainInvokeEvent): BrowserWindow | null =>
  isOurPage(event) ? BrowserWindow.fromWebContents(event.sender) : null

function wordsOf(error: unknown): string {
  if (error instanceof DocumentProblem) return `${error.message} ${error.fix}`
  return error instanceof Error ? error.message : String(error)
}
