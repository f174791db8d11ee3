import { Manifest, ProblemError } from '../../../src-shared/contract/index.ts'
import type { ModuleRow, NewWorkflowVersion, ProjectStorage } from '../storage/storage.ts'
import { workflowOf } from './generated.ts'
import { differences, manifestDigest } from './manifests.ts'

/** Whether a worker may make a version of a module: see docs/worker-protocol.md, "Modules and versions". */
export type Register = 'never' | 'once' | 'always'

/** The modules of a project, in the thread of its orchestrator. Workspaces are named by their identifiers. */
export interface Targets {
  /**
   * Registers manifests in a workspace; durable when it resolves.
   * @returns the version of each module
   * @throws ProblemError module_unregistered, module_conflict
   */
  declare(workspace: string, manifests: readonly Manifest[], register: Register): Promise<Record<string, number>>
  /** Newest version of a module for a workspace: its own, or of the nearest workspace above; null when there is none. */
  newest(workspace: string, module: string): Promise<RegisteredManifest | null>
  version(module: string, version: number): Promise<RegisteredManifest | null>
}

export interface RegisteredManifest {
  readonly module: string
  readonly version: number
  /** Identifier of the workspace in which it was registered */
  readonly workspace: string
  readonly manifest: Manifest
  /** ms since 1970 */
  readonly at: number
}

interface Needs {
  readonly storage: Pick<ProjectStorage, 'saveModules' | 'moduleVersion' | 'lastModuleVersion' | 'newestModule'>
  /** A workspace and those above it, nearest first */
  readonly chainOf: (workspace: string) => readonly string[]
  readonly now: () => number
}

/** Versions whose manifests are kept read: a call in a run asks for the one of its run each time. */
const KEPT = 256

export class ModuleRegistry implements Targets {
  readonly #needs: Needs
  readonly #read = new Map<string, RegisteredManifest>()
  #last: Promise<unknown> = Promise.resolve()

  constructor(needs: Needs) {
    this.#needs = needs
  }

  /** One after the other: each takes the next number of its modules. */
  declare(workspace: string, manifests: readonly Manifest[], register: Register): Promise<Record<string, number>> {
    const act = () => this.#declare(workspace, manifests, register)
    const turn = this.#last.then(act, act)
    this.#last = turn.catch(() => undefined) // its caller is told; the next one does not depend on it
    return turn
  }

  async newest(workspace: string, module: string): Promise<RegisteredManifest | null> {
    const row = await this.#needs.storage.newestModule(module, this.#needs.chainOf(workspace))
    return row === null ? null : this.#open(row)
  }

  async version(module: string, version: number): Promise<RegisteredManifest | null> {
    const known = this.#read.get(`${module}@${version}`)
    if (known !== undefined) return known
    const row = await this.#needs.storage.moduleVersion(module, version)
    return row === null ? null : this.#open(row)
  }

  async #declare(
    workspace: string,
    manifests: readonly Manifest[],
    register: Register,
  ): Promise<Record<string, number>> {
    const fresh: ModuleRow[] = []
    const workflows: NewWorkflowVersion[] = []
    const versions: Record<string, number> = {}
    for (const manifest of manifests) {
      refuseTwins(manifest, versions)
      const { row, isNew } = await this.#rowOf(workspace, manifest, register)
      if (isNew) fresh.push(row)
      versions[manifest.module] = row.version
      for (const target of manifest.targets) {
        if (target.kind === 'workflow') workflows.push(workflowOf(manifest, target, row))
      }
    }
    await this.#needs.storage.saveModules(fresh, workflows)
    return versions
  }

  async #rowOf(workspace: string, manifest: Manifest, register: Register): Promise<{ row: ModuleRow; isNew: boolean }> {
    const { module, language } = manifest
    const newest = await this.newest(workspace, module)
    const digest = manifestDigest(manifest)
    if (newest !== null && manifestDigest(newest.manifest) === digest) return { row: rowOf(newest), isNew: false }
    if (newest !== null && register === 'never') throw unregistered(newest, manifest)
    const version = (await this.#needs.storage.lastModuleVersion(module)) + 1
    const text = JSON.stringify(manifest)
    const row = { module, version, workspace, digest, language, manifest: text, at: this.#needs.now() }
    return { row, isNew: true }
  }

  #open(row: ModuleRow): RegisteredManifest {
    const key = `${row.module}@${row.version}`
    const known = this.#read.get(key)
    if (known !== undefined) return known
    const opened = openModule(row)
    const oldest = this.#read.size >= KEPT ? this.#read.keys().next().value : undefined
    if (oldest !== undefined) this.#read.delete(oldest)
    this.#read.set(key, opened)
    return opened
  }
}

/** A version with its manifest read. */
export function openModule({ module, version, workspace, at, manifest }: ModuleRow): RegisteredManifest {
  return { module, version, workspace, at, manifest: Manifest.parse(JSON.parse(manifest)) }
}

const rowOf = ({ module, version, workspace, manifest, at }: RegisteredManifest): ModuleRow => ({
  module,
  version,
  workspace,
  digest: manifestDigest(manifest),
  language: manifest.language,
  manifest: JSON.stringify(manifest),
  at,
})

function refuseTwins({ module, targets }: Manifest, declared: Readonly<Record<string, number>>): void {
  if (Object.hasOwn(declared, module)) {
    throw new ProblemError('module_conflict', `The module ${module} was declared twice.`, {
      fix: 'Declare each module once, with all of its targets.',
    })
  }
  const names = targets.map(({ name }) => name)
  const twin = names.find((name, i) => names.indexOf(name) !== i)
  if (twin === undefined) return
  throw new ProblemError('module_conflict', `The module ${module} has two targets of the name ${twin}.`, {
    fix: 'Rename one of them.',
  })
}

function unregistered({ module, version, manifest }: RegisteredManifest, given: Manifest): ProblemError {
  const what = `version ${version}, which is the registered one: ${differences(manifest, given)}`
  return new ProblemError('module_unregistered', `The module ${module} is not ${what}.`, {
    fix: 'Run the code that was registered, register this one (weir worker start --register), or develop in a workspace of your own (--dev).',
  })
}
