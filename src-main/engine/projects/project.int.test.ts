import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createShared } from '../orchestrator/index.ts'
import { openSqlite } from '../storage/index.ts'
import { openProject, type Project } from './project.ts'

/** A thread that is slow to make its database: the file is there long before it can be read. */
const SLOW = `
const { parentPort, workerData } = require('node:worker_threads')
const { copyFileSync, writeFileSync } = require('node:fs')
const database = workerData.folder + '/project.db'
writeFileSync(database, '')
setTimeout(() => {
  copyFileSync(workerData.folder + '/made.db', database)
  parentPort.on('message', (message) => {
    if (message.type === 'close') { parentPort.postMessage({ type: 'closed' }); parentPort.close(); return }
    parentPort.postMessage({ type: 'answer', id: message.id, value: { activeRuns: 0 } })
  })
  parentPort.postMessage({ type: 'ready' })
}, 300)
`

let folder: string
let project: Project
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'weir-project-'))
  writeFileSync(join(folder, 'thread.cjs'), SLOW)
  await openSqlite(join(folder, 'made.db')).close()
  project = await openProject({
    name: 'test',
    folder,
    threadFile: join(folder, 'thread.cjs'),
    engineId: 'test',
    capacity: { cpus: 1, memoryBytes: 1, gpus: 0 },
    machine: { shared: createShared(), slot: 0, channel: 'test' },
    retention: { keepRuns: 1, keepDays: 1 },
    note: () => undefined,
  })
})
afterEach(async () => {
  await project.close()
  rmSync(folder, { recursive: true, force: true })
})

test('nobody reads a database while it is being made', async () => {
  const starting = project.thread.start()
  await expect.poll(() => existsSync(join(folder, 'project.db'))).toBe(true)
  const readers = await Promise.all([project.reader(), project.reader()])
  await starting
  expect(readers[0]).toBe(readers[1])
  expect(await readers[0].lastCursor()).toBe(0)
})
