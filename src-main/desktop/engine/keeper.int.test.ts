import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { EngineState } from '../../../src-shared/desktop/bridge.ts'
import { bootDown, bootStatus, bootUp } from '../../supervisor/index.ts'
import { type EngineKeeper, keepEngine } from './keeper.ts'

/** Machines that do much else start an engine in seconds. */
const PATIENT = { timeout: 30_000, interval: 25 }
/** Longer than the supervisor waits before it starts the next engine, and than that start. */
const STANDSTILL_MS = 3_000

let data: string
let keeper: EngineKeeper | null = null
beforeEach(() => {
  data = mkdtempSync(join(tmpdir(), 'weir-keeper-'))
})
afterEach(async () => {
  keeper?.dispose()
  await bootDown(data)
  rmSync(data, { recursive: true, force: true })
})

const pidNow = async (): Promise<number> => (await bootStatus(data))?.status.pid ?? 0

test('an engine that ends in the very moment in which it became ready was lost', async () => {
  await bootUp({ data, daemon: true, listen: '127.0.0.1:0' })
  const first = await pidNow()
  keeper = keepEngine(data, '0.0.0')
  const phases: EngineState['phase'][] = []
  keeper.onState(({ phase }) => {
    phases.push(phase)
    // Before anybody listens to its events.
    if (phases.length === 1) process.kill(first, 'SIGKILL')
  })
  await expect.poll(() => phases, PATIENT).toEqual(['ready', 'lost', 'ready'])
  expect(await pidNow()).not.toBe(first)
})

test('one that came back before anybody looked was lost all the same', async () => {
  await bootUp({ data, daemon: true, listen: '127.0.0.1:0' })
  keeper = keepEngine(data, '0.0.0')
  await expect.poll(() => keeper?.state.phase, PATIENT).toBe('ready')
  const phases: EngineState['phase'][] = []
  keeper.onState(({ phase }) => phases.push(phase))
  const first = await pidNow()
  process.kill(first, 'SIGKILL')
  // This process, and with it the keeper, stands still until the supervisor has started the next engine.
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, STANDSTILL_MS)
  await expect.poll(() => phases, PATIENT).toEqual(['lost', 'ready'])
})
