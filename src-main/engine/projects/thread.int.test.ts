import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { createShared } from '../orchestrator/index.ts'
import { ProjectThread } from './thread.ts'

/**
 * A worker that speaks the protocol of an orchestrator's thread and breaks on demand: the real one is tested with the
 * engine; here it is about starting, failing and starting again.
 */
const WORKER = `
const { parentPort, workerData } = require('node:worker_threads')
const { appendFileSync, readFileSync } = require('node:fs')
appendFileSync(workerData.folder + '/starts', 'x')
const starts = readFileSync(workerData.folder + '/starts', 'utf8').length
const send = (message) => parentPort.postMessage(message)
if (starts <= Number(workerData.engineId)) {
  send({ type: 'failed', fault: { message: 'the disk is full', problem: { code: 'disk_full', context: { fix: 'make room' } } } })
} else {
  parentPort.on('message', (message) => {
    if (message.type === 'close') { send({ type: 'closed' }); parentPort.close(); return }
    if (message.method === 'check') process.exit(7)
    if (message.method === 'live') send({ type: 'refusal', id: message.id, fault: { message: 'no such run', problem: { code: 'run_not_found', context: {} } } })
    else send({ type: 'answer', id: message.id, value: { activeRuns: starts } })
  })
  send({ type: 'ready' })
}
`

let folder: string
let thread: ProjectThread | null = null
const notes: string[] = []

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'weir-thread-'))
  await writeFile(join(folder, 'worker.cjs'), WORKER)
  notes.length = 0
})
afterEach(async () => {
  await thread?.close()
  await rm(folder, { recursive: true, force: true })
})

const open = (failingStarts: number): ProjectThread => {
  thread = new ProjectThread({
    file: join(folder, 'worker.cjs'),
    data: {
      project: 'test',
      folder,
      engineId: String(failingStarts),
      capacity: { cpus: 1, memoryBytes: 1, gpus: 0 },
      machine: { shared: createShared(), slot: 0, channel: 'test' },
      retention: { keepRuns: 1, keepDays: 1 },
    },
    committed: () => undefined,
    note: (text) => notes.push(text),
  })
  return thread
}

describe("a project's thread", () => {
  test('starts with the first call and answers', async () => {
    const project = open(0)
    expect(project.state).toBe('idle')
    expect(await project.call('stats')).toEqual({ activeRuns: 1 })
    expect(project.state).toBe('running')
  })

  test('hands refusals on with their code', async () => {
    await expect(open(0).call('live', 'k7m2p9qx', [])).rejects.toMatchObject({ code: 'run_not_found' })
  })

  test('says why it cannot be used, refuses calls at once, and starts again by itself', async () => {
    const project = open(2)
    await expect(project.call('stats')).rejects.toMatchObject({ code: 'disk_full', message: 'the disk is full' })
    expect(project.state).toBe('failed')
    expect(project.reason).toBe('the disk is full')
    await expect(project.call('stats')).rejects.toMatchObject({ code: 'disk_full' })
    await vi.waitUntil(() => project.state === 'running', { timeout: 20_000, interval: 20 })
    expect(await project.call('stats')).toEqual({ activeRuns: 3 })
    expect(notes[0]).toContain('the disk is full')
  })

  test('a thread that dies under a call fails the call and is replaced', async () => {
    const project = open(0)
    await expect(project.call('check')).rejects.toMatchObject({ code: 'project_failed' })
    await vi.waitUntil(() => project.state === 'running', { timeout: 20_000, interval: 20 })
    expect(await project.call('stats')).toEqual({ activeRuns: 2 })
  })

  test('closes and refuses what comes later', async () => {
    const project = open(0)
    await project.call('stats')
    await project.close()
    await expect(project.call('stats')).rejects.toMatchObject({ code: 'engine_stopping' })
  })
})
