import { definedIn, pathOf } from '../target.ts'

/**
 * The name of the export that a target is, outside of a worker: the module that defined it is asked for it.
 *
 * @throws TypeError when it cannot be told
 */
export async function exportedName(target: object): Promise<string> {
  const path = pathOf(target)
  if (path !== undefined) return path.slice(path.indexOf('/') + 1)
  const file = definedIn(target)
  const exports = file === null ? null : await load(file)
  const found = Object.entries(exports ?? {}).find(([, value]) => value === target)
  if (found !== undefined) return found[0]
  throw new TypeError(
    'The name of this workflow cannot be told here: give its name in place of it, as in submit("digits").',
  )
}

async function load(file: string): Promise<{ [name: string]: unknown } | null> {
  try {
    return (await import(file)) as { [name: string]: unknown } // loaded already: this only finds it again
  } catch {
    return null // a loader of its own, as test runners have
  }
}
