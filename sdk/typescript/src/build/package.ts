import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

/** This package's folder, from wherever in it this file was put. */
function packageFolder(): string {
  for (let folder = dirname(fileURLToPath(import.meta.url)); ; folder = dirname(folder)) {
    const file = join(folder, 'package.json')
    if (existsSync(file) && readFileSync(file, 'utf8').includes('"name": "weir-sdk"')) return folder
    if (folder === dirname(folder)) throw new Error('The package weir-sdk is incomplete: install it again.')
  }
}

const PACKAGE = packageFolder()
const DIST = join(PACKAGE, 'dist')

export const SDK_VERSION = (JSON.parse(readFileSync(join(PACKAGE, 'package.json'), 'utf8')) as { version: string })
  .version
/** What `import 'weir-sdk'` is in modules that a worker hosts: always its own copy. */
export const SDK_URL = pathToFileURL(join(DIST, 'index.js')).href
export const TESTING_URL = pathToFileURL(join(DIST, 'testing.js')).href
export const SDK_TYPES = join(DIST, 'index.d.ts')
export const TESTING_TYPES = join(DIST, 'testing.d.ts')
export const RUNNER_FILE = join(DIST, 'runner.js')
export const BUILD_THREAD_FILE = join(DIST, 'build-thread.js')
export const isOfSdk = (file: string): boolean => file.startsWith(DIST.replaceAll('\\', '/')) || file.startsWith(DIST)
