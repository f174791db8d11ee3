import type { Json } from '../../../src-shared/contract/index.ts'
import type { Edit, Path } from '../../../src-shared/definition/index.ts'
import { mapOf } from './values.ts'

/** Maps that mean nothing when they are empty: they go with their last field. */
const EMPTY_GOES: ReadonlySet<string> = new Set([
  'params',
  'env',
  'outputs',
  'inputs',
  'form',
  'retry',
  'resources',
  'concurrency',
])

export function valueAt(value: Json | undefined, path: Path): Json | undefined {
  let at: Json | undefined = value
  for (const part of path) {
    if (Array.isArray(at)) at = at[Number(part)]
    else at = Object.hasOwn(mapOf(at), String(part)) ? mapOf(at)[String(part)] : undefined
  }
  return at
}

/** Takes a field away, and the map that it leaves empty. */
export function unsetEdit(definition: Json | undefined, path: Path): Edit {
  const parent = path.slice(0, -1)
  const name = parent.at(-1)
  // Where a name of a step or parameter happens to be one of the words, it is still a name.
  const isField = typeof name === 'string' && EMPTY_GOES.has(name) && (parent.length === 1 || parent.length >= 3)
  if (!isField || Object.keys(mapOf(valueAt(definition, parent))).length > 1) return { path, value: undefined }
  return { path: parent, value: undefined }
}
