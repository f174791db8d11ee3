import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { ANA, type Engine, ended, TestProject } from '../orchestrator/testing/project.ts'
import { attemptFacts } from './attempt.ts'
import { createViews, type Views } from './views.ts'

let project: TestProject
let engine: Engine
let views: Views
let runsFolder: string

beforeEach(async () => {
  project = await TestProject.create()
  engine = await project.boot()
  const { storage, blobs } = engine
  const call = (): never => {
    throw new Error('the orchestrator was asked')
  }
  views = createViews({ name: 'default', blobs, reader: async () => storage, thread: { state: 'idle', call } })
  runsFolder = mkdtempSync(join(tmpdir(), 'weir-attempt-'))
})
afterEach(async () => {
  rmSync(runsFolder, { recursive: true })
  await project.dispose()
})

const FLOW = `name: flow
params:
  rate: { type: number }
  key: { type: secret }
steps:
  a:
    run: one
    inputs: { rate: '${'${{ params.rate }}'}', text: 'key is hunter22', deep: { list: [hunter22, 4] } }
`

test('an attempt tells its inputs and its command, and no secret', async () => {
  await project.save(engine, FLOW)
  const { run: id } = await engine.calls.start(
    { workflow: 'flow', params: { rate: 7, key: 'hunter22' }, workspace: 'main' },
    ANA,
  )
  await ended(engine, id)
  const run = await views.stateOf(id)
  mkdirSync(join(runsFolder, id, 'a', '1'), { recursive: true })
  writeFileSync(join(runsFolder, id, 'secrets.json'), JSON.stringify({ key: 'hunter22' }))
  const facts = () => attemptFacts(views.values, runsFolder, { run, step: 'a', attempt: 1 })
  expect(await facts()).toEqual({
    inputs: { rate: 7, text: 'key is ***', deep: { list: ['***', 4] } },
    command: null,
  })
  const command = { argv: ['/bin/sh', '-e', '-c', 'one'], env: {}, folder: '', image: null }
  writeFileSync(join(runsFolder, id, 'a', '1', 'command.json'), JSON.stringify(command))
  expect((await facts()).command).toEqual(command)
})

test('an attempt that was not made is refused', async () => {
  await project.save(engine, FLOW)
  const { run: id } = await engine.calls.start(
    { workflow: 'flow', params: { rate: 7, key: 'hunter22' }, workspace: 'main' },
    ANA,
  )
  await ended(engine, id)
  const run = await views.stateOf(id)
  for (const [step, attempt] of [
    ['a', 2],
    ['b', 1],
    ['a[0]', 1],
  ] as const) {
    await expect(attemptFacts(views.values, runsFolder, { run, step, attempt })).rejects.toMatchObject({
      code: 'step_not_found',
    })
  }
})
