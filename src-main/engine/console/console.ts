import type { FastifyReply, FastifyRequest } from 'fastify'
import { SCREENS_POLICY } from '../../../src-shared/console/policy.ts'
import { ProblemError } from '../../../src-shared/contract/index.ts'
import type { Api } from '../http/index.ts'
import { INDEX, openScreens, type ScreenFile, type Screens } from './screens.ts'

/** Where the screens are served; a browser is sent here from `/`, too. */
export const CONSOLE_PATH = '/console/'
/** A browser may keep what never changes, and need not ask for it again: a year, the longest that is understood. */
const FOREVER = 'public, max-age=31536000, immutable'
/** A browser may keep it, and asks each time whether it is still the same. */
const ASK_AGAIN = 'no-cache'

const access = { id: 'console.file', permission: 'PUBLIC', change: false, body: undefined } as const

/**
 * Serves the built screens at `/console/`. They hold nothing secret: what they show comes from the API, which asks who
 * calls.
 * @param folder the build; read when somebody first opens the console
 */
export function mountConsole(api: Api, folder: string): void {
  const screens = openScreens(folder)
  const toConsole = async (_request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> =>
    reply.redirect(CONSOLE_PATH, 302)
  for (const url of ['/', CONSOLE_PATH.slice(0, -1)]) {
    api.app.route({ method: 'GET', url, config: { access }, handler: toConsole })
  }
  api.app.route<{ Params: { '*': string } }>({
    method: 'GET',
    url: `${CONSOLE_PATH}*`,
    config: { access },
    handler: (request, reply) => answer(screens, request.params['*'], request, reply),
  })
}

async function answer(
  screens: Screens,
  path: string,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const name = path === '' ? INDEX : path
  const file = await screens.read(name)
  // For every file: a worker goes by the policy of its own script, not by that of the page.
  reply.header('content-security-policy', SCREENS_POLICY)
  if (file !== null) return send(file, request, reply)
  if (name === INDEX) return reply.code(503).header('content-type', HTML).send(NOT_BUILT)
  throw new ProblemError('not_found', `The console has no file ${path.slice(0, 200)}.`, {
    fix: `Open ${CONSOLE_PATH} again: the screens may be of another version by now.`,
  })
}

function send(file: ScreenFile, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const { type, body, isImmutable, etag } = file
  reply.header('cache-control', isImmutable ? FOREVER : ASK_AGAIN)
  if (etag !== null) {
    reply.header('etag', `"${etag}"`)
    if (request.headers['if-none-match'] === `"${etag}"`) return reply.code(304).send()
  }
  return reply.header('content-type', type).send(body)
}

const HTML = 'text/html; charset=utf-8'

const NOT_BUILT = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Weir</title>
<style>
:root { color-scheme: light dark; font: 15px/1.5 system-ui, sans-serif }
body { max-width: 34rem; margin: 15vh auto 0; padding: 0 20px }
h1 { font-size: 20px; line-height: 1.3 }
code { font: 13px ui-monospace, monospace; background: #8882; border-radius: 6px; padding: 2px 6px }
</style>
</head>
<body>
<h1>The screens are not built here</h1>
<p>The engine runs, and its API answers. In the folder of Weir, build the screens with <code>npm run build</code>,
then load this page again. The command line, <code>weir</code>, works without them, and the API is described at
<a href="/api/docs">/api/docs</a>.</p>
</body>
</html>
`
