import type {
  AssetFile,
  DefinitionProblem,
  Draft,
  DraftContent,
  DraftSummary,
  Layout,
  Workflow,
} from '../../src-shared/contract/index.ts'
import type { SaveOutcome } from '../../src-shared/desktop/bridge.ts'
import type { Backups } from './backup.ts'
import type { TextWork } from './text-tasks.ts'

/** What a document needs of the engine and of this window; tests hand in their own. */
export interface DocumentNeeds {
  readonly validate: (source: string, files: readonly AssetFile[], signal: AbortSignal) => Promise<DefinitionProblem[]>
  readonly saveDraft: (id: string, content: DraftContent, revision: number) => Promise<DraftSummary>
  readonly getDraft: (id: string) => Promise<Draft>
  readonly removeDraft: (id: string) => Promise<void>
  readonly publish: (definition: {
    readonly source: string
    readonly files: readonly AssetFile[]
    readonly layout: Layout
    readonly base: number
  }) => Promise<Workflow>
  /** The newest version; null when there is none */
  readonly getWorkflow: (name: string) => Promise<Workflow | null>
  readonly saveFile: ((path: string, text: string, digest: string) => Promise<SaveOutcome>) | null
  readonly backups: Backups
  readonly texts: TextWork
  /** For the draft of a version, or of a new workflow */
  readonly newId: (base: { readonly workflow: string; readonly version: number } | null) => Promise<string>
  /** Which text of a file the document agrees with from now on */
  readonly rememberFile: (path: string, digest: string) => void
  readonly window: string
  readonly now: () => number
  readonly sayFailed: (what: string, error: unknown) => void
}
