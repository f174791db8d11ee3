import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createNodeClient } from '../../../src-shared/client/node.ts'
import { routes } from '../../../src-shared/contract/index.ts'
import { bootDown, bootUp } from '../../supervisor/index.ts'
import { follow, type RunNews } from './follow.ts'

const PATIENT = { timeout: 20_000, interval: 25 }

let data: string
beforeEach(() => {
  data = mkdtempSync(join(tmpdir(), 'weir-follow-'))
})
afterEach(async () => {
  await bootDown(data)
  rmSync(data, { recursive: true, force: true })
})

test('runs of a project that was made meanwhile are told, too', async () => {
  const { socketPath } = await bootUp({ data, daemon: true, listen: '127.0.0.1:0' })
  const client = createNodeClient({ socketPath })
  const heard: RunNews[] = []
  const stop = new AbortController()
  const ending = follow(data, new Map(), (news) => heard.push(news), stop.signal, 50)
  await client.call(routes.projects.create, { body: { name: 'mice' } })
  const params = { project: 'mice' }
  const source = 'name: nap\nsteps:\n  nap:\n    sleep: 1ms\n'
  await client.call(routes.workflows.apply, { params, body: { source, files: [] } })
  // It is told from when it is followed on: a run that ended before was nobody's news.
  await expect
    .poll(async () => {
      await client.call(routes.runs.start, { params, body: { workflow: 'nap' } })
      return heard.some(({ project, type }) => project === 'mice' && type === 'run.finished')
    }, PATIENT)
    .toBe(true)
  stop.abort()
  expect(await ending).toBe('cut')
  client.close()
})
