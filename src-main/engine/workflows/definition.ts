import type { AssetFile, Definition, DefinitionProblem, Json } from '../../../src-shared/contract/index.ts'
import { parseYaml } from '../../../src-shared/definition/index.ts'
import { buildPlan } from './build-plan.ts'
import { digestOf } from './canonical.ts'
import { checkDefinition } from './check-definition.ts'
import { Faults } from './faults.ts'
import type { Plan } from './plan.ts'
import { checkShape } from './shape.ts'

export interface ParsedDefinition {
  /** Null when there are errors */
  readonly plan: Plan | null
  /** Null when not even the shape fits */
  readonly definition: Definition | null
  /** In the order of the text; each with path, line, column and a fix */
  readonly problems: DefinitionProblem[]
}

/**
 * Reads a `weir.yaml`: text → definition → plan. Never throws, whatever the text; every problem says where it is and
 * what to do.
 * @param files the workflow's own files, their bodies stored as blobs
 * @param options `isSaved`: it was saved before, and rules that came later do not take it away
 */
export function parseDefinition(
  source: string,
  files: readonly AssetFile[],
  options: { readonly isSaved?: boolean } = {},
): ParsedDefinition {
  const yaml = parseYaml(source)
  const faults = new Faults(yaml, options.isSaved)
  if (yaml.value === undefined) return { plan: null, definition: null, problems: faults.listed() }
  if (yaml.value === null || typeof yaml.value !== 'object' || Array.isArray(yaml.value)) {
    const empty = yaml.value === null
    const message = empty ? 'the definition is empty' : 'the definition must be a map of fields'
    faults.add({ code: empty ? 'empty' : 'wrong_type', path: [], message, fix: 'Start with `name:` and `steps:`.' })
    return { plan: null, definition: null, problems: faults.listed() }
  }
  const definition = checkShape(yaml.value, faults)
  if (!definition) return { plan: null, definition: null, problems: faults.listed() }
  const checked = checkDefinition(definition, files, faults)
  const plan = faults.failed ? null : buildPlan(planDigest(source, files), definition, files, checked)
  return { plan, definition, problems: faults.listed() }
}

/** SHA-256 over source and files: equal when nothing that a run could notice differs. */
export const planDigest = (source: string, files: readonly AssetFile[]): string =>
  digestOf({ source, files: files.map(fileJson) })

const fileJson = ({ path, digest, size, executable = false }: AssetFile): Json => ({ path, digest, size, executable })
