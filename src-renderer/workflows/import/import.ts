import {
  type AssetFile,
  type DefinitionProblem,
  draftRoutes,
  ProblemError,
  type Workflow,
  workflowRoutes,
} from '../../../src-shared/contract/index.ts'
import { call, keyOf, PROJECT, queryClient } from '../../api/index.ts'
import { uploadFiles } from '../../ui/fields/index.ts'
import type { Bundle } from './bundle.ts'

/** A definition whose files are stored, and what the engine says about it. */
export interface Checked {
  readonly bundle: Bundle
  readonly files: readonly AssetFile[]
  /** Null when it cannot be read so far */
  readonly name: string | null
  readonly problems: readonly DefinitionProblem[]
  readonly isValid: boolean
  /** The workflow that has this name already */
  readonly existing: Workflow | null
}

/** Stores the files of a definition and has it checked. */
export async function checkBundle(bundle: Bundle): Promise<Checked> {
  const files = await uploadFiles(bundle.files, new AbortController().signal)
  const { valid, name, problems } = await call(workflowRoutes.validate, {
    params: { project: PROJECT },
    body: { source: bundle.source, files },
  })
  return { bundle, files, name, problems, isValid: valid, existing: name === null ? null : await existing(name) }
}

/** What is here already has another text. */
export const differsInText = ({ existing: before, bundle }: Checked): boolean =>
  before !== null && before.source !== bundle.source

/** Paths of the files that were added, changed or are gone, against what is here already. */
export function otherFiles({ existing: before, files }: Checked): string[] {
  const old = new Map((before?.files ?? []).map((file) => [file.path, file]))
  const now = new Map(files.map((file) => [file.path, file]))
  return [...new Set([...old.keys(), ...now.keys()])].filter((path) => {
    const [a, b] = [old.get(path), now.get(path)]
    return a?.digest !== b?.digest || (a?.executable ?? false) !== (b?.executable ?? false)
  })
}

async function existing(workflow: string): Promise<Workflow | null> {
  try {
    return await call(workflowRoutes.get, { params: { project: PROJECT, workflow }, query: {} })
  } catch (error) {
    if (error instanceof ProblemError && ['workflow_not_found', 'bad_request'].includes(error.code)) return null
    throw error
  }
}

/** Saves a definition as the newest version, unless another version came meanwhile. */
export async function publish({
  bundle,
  files,
  existing: before,
}: Checked): Promise<{ name: string; version: number }> {
  const saved = await call(workflowRoutes.apply, {
    params: { project: PROJECT },
    body: { source: bundle.source, files: [...files], base: before?.latest ?? 0 },
  })
  void queryClient.invalidateQueries({ queryKey: keyOf(workflowRoutes.list) })
  return saved
}

/**
 * Opens a definition as a draft, whatever is wrong with it.
 * @returns the draft's identifier
 */
export async function openAsDraft(source: string, files: readonly AssetFile[]): Promise<string> {
  const draft = crypto.randomUUID()
  await call(draftRoutes.save, {
    params: { project: PROJECT, draft },
    body: { workflow: null, base: null, origin: null, source, files: [...files], layout: {}, revision: 0 },
  })
  void queryClient.invalidateQueries({ queryKey: keyOf(draftRoutes.list) })
  return draft
}
