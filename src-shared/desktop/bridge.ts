/**
 * All that a screen may ask of the desktop, and nothing else: the whole of what crosses from the renderer to Electron.
 * The preload script puts it on `window.weir`; in the console, where there is no desktop, that is undefined.
 *
 * Calls of the engine do not pass here: `fetch('/api/…')` does, which the desktop hands on to the engine's socket.
 */

export type Off = () => void

/** What becomes of the engine, as the desktop sees it. */
export type EngineState =
  | { readonly phase: 'starting'; readonly data: string }
  | { readonly phase: 'ready'; readonly data: string; readonly version: string; readonly isOurs: boolean }
  /** It ran, and is gone; it is being started again. */
  | { readonly phase: 'lost'; readonly data: string; readonly reason: string }
  /** It was stopped, or could not be started. */
  | { readonly phase: 'failed'; readonly data: string; readonly reason: string; readonly fix: string | null }

/** A `*.weir.yaml` (or `weir.yaml`) of this machine that the person has opened. */
export interface DocumentFile {
  readonly path: string
  readonly name: string
  readonly text: string
  /** SHA-256 of the bytes on disk: hand it in when saving, so that a newer file is never overwritten unseen */
  readonly digest: string
}

/** What the system asked Weir to open: a double-clicked file, or a `weir://` link. */
export type OpenRequest =
  | { readonly kind: 'document'; readonly document: DocumentFile }
  /** Where the screens shall go, e.g. `/runs/k3m9abcd`; checked to be a path of the screens */
  | { readonly kind: 'route'; readonly path: string }
  | { readonly kind: 'problem'; readonly message: string; readonly fix: string }

export interface Preferences {
  readonly theme: 'system' | 'light' | 'dark'
  readonly closeToTray: boolean
  readonly notifyFinished: boolean
  readonly notifyFailed: boolean
  readonly startAtLogin: boolean
}

/** A WebSocket to the engine, carried by the desktop. */
export interface BridgeSocket {
  send(data: string): void
  close(): void
}

export interface BridgeSocketEvents {
  open(): void
  message(data: string): void
  close(): void
}

export type SaveOutcome =
  | { readonly kind: 'saved'; readonly digest: string }
  /** The file on disk is not the one that was read: nothing was written. */
  | { readonly kind: 'changed'; readonly document: DocumentFile }
  | { readonly kind: 'problem'; readonly message: string; readonly fix: string }

export interface WeirBridge {
  readonly app: {
    readonly version: string
    readonly platform: 'linux' | 'darwin' | 'win32'
    /** Requests that came before the first listener are kept for it. */
    onOpen(listener: (request: OpenRequest) => void): Off
    /** A further window at a path of the screens. */
    newWindow(path: string): void
    quit(): void
  }
  readonly engine: {
    state(): Promise<EngineState>
    onState(listener: (state: EngineState) => void): Off
    /** Starts it when it is not there, else stops it and starts it again: runs go on and are taken back. */
    restart(): Promise<void>
    /** Opens the folder of the engine's logs in the file manager. */
    showLogs(): Promise<void>
    /** @param path only the path of the events socket is let through */
    connect(path: string, events: BridgeSocketEvents): BridgeSocket
  }
  readonly documents: {
    /** Asks with the system's dialog; null when the person cancelled. */
    open(): Promise<DocumentFile | null>
    /** Only files that were opened before by the person: the screens cannot name others. */
    save(path: string, text: string, digest: string): Promise<SaveOutcome>
    /** Asks with the system's dialog where; null when the person cancelled. */
    saveAs(name: string, text: string): Promise<DocumentFile | null>
    /** Calls back when an opened file was changed by another program. */
    onChange(listener: (document: DocumentFile) => void): Off
  }
  readonly preferences: {
    get(): Promise<Preferences>
    set(changes: Partial<Preferences>): Promise<Preferences>
    onChange(listener: (preferences: Preferences) => void): Off
  }
}
