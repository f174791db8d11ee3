import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from '@photostructure/sqlite'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Client } from '../../src-shared/client/index.ts'
import { createNodeClient } from '../../src-shared/client/node.ts'
import { type RunEvent, routes } from '../../src-shared/contract/index.ts'
import { type Boot, bootDown, bootUp } from '../supervisor/index.ts'

/** The real engine as a process, over its real socket and port. */
let data: string
let boot: Boot
let client: Client
let url: string

beforeAll(async () => {
  data = mkdtempSync(join(tmpdir(), 'weir-engine-'))
  boot = await bootUp({ data, listen: '0', daemon: true })
  client = createNodeClient({ socketPath: boot.socketPath })
  url = boot.status.listen[1] ?? ''
})
afterAll(async () => {
  client.close()
  await bootDown(data)
  rmSync(data, { recursive: true, force: true })
})

const params = { project: 'default' }
const workflow = (name: string): string => `name: ${name}\nsteps:\n  pause:\n    sleep: 1ms\n`

describe('access', () => {
  test('the socket and the token are for this user alone', () => {
    for (const name of ['engine.sock', 'token', 'engine.json', 'engine.db', 'id']) {
      expect([name, (statSync(join(data, name)).mode & 0o077).toString(8)]).toEqual([name, '0'])
    }
  })

  test('over TCP the token is needed, and is enough', async () => {
    const anonymous = createNodeClient({ url })
    expect((await anonymous.call(routes.engine.health, {})).status).toBe('ok')
    await expect(anonymous.call(routes.engine.status, {})).rejects.toMatchObject({ code: 'unauthorized' })
    anonymous.close()
    const known = createNodeClient({ url, token: readFileSync(join(data, 'token'), 'utf8').trim() })
    expect(await known.call(routes.engine.version, {})).toMatchObject({ api: 'v1', node: process.versions.node })
    expect((await known.call(routes.projects.list, {})).items).toMatchObject([{ name: 'default' }])
    known.close()
  })
})

describe('a run', () => {
  test('is told as events, live and from the journal, and stands in the audit table', async () => {
    await client.call(routes.workflows.apply, { params, body: { source: workflow('watched'), files: [] } })
    const stream = client.subscribe({ project: 'default' })
    await stream.ready
    const run = await client.call(
      routes.runs.start,
      { params, body: { workflow: 'watched' } },
      { idempotencyKey: 'once' },
    )
    const again = await client.call(
      routes.runs.start,
      { params, body: { workflow: 'watched' } },
      { idempotencyKey: 'once' },
    )
    expect(again.id).toBe(run.id)
    const live: RunEvent[] = []
    for await (const event of stream) {
      live.push(event)
      if (event.type === 'run.finished') break
    }
    const recorded = await client.call(routes.events.list, { params, query: { run: run.id } })
    expect(recorded.items).toEqual(live)
    expect((await client.call(routes.runs.get, { params: { ...params, run: run.id } })).status).toBe('succeeded')

    const audit = await client.call(routes.audit.list, { query: { action: 'runs.start' } })
    expect(audit.items).toMatchObject([
      { actor: 'local', from: 'socket', target: '/api/v1/projects/default/runs', status: 201, code: null },
      { status: 201 },
    ])
  })

  test('that is refused stands there too', async () => {
    await expect(client.call(routes.runs.start, { params, body: { workflow: 'absent' } })).rejects.toMatchObject({
      code: 'workflow_not_found',
    })
    const db = new DatabaseSync(join(data, 'engine.db'), { readOnly: true })
    const row = db.prepare('SELECT action, status, code FROM audit ORDER BY id DESC LIMIT 1').get()
    db.close()
    expect(row).toEqual({ action: 'runs.start', status: 404, code: 'workflow_not_found' })
  })
})

test('blobs go in and out as they are', async () => {
  const body = new Uint8Array(3_000_000).map((_, n) => n % 251)
  const { digest } = await client.call(routes.assets.putBlob, { params, body })
  const download = await client.bytes(routes.assets.getBlob, { params: { ...params, digest } })
  const parts: Uint8Array[] = []
  for await (const chunk of download.body) parts.push(chunk)
  expect(Buffer.concat(parts).equals(body)).toBe(true)
})

test('a project that is not there is refused everywhere in the same way', async () => {
  const absent = { project: 'absent' }
  const calls = [
    client.call(routes.runs.list, { params: absent }),
    client.call(routes.workflows.list, { params: absent }),
    client.call(routes.events.list, { params: absent }),
    client.call(routes.assets.putBlob, { params: absent, body: new Uint8Array(1) }),
    client.subscribe({ project: 'absent' }).ready,
  ]
  for (const call of calls) await expect(call).rejects.toMatchObject({ code: 'project_not_found' })
})

test('the documentation is inside the engine', async () => {
  for (const [path, size] of [
    ['/api/docs', 300],
    ['/api/docs/swagger-ui.js', 500_000],
    ['/api/docs/swagger-ui.css', 50_000],
    ['/api/openapi.json', 50_000],
    ['/docs/errors', 2_000],
  ] as const) {
    const answer = await fetch(url + path)
    const text = await answer.text()
    expect([path, answer.status, text.length > size]).toEqual([path, 200, true])
  }
})

test('the doctor looks at this machine', async () => {
  const { findings } = await client.call(routes.engine.doctor, {})
  expect(findings.find(({ id }) => id === 'lock')).toMatchObject({ status: 'ok' })
  expect(findings.find(({ id }) => id === 'data-folder')).toMatchObject({ status: 'ok' })
})

test('a stop by the API is answered, ends live streams with a cut, and leaves the data to the next engine', async () => {
  const stream = client.subscribe({ project: 'default' })
  await stream.ready
  const cut = (async () => {
    for await (const _event of stream);
  })()
  expect(await client.call(routes.engine.shutdown, {})).toEqual({ stopping: true })
  await expect(cut).rejects.toMatchObject({ name: 'EngineUnreachable' })
  await bootDown(data)
  boot = await bootUp({ data, listen: '0', daemon: true })
  const runs = await client.call(routes.runs.list, { params })
  expect(runs.items).toMatchObject([{ workflow: 'watched', status: 'succeeded' }])
  const [stop] = (await client.call(routes.audit.list, { query: { limit: 1 } })).items
  expect(stop).toMatchObject({ action: 'engine.shutdown', status: 202 })
})
