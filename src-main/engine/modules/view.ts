import type { Module, ModuleSummary, Target, TargetDetail, TargetSummary } from '../../../src-shared/contract/index.ts'
import { inputNames, type RegisteredManifest } from '../targets/index.ts'

type NameOf = (workspace: string) => string

const iso = (at: number): string => new Date(at).toISOString()

const pathOf = ({ module }: RegisteredManifest, { name }: Target): string => `${module}/${name}`

export function viewModuleSummary(row: RegisteredManifest, nameOf: NameOf): ModuleSummary {
  const { language, description, targets } = row.manifest
  const workflows = targets.filter(({ kind }) => kind === 'workflow').length
  return {
    module: row.module,
    version: row.version,
    workspace: nameOf(row.workspace),
    language,
    description: description ?? null,
    workflows,
    tasks: targets.length - workflows,
    registeredAt: iso(row.at),
  }
}

export const viewModule = (row: RegisteredManifest, nameOf: NameOf): Module => ({
  ...viewModuleSummary(row, nameOf),
  targets: row.manifest.targets,
})

export const viewTargetSummary = (row: RegisteredManifest, target: Target): TargetSummary => ({
  path: pathOf(row, target),
  module: row.module,
  name: target.name,
  kind: target.kind,
  version: row.version,
  language: row.manifest.language,
  description: target.description ?? null,
  parameters: target.parameters,
})

export const viewTarget = (row: RegisteredManifest, target: Target, nameOf: NameOf): TargetDetail => ({
  ...target,
  path: pathOf(row, target),
  module: row.module,
  version: row.version,
  workspace: nameOf(row.workspace),
  language: row.manifest.language,
  inputs: inputNames(target.parameters),
  registeredAt: iso(row.at),
})
