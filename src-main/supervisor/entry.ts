import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** Where bundles are, seen from this file: beside it, above `chunks/`, or in `out/main` of a checkout. */
const PLACES = ['.', '..', '../../out/main']

/** The bundle of another process of Weir. */
export function bundle(name: 'engine.cjs' | 'supervisor.cjs'): string {
  const here = dirname(fileURLToPath(import.meta.url))
  const found = PLACES.map((place) => join(here, place, name)).find((path) => existsSync(path))
  if (found !== undefined) return found
  throw new Error(
    `${name} is not there: this copy of Weir is not built or not complete. Run "npm run build", or install it again.`,
  )
}
