/** The names under which preload script and main process talk: each stands here once, and nowhere else as text. */

/** Asked by a screen and answered by the desktop with a {@link Reply}. */
export const questions = {
  listenOpen: 'app:listen-open',
  newWindow: 'app:new-window',
  quit: 'app:quit',
  engineState: 'engine:state',
  engineRestart: 'engine:restart',
  engineShowLogs: 'engine:show-logs',
  documentOpen: 'documents:open',
  documentSave: 'documents:save',
  documentSaveAs: 'documents:save-as',
  preferencesGet: 'preferences:get',
  preferencesSet: 'preferences:set',
} as const
export type Question = keyof typeof questions

/** Told by the desktop to screens. */
export const news = {
  open: 'app:open',
  engineState: 'engine:state-changed',
  documentChanged: 'documents:changed',
  preferences: 'preferences:changed',
} as const
export type News = keyof typeof news

/** Told by a screen with a port, on which the frames of one socket travel then. */
export const SOCKET_CHANNEL = 'engine:connect'

/** What travels on the port of a socket, from the screen … */
export type ToSocket =
  | { readonly type: 'send'; readonly data: string }
  /** Frames that were handed to the screen: that many more may come. */
  | { readonly type: 'taken'; readonly frames: number }
  | { readonly type: 'close' }
/** … and to the screen. */
export type FromSocket =
  | { readonly type: 'open' }
  | { readonly type: 'message'; readonly data: string }
  | { readonly type: 'close' }

/** An answer, or the sentence of a refusal: errors would lose their words on the way. */
export type Reply = { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly message: string }

/** How the preload script learns the version of the app before the first line of a screen runs. */
export const VERSION_ARGUMENT = '--weir-version='
