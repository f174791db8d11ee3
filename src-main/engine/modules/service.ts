import {
  type Manifest,
  type Module,
  type ModuleSummary,
  type Page,
  ProblemError,
  type Target,
  type TargetDetail,
  type TargetSummary,
} from '../../../src-shared/contract/index.ts'
import type { ProjectStorage } from '../storage/index.ts'
import { openModule, type Register, type RegisteredManifest } from '../targets/index.ts'
import type { Scope } from '../workflows/index.ts'
import { viewModule, viewModuleSummary, viewTarget, viewTargetSummary } from './view.ts'

interface Needs {
  readonly storage: Pick<ProjectStorage, 'modules' | 'newestModule' | 'moduleVersion' | 'moduleVersions'>
  /** What a workspace sees, by its name; throws workspace_not_found. */
  readonly scopeOf: (workspace: string) => Promise<Scope>
  /** Registers through the project's only writer; answers with the versions after the commit. */
  readonly declare: (
    workspace: string,
    manifests: readonly Manifest[],
    register: Register,
  ) => Promise<Record<string, number>>
}

interface PageOf {
  readonly cursor?: string | undefined
  readonly limit: number
}
interface At {
  readonly workspace: string
  readonly version?: number | undefined
}
interface TargetQuery extends PageOf {
  readonly workspace: string
  readonly search?: string | undefined
  readonly module?: string | undefined
  readonly kind?: 'workflow' | 'task' | undefined
}

/** Modules of code of one project, as they were registered, and their targets. */
export type ModuleService = ReturnType<typeof createModuleService>

export function createModuleService({ storage, scopeOf, declare }: Needs) {
  const at = async (module: string, { workspace, version }: At): Promise<{ row: RegisteredManifest; scope: Scope }> => {
    const scope = await scopeOf(workspace)
    const row =
      version === undefined
        ? await storage.newestModule(module, scope.workspaces ?? [])
        : await storage.moduleVersion(module, version)
    if (row !== null) return { row: openModule(row), scope }
    throw await moduleNotFound(storage, module, { workspace, version })
  }
  return {
    declare,

    async list({ workspace, cursor, limit }: PageOf & { readonly workspace: string }): Promise<Page<ModuleSummary>> {
      const scope = await scopeOf(workspace)
      const rows = (await storage.modules(scope.workspaces)).filter(({ module }) => module > (cursor ?? ''))
      const items = rows.slice(0, limit).map((row) => viewModuleSummary(openModule(row), scope.nameOf))
      return { items, next: rows.length > limit ? (items.at(-1)?.module ?? null) : null }
    },

    async get(module: string, query: At): Promise<Module> {
      const { row, scope } = await at(module, query)
      return viewModule(row, scope.nameOf)
    },

    async versions(module: string, { cursor, limit }: PageOf): Promise<Page<ModuleSummary>> {
      const rows = await storage.moduleVersions(module, cursor === undefined ? null : versionOf(cursor), limit + 1)
      if (rows.length === 0 && cursor === undefined) throw await moduleNotFound(storage, module, null)
      const { nameOf } = await scopeOf(MAIN)
      const items = rows.slice(0, limit).map((row) => viewModuleSummary(openModule(row), nameOf))
      return { items, next: rows.length > limit ? String(items.at(-1)?.version ?? '') : null }
    },

    async targets({ workspace, cursor, limit, ...filter }: TargetQuery): Promise<Page<TargetSummary>> {
      const scope = await scopeOf(workspace)
      const all = (await storage.modules(scope.workspaces)).flatMap((row) => {
        const opened = openModule(row)
        return opened.manifest.targets.map((target) => viewTargetSummary(opened, target))
      })
      const found = all
        .filter((target) => isMeant(target, filter) && target.path > (cursor ?? ''))
        .toSorted((a, b) => (a.path < b.path ? -1 : 1))
      const items = found.slice(0, limit)
      return { items, next: found.length > limit ? (items.at(-1)?.path ?? null) : null }
    },

    async target(module: string, name: string, query: At): Promise<TargetDetail> {
      const { row, scope } = await at(module, query)
      const target = row.manifest.targets.find((one) => one.name === name)
      if (target === undefined) throw targetNotFound(row, name)
      return viewTarget(row, target, scope.nameOf)
    },
  }
}

/** Every project has it; names of workspaces are the same from everywhere. */
const MAIN = 'main'

function isMeant(target: TargetSummary, { search, module, kind }: Omit<TargetQuery, 'workspace' | 'limit'>): boolean {
  if (module !== undefined && target.module !== module) return false
  if (kind !== undefined && target.kind !== kind) return false
  const text = `${target.path} ${target.description ?? ''}`.toLowerCase()
  return (search ?? '')
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word))
}

function versionOf(cursor: string): number {
  if (/^\d{1,9}$/.test(cursor)) return Number(cursor)
  throw new ProblemError('bad_request', `The cursor "${cursor}" is not one that this list handed out.`, {
    field: 'query.cursor',
    fix: 'Pass on `next` of the page before, or nothing for the first page.',
  })
}

async function moduleNotFound(storage: Needs['storage'], module: string, asked: At | null): Promise<ProblemError> {
  const [newest] = await storage.moduleVersions(module, null, 1)
  if (newest === undefined || asked === null) {
    const others = (await storage.modules()).map((row) => row.module)
    return new ProblemError('module_not_found', `There is no module "${module}" in this project.`, {
      field: 'params.module',
      fix:
        others.length === 0
          ? `Connect its code: weir worker start ${module}`
          : `There are ${others.slice(0, SHOWN).join(', ')}${others.length > SHOWN ? ' and others' : ''}.`,
    })
  }
  const { workspace, version } = asked
  return version === undefined
    ? new ProblemError('module_not_found', `The workspace ${workspace} does not see the module "${module}".`, {
        field: 'query.workspace',
        fix: `It is registered in another workspace: weir module versions ${module}`,
      })
    : new ProblemError('module_not_found', `The module "${module}" has no version ${version}.`, {
        field: 'query.version',
        fix: `Its newest version is ${newest.version}.`,
      })
}

/** Names that a message lists. */
const SHOWN = 10

function targetNotFound({ module, version, manifest }: RegisteredManifest, name: string): ProblemError {
  const names = manifest.targets.map((target: Target) => target.name)
  const shown = `${names.slice(0, SHOWN).join(', ')}${names.length > SHOWN ? ' and others' : ''}`
  return new ProblemError('target_not_found', `The module "${module}" has no target "${name}" in version ${version}.`, {
    field: 'params.target',
    fix: names.length === 0 ? 'It has none: mark its functions as tasks or workflows.' : `It has ${shown}.`,
  })
}
