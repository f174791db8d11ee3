import { createHash } from 'node:crypto'
import type {
  CacheRow,
  CommitBatch,
  ModuleRow,
  NewDraft,
  NewJournalEntry,
  NewWorkflowVersion,
  RunRow,
  WorkspaceRow,
} from '../storage.ts'

/** Rows for tests: valid ones, of which a test changes what it is about. */
export const emptyBatch: CommitBatch = { entries: [], runs: [], cache: [], blobs: [], idempotency: [] }

export const digestOf = (text: string): string => createHash('sha256').update(text).digest('hex')

export const entryOf = (run: string, n: number): NewJournalEntry => ({
  run,
  at: 1_700_000_000_000 + n,
  events: JSON.stringify([{ type: 'execution.finished', n }]),
})

export const runOf = (id: string, fields: Partial<RunRow> = {}): RunRow => ({
  id,
  workflow: 'flow',
  version: 1,
  plan: digestOf('plan'),
  workspace: 'main',
  status: 'running',
  trigger: 'manual',
  parentRun: null,
  parentStep: null,
  priority: 0,
  createdAt: 1_700_000_000_000,
  startedAt: 1_700_000_000_001,
  finishedAt: null,
  total: 3,
  done: 1,
  succeeded: 1,
  failed: 0,
  skipped: 0,
  items: 0,
  itemsDone: 0,
  itemsFailed: 0,
  dropped: 0,
  itemsCancelled: 0,
  calls: 0,
  reruns: 0,
  earlierMs: 0,
  rerunIn: '',
  ...fields,
})

export const cacheOf = (key: string, fields: Partial<CacheRow> = {}): CacheRow => ({
  key,
  workflow: 'flow',
  step: 'fit',
  workspace: 'main',
  execution: `aaaaaaaa:fit:1`,
  run: 'aaaaaaaa',
  at: 10,
  outputs: '{"json":1}',
  parts: '{}',
  ...fields,
})

export const versionOf = (
  name: string,
  text: string,
  fields: Partial<NewWorkflowVersion> = {},
): NewWorkflowVersion => ({
  name,
  description: null,
  digest: digestOf(text),
  source: `name: ${name} # ${text}`,
  files: '[]',
  steps: 1,
  at: 10,
  ...fields,
})

export const moduleOf = (module: string, version: number, fields: Partial<ModuleRow> = {}): ModuleRow => ({
  module,
  version,
  workspace: 'main',
  digest: digestOf(`${module}@${version}`),
  language: 'python',
  manifest: JSON.stringify({ module, language: 'python', targets: [] }),
  at: 10,
  ...fields,
})

/** A version of a workflow that stands for a target of the same name. */
export const codeVersionOf = (
  name: string,
  version: number,
  { workspace = 'main', module = 'mod' }: { workspace?: string; module?: string } = {},
): NewWorkflowVersion =>
  versionOf(name, `${module}@${version}`, { origin: { module, target: name, version, language: 'python', workspace } })

export const workspaceOf = (id: string, fields: Partial<WorkspaceRow> = {}): WorkspaceRow => ({
  id,
  name: id,
  base: 'main',
  paused: false,
  createdAt: 10,
  archivedAt: null,
  ...fields,
})

/** Identifier of a draft for tests, by number. */
export const draftId = (n: number): string => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`

export const draftOf = (n: number, fields: Partial<NewDraft> = {}): NewDraft => ({
  id: draftId(n),
  workflow: 'flow',
  base: 1,
  origin: null,
  source: `name: flow # draft ${n}`,
  files: '[]',
  layout: '{}',
  revision: 0,
  at: 10,
  ...fields,
})

export const filesWith = (...texts: string[]): string =>
  JSON.stringify(texts.map((text) => ({ path: `${text}.txt`, digest: digestOf(text), size: 1 })))
