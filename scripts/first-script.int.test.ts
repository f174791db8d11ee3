import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'

const ASSETS = join(import.meta.dirname, '../out/renderer/assets')
/**
 * What has to be read and compiled before anything is seen, and before Home is. Seen: 778,000 and 810,000 bytes. Scripts that
 * are not minified, or a screen, an editor or a parser that slips in by a static import, go beyond these bounds.
 */
const FIRST_BYTES = 850_000
const HOME_BYTES = 880_000

/** Imports that come first: those that are called for later are written `import(…)`. */
const STATIC_IMPORT = /(?:^|[;}\s])(?:import|export)\b[^"'();]*?["']\.\/([^"']+\.js)["']/g

/** A script with all that it imports, and they import. */
function withImports(script: string, found = new Set<string>()): Set<string> {
  if (found.has(script)) return found
  found.add(script)
  for (const [, name = ''] of readFileSync(join(ASSETS, script), 'utf8').matchAll(STATIC_IMPORT))
    withImports(name, found)
  return found
}

const sizeOf = (scripts: Iterable<string>): number =>
  [...scripts].reduce((sum, script) => sum + statSync(join(ASSETS, script)).size, 0)

function first(): Set<string> {
  const page = readFileSync(join(ASSETS, '../index.html'), 'utf8')
  const scripts = [...page.matchAll(/(?:src|href)="\.\/assets\/([^"]+\.js)"/g)].map(([, name = '']) => name)
  expect(scripts).not.toEqual([])
  return scripts.reduce((found, script) => withImports(script, found), new Set<string>())
}

test('the first script of the screens stays small: a start waits for all of it', () => {
  expect(sizeOf(first())).toBeLessThan(FIRST_BYTES)
})

test('Home brings no editor and no parser along', () => {
  const home = readdirSync(ASSETS).find((name) => /^HomeScreen-.*\.js$/.test(name))
  expect(home).toBeDefined()
  const scripts = withImports(home ?? '', first())
  // Shared parts are files of their own: a count of one would mean that imports are not found any more.
  expect(scripts.size).toBeGreaterThan(2)
  expect(sizeOf(scripts)).toBeLessThan(HOME_BYTES)
})
