import { readFile } from 'node:fs/promises'
import { join, sep } from 'node:path'
import { lookup } from 'mrmime'
import { SCREENS_POLICY } from '../../../src-shared/console/policy.ts'
import { SCREENS_FOLDER } from '../places.ts'

const INDEX = 'index.html'
const TEXT = /^text\/|^application\/(json|manifest\+json)$/

const HEADERS = {
  // For every file: a worker goes by the policy of its own script, not by that of the page.
  'content-security-policy': SCREENS_POLICY,
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'permissions-policy':
    'camera=(), microphone=(), geolocation=(), display-capture=(), usb=(), serial=(), midi=(), hid=()',
}

/** A file of the built screens. */
export async function answerScreen(path: string): Promise<Response> {
  const file = fileOf(path)
  if (file === null) return new Response('There is no such file.', { status: 404, headers: HEADERS })
  try {
    const body = await readFile(file)
    return new Response(body, { headers: { ...HEADERS, 'content-type': typeOf(file) } })
  } catch (error) {
    if (!isAbsent(error)) throw error
    if (path !== '/') return new Response('There is no such file.', { status: 404, headers: HEADERS })
    return new Response(NOT_BUILT, { status: 503, headers: { ...HEADERS, 'content-type': 'text/html; charset=utf-8' } })
  }
}

/** The file that a path names, or null when that would lie outside of the screens. */
export function fileOf(path: string, folder = SCREENS_FOLDER): string | null {
  let name: string
  try {
    name = decodeURIComponent(path)
  } catch {
    return null
  }
  if (name.includes('\0') || name.includes('\\')) return null
  const file = join(folder, name === '/' ? INDEX : name)
  return file.startsWith(folder + sep) ? file : null
}

function typeOf(file: string): string {
  const type = lookup(file) ?? 'application/octet-stream'
  return TEXT.test(type) ? `${type}; charset=utf-8` : type
}

const isAbsent = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && ['ENOENT', 'EISDIR', 'ENOTDIR'].includes(String(error.code))

const NOT_BUILT = `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>Weir</title>
<style>
:root { color-scheme: light dark; font: 15px/1.5 system-ui, sans-serif }
body { max-width: 34rem; margin: 15vh auto 0; padding: 0 20px }
h1 { font-size: 20px }
</style></head>
<body><h1>The screens of Weir are missing</h1>
<p>This copy is not complete. In a checkout, run <code>npm run build</code>; otherwise install Weir again.
Runs are not touched by this: the engine works without the screens.</p></body>
</html>
`
