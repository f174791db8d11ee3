import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { urlOf } from '../../../src-shared/client/url.ts'
import { allows, type Permission, type Requirement, type Route, routes } from '../../../src-shared/contract/index.ts'
import type { Authenticate } from '../auth/index.ts'
import { type Logger, silentLog } from '../telemetry/index.ts'
import type { Handlers } from './handler.ts'
import { MAX_PARAM_LENGTH } from './limits.ts'
import { createApi } from './server.ts'
import { startTestApi, type TestApi } from './test-api.ts'

/** Who signs in with which token: a principal for every permission, and the combinations that matter. */
const principals: Record<string, readonly Permission[]> = {
  nobody: [],
  shell: ['SHELL'],
  object: ['OBJECT'],
  workflow: ['WORKFLOW'],
  platform: ['PLATFORM'],
  'read-only': ['READ_ONLY'],
  'workflow-reader': ['WORKFLOW', 'OBJECT', 'READ_ONLY'],
  'master-reader': ['MASTER', 'READ_ONLY'],
  master: ['MASTER'],
}
const authenticate: Authenticate = ({ bearer }) => {
  const permissions = bearer === null ? undefined : principals[bearer]
  return permissions === undefined ? null : { name: bearer ?? '', permissions }
}

const all: readonly Route[] = Object.values(routes).flatMap((table) => Object.values(table))
const reached: string[] = []
const errors: unknown[][] = []
const log: Logger = Object.assign(silentLog(), { error: (...entry: unknown[]) => void errors.push(entry) })
let server: TestApi

beforeAll(async () => {
  server = await startTestApi({
    authenticate,
    log,
    mount: (mount) => {
      for (const table of Object.values(routes) as Record<string, Route>[]) mount(table, handlersThatNote(table))
    },
  })
})
afterAll(() => server.stop())

/** Handlers that only note that they were reached: what they would do is no matter of the guard. */
function handlersThatNote(table: Record<string, Route>): Handlers<Record<string, Route>> {
  const note = (id: string) => () => {
    reached.push(id)
    throw new Error('reached')
  }
  return Object.fromEntries(Object.entries(table).map(([name, route]) => [name, note(route.id)]))
}

/** Valid values for every path parameter of the contract. */
const values: Record<string, string> = {
  project: 'default',
  run: '23456789',
  workflow: 'demo',
  workspace: 'dev/ana',
  step: 'fit',
  attempt: '1',
  asset: '23456789:fit:1:table',
  digest: 'a'.repeat(64),
  draft: '0f8fad5b-d9cb-469f-a165-70867728950e',
  ticket: 'a'.repeat(32),
  path: 'plots/fit.html',
  export: 'a'.repeat(32),
  import: 'a'.repeat(32),
  module: 'digits',
  target: 'train',
  worker: 'w-0123456789abcdef',
  pool: 'lab',
}
const pathOf = (route: Route): string => urlOf(route, values)

async function statusOf(route: Route, token: string | null): Promise<number> {
  const headers: Record<string, string> = token === null ? {} : { authorization: `Bearer ${token}` }
  const answer = await fetch(server.url + pathOf(route), { method: route.method, headers })
  await answer.text()
  return answer.status
}

const REFUSED = [401, 403]

describe.each(all.map((route) => [route.id, route] as const))('%s', (_id, route) => {
  test.each(Object.keys(principals))('as %s', async (name) => {
    const isAllowed = allows(principals[name] ?? [], route.permission, route.change)
    reached.length = 0
    const status = await statusOf(route, name)
    if (isAllowed) expect(REFUSED).not.toContain(status)
    else {
      expect(status).toBe(403)
      expect(reached).toEqual([])
    }
  })

  test('without a token, and with a wrong one', async () => {
    for (const token of [null, 'guessed']) {
      reached.length = 0
      const status = await statusOf(route, token)
      if (route.permission === 'PUBLIC') expect(REFUSED).not.toContain(status)
      else {
        expect(status).toBe(401)
        expect(reached).toEqual([])
      }
    }
  })
})

/** Names of the parameters between slashes; the rest of a path, `{path*}`, has no limit of its own. */
const paramsOf = (route: Route): string[] => [...route.path.matchAll(/\{(\w+)\}/g)].map((match) => match[1] ?? '')
const withParams = all.flatMap((route) => paramsOf(route).map((param) => [route.id, param, route] as const))

describe('a part of an address that is too long', () => {
  test.each(withParams)('%s: %s', async (_id, param, route) => {
    for (const length of [MAX_PARAM_LENGTH + 1, 10 * MAX_PARAM_LENGTH]) {
      reached.length = errors.length = 0
      const path = urlOf(route, { ...values, [param]: 'x'.repeat(length) })
      const headers = { authorization: 'Bearer master' }
      const answer = await fetch(server.url + path, { method: route.method, headers })
      expect(answer.headers.get('content-type')).toContain('application/problem+json')
      expect(await answer.json()).toMatchObject({ status: 400, code: 'bad_request', fix: expect.any(String) })
      expect([reached, errors]).toEqual([[], []])
    }
  })
})

test('every route of the contract declares what it asks for, and none leaves it to chance', () => {
  const known: Requirement[] = [
    'PUBLIC',
    'SIGNED_IN',
    'SHELL',
    'OBJECT',
    'WORKFLOW',
    'PROXY',
    'BRIDGE',
    'PLATFORM',
    'MASTER',
  ]
  for (const route of all) expect(known).toContain(route.permission)
  const open = all.filter((route) => route.permission === 'PUBLIC').map((route) => route.id)
  expect(open.sort()).toEqual([
    'assets.view',
    'auth.signIn',
    'engine.health',
    'projects.exportFile',
    'workflows.schema',
  ])
  expect(all.filter((route) => route.method !== 'GET' && !route.change).map((route) => route.id)).toEqual([
    'workflows.validate',
    'assets.createView',
  ])
})

test('a route without a declared permission keeps the server from starting', () => {
  const api = createApi({ log: silentLog(), authenticate, audit: { write: async () => undefined } })
  const undeclared = {
    id: 'x.y',
    method: 'GET',
    path: '/api/v1/x',
    change: false,
    summary: '',
    response: 'none',
  } as unknown as Route
  expect(() => api.mount({ undeclared }, { undeclared: () => undefined })).toThrow(/declares no permission/)
  expect(() => api.app.get('/sneaked-in', async () => 'hello')).toThrow(/declares no permission/)
  const misspelt = { ...undeclared, permission: 'WORKFLOWS' } as unknown as Route
  expect(() => api.mount({ misspelt }, { misspelt: () => undefined })).toThrow(/declares no permission/)
})
