import { z } from 'zod'
import { AssetFile, ProblemError } from '../../../src-shared/contract/index.ts'
import { BoundedCache } from './bounded-cache.ts'
import { parseDefinition } from './definition.ts'
import { problemsAsJson } from './faults.ts'
import { MAX_CACHED_PLANS } from './limits.ts'
import type { Plan } from './plan.ts'

/** What a saved version needs to become a plan again. */
export interface StoredVersion {
  readonly name: string
  readonly digest: string
  readonly source: string
  /** AssetFile[] as JSON text */
  readonly files: string
}

const plans = new BoundedCache<string, Plan>(MAX_CACHED_PLANS)

/** The files of a saved version. */
export const filesOf = (version: Pick<StoredVersion, 'files'>): AssetFile[] =>
  z.array(AssetFile).parse(JSON.parse(version.files))

/**
 * The plan of a saved version; the same digest is parsed once.
 * @throws ProblemError workflow_invalid, when an older Weir saved what this one refuses
 */
export function planOf(row: StoredVersion): Plan {
  const known = plans.get(row.digest)
  if (known) return known
  const { plan, problems } = parseDefinition(row.source, filesOf(row), { isSaved: true })
  if (!plan) {
    const first = problems.find((problem) => problem.severity === 'error')
    throw new ProblemError(
      'workflow_invalid',
      `The saved workflow "${row.name}" cannot be used: ${first?.message ?? 'it has errors'}.`,
      {
        fix: 'Mend the definition and save it again.',
        problems: problemsAsJson(problems),
      },
    )
  }
  plans.set(row.digest, plan)
  return plan
}

export { plans }
