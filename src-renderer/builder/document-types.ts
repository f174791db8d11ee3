import type { StoreApi } from 'zustand/vanilla'
import type { AssetFile, DefinitionProblem, Draft, Json, Layout, Workflow } from '../../src-shared/contract/index.ts'
import type { Edit } from '../../src-shared/definition/index.ts'
import type { DocumentFile } from '../../src-shared/desktop/bridge.ts'
import type { BackupRecord } from './backup.ts'
import type { Past } from './history.ts'
import type { Start } from './opening.ts'
import type { Reading } from './reading.ts'
import type { Rename } from './rename.ts'

/** What is selected on the canvas, and so in the inspector. */
export type Selection =
  | { readonly kind: 'workflow' }
  | { readonly kind: 'steps'; readonly names: readonly string[] }
  | { readonly kind: 'edge'; readonly id: string }

/** The same thing was changed elsewhere: both texts are shown, and the person decides. */
export type Conflict =
  | { readonly kind: 'draft'; readonly theirs: Draft }
  | { readonly kind: 'publish'; readonly theirs: Workflow }
  | { readonly kind: 'file'; readonly theirs: DocumentFile }

export interface SaveView {
  readonly state: 'saved' | 'saving' | 'unsaved' | 'failed' | 'conflict'
  /** When the engine last confirmed; null before the first save */
  readonly at: number | null
  readonly error: unknown
}

/** The published version that the document was made from. */
export interface Base {
  readonly version: number
  readonly source: string
  readonly value: Json | undefined
  readonly layout: Layout
  readonly files: readonly AssetFile[]
}

/** One open definition. The text is the truth; all else follows from it. */
export interface DocumentState {
  /** The draft's identifier; there is a draft in the engine from the first change on */
  readonly id: string
  readonly workflow: string | null
  readonly base: Base | null
  readonly origin: string | null
  /** An old version that is only looked at */
  readonly isReadOnly: boolean

  readonly source: string
  readonly layout: Layout
  readonly files: readonly AssetFile[]
  /** What the text says; of an older text while a large one is being read (`parsed.source`) */
  readonly parsed: Reading
  /** The last value that could be read */
  readonly definition: Json | undefined

  readonly problems: readonly DefinitionProblem[]
  readonly isValidating: boolean
  readonly selection: Selection
  /** The step in which the cursor of the YAML pane stands */
  readonly cursor: string | null
  readonly undo: readonly Past[]
  readonly redo: readonly Past[]
  /** How many things differ from `base` */
  readonly changes: number
  readonly save: SaveView
  readonly conflict: Conflict | null
  readonly isPublishing: boolean

  readonly actions: DocumentActions
}

/** An open document. */
export type DocumentStore = StoreApi<DocumentState>

export interface EditOptions {
  /** Places of nodes, set together with the text */
  readonly layout?: Layout
  /** Edits with the same key in a row are undone at once, e.g. `steps.fit.run` while its field is typed in */
  readonly merge?: string
  /** Selected afterwards */
  readonly select?: readonly string[]
}

export interface DocumentActions {
  /** Changes values of the text; comments stay. A failure is said in a corner. @param label names it for undo: "Rename fit to train" */
  edit(label: string, edits: readonly Edit[], options?: EditOptions): void
  /** A step or parameter under another name, wherever it is read. @returns why it was not possible, or null */
  rename(rename: Rename): Promise<string | null>
  /** The whole text by another one, as one step of undo, e.g. an old version */
  replace(label: string, source: string, layout?: Layout): void
  /** Typed in the YAML pane */
  type(source: string): void
  move(positions: Layout): void
  /** All nodes are placed anew by the layout */
  tidy(): void
  setFiles(files: readonly AssetFile[]): void
  undo(): void
  redo(): void
  select(selection: Selection): void
  setCursor(step: string | null): void
  /** Saves at once what waits. Rejects when it could not be saved. */
  flush(): Promise<void>
  /** Publishes the text as the newest version and removes the draft. Null: it met a newer version, which is shown. */
  publish(): Promise<Workflow | null>
  /** Throws the draft away; the published version is shown again */
  discard(): Promise<void>
  /** Writes the text back to the file that it was opened from */
  saveFile(): Promise<void>
  /** The file that it was opened from was changed by another program */
  meetFile(document: DocumentFile): void
  keepMine(): Promise<void>
  takeTheirs(): Promise<void>
  /** Goes on with a text that the person made of both */
  keepMerged(source: string): Promise<void>
  /** Back to the text before the conflict is settled: only for publish and file, where nothing is lost by waiting */
  postpone(): void
  close(): void
}

/** What a document is opened with. */
export interface Opening extends Start {
  readonly id: string
  readonly base: Base | null
  readonly isReadOnly: boolean
  /** The copy of a window that is gone, of which this document goes on: removed once the engine has the text */
  readonly backup: BackupRecord | null
  /** Digest of the file of `origin` as it was last read or written */
  readonly fileDigest: string | null
}
